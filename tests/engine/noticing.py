"""Exit with 1 when the tests notice that the engine was changed: what `make mutants` asks.

Random commands notice most changes within a second, so they come first.
"""

import sys

import pytest

from tests.engine.minimising import run_seed

SEEDS, COMMANDS = 6, 500
FILES = ["exposure", "scenarios", "book", "explain", "batches", "restore", "against_reference"]


def main() -> int:
    for seed in range(SEEDS):
        run_seed(seed, COMMANDS)
    files = [f"tests/engine/test_{name}.py" for name in FILES]
    return pytest.main(["-c", "tests/engine/alone.ini", "-p", "no:asyncio", "-x", *files])


if __name__ == "__main__":
    sys.exit(main())
