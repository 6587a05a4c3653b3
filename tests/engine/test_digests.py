"""The same commands give the same events and digest, whatever Python runs the program."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sortedcontainers

from exchange.engine import commands
from tests.engine.plain import PAYOUT, plain_commands

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))


def runs(python: str) -> bool:
    """Whether it is more than a name: pyenv leaves names of what is not chosen."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def interpreters() -> list[str]:
    """Return the Pythons of this machine, by PATH and of pyenv, each once."""
    found = [path for name in NAMES if (path := shutil.which(name)) and runs(path)]
    found += map(str, sorted(PYENV.glob("versions/3.1[1-9]*/bin/python")))
    return list({os.path.realpath(path): path for path in found}.values())


@pytest.fixture(scope="module")
def lines():
    """Some hundred commands as the program reads them."""
    given = [json.dumps(commands.encode(one)) for one in plain_commands(seed=5, count=400)]
    return "\n".join(given).encode()


def output_of(python: str, hash_seed: str, lines: bytes) -> bytes:
    # Another interpreter has nothing installed: what the engine needs is pure Python.
    packages = str(Path(sortedcontainers.__file__).parents[1])
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": packages}
    command = [python, "-m", "exchange.engine", "--payout", str(PAYOUT), "--depth", "5"]
    done = subprocess.run(
        command, input=lines, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return done.stdout


@pytest.mark.parametrize("hash_seed", ["1", "2", "4294967295"])
def test_events_and_digest_do_not_depend_on_the_hash_seed(lines, hash_seed):
    expected = output_of(sys.executable, "0", lines)
    assert json.loads(expected.splitlines()[-1])["trades"] > 0
    assert output_of(sys.executable, hash_seed, lines) == expected


@pytest.mark.parametrize("python", interpreters())
def test_events_and_digest_do_not_depend_on_the_version_of_python(lines, python):
    assert output_of(python, "3", lines) == output_of(sys.executable, "0", lines)
