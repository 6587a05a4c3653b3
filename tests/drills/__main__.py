"""Run the drills: `make drills`.

    python -m tests.drills [--short] [--faults 1000] [--seed S] [-- -k zombie]

In full until so many faults have happened in all, counted in var/drills/totals.json: a run that
was cut off is gone on with by the same command. What follows -- goes to pytest.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections import Counter

from tests.browser.sites import ROOT
from tests.drills import totals

SHORT_FAULTS = 10


def main() -> int:
    """Run what is asked for and return pytest's exit code."""
    parser = argparse.ArgumentParser(description="The drills, in full unless --short.")
    parser.add_argument("--short", action="store_true", help="as CI does it")
    parser.add_argument("--faults", type=int, default=1_000, help="in all, with those before")
    parser.add_argument("--seed", default=secrets.token_hex(3))
    parser.add_argument("pytest", nargs="*")
    options = parser.parse_args()
    so_far = Counter(totals.read().get("faults", {})).total()
    left = SHORT_FAULTS if options.short else max(0, options.faults - so_far)
    print(f"seed {options.seed}, {left} faults to come", flush=True)
    variables = {
        "DRILL_FAULTS": str(left),
        "DRILL_SEED": options.seed,
        "DRILL_FULL": "0" if options.short else "1",
    }
    command = [sys.executable, "-m", "pytest", "tests/drills", "-m", "drill", "-s", "-q", "-x"]
    if report := os.environ.get("TEST_REPORT"):
        command += [f"--junitxml={report}"]
    code = subprocess.call([*command, *options.pytest], cwd=ROOT, env={**os.environ, **variables})
    print(totals.describe(totals.read()))
    return code


if __name__ == "__main__":
    sys.exit(main())
