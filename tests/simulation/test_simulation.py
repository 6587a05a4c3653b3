"""Short runs of the simulator: green, and the same each time. `make simulate` makes long ones."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def simulate(*arguments, **environment):
    """Run the program; return its exit code and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--state", os.devnull, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def digests(text):
    return re.findall(r"^(\d+ [0-9a-f]{64})$", text, flags=re.MULTILINE)


def test_same_seeds_give_the_same_runs_in_another_process():
    runs = [
        simulate("--seeds", "0", "4", "--commands", "200", "--digests", PYTHONHASHSEED=seed)
        for seed in ("1", "2")
    ]
    assert [code for code, _ in runs] == [0, 0], runs
    first, second = (sorted(digests(text)) for _, text in runs)
    assert len(first) == 4
    assert first == second
