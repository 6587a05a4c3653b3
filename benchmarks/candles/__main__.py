"""How long from a trade's COMMIT until its candle is pushed, at a steady rate.

    python -m benchmarks.candles [--rate 500] [--seconds 20]

On the server of DATABASE_URL with the Redis of REDIS_URL and a Celery worker of its own, as in
production; without them on SQLite and memory, all in one process. In a database of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.worker.databases import (
    ROOT,
    Environment,
    SqliteServer,
    environment,
    own_database,
    run,
)


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.candles", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rate", type=int, default=500, help="trades a second")
    parser.add_argument("--seconds", type=int, default=20)
    options, _ = parser.parse_known_args()
    numbers = (str(options.rate), str(options.seconds))
    with database() as site:
        run(site, "manage.py", "migrate", "--verbosity", "0")
        measure = [sys.executable, "-m", "benchmarks.candles.measure", *numbers]
        subprocess.run(measure, cwd=ROOT, env=site, check=True)


@contextmanager
def database() -> Iterator[Environment]:
    """Make an empty database; yield the environment of a process that works on it."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        with own_database("candles") as site:
            assert site is not None, "DATABASE_URL names PostgreSQL"
            yield site
        return
    with tempfile.TemporaryDirectory() as folder:
        yield environment(SqliteServer(Path(folder)), "candles", Path(folder))


if __name__ == "__main__":
    main()
