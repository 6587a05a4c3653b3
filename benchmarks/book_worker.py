"""What a long-lived book worker does in a second, and what it takes to start another one.

    python -m benchmarks.book_worker [--orders 5000] [--open 20000]

On SQLite; with DATABASE_URL and REDIS_URL on PostgreSQL, in a database of its own. The stream of
`benchmarks.stream` goes through `manage.py load_orders` and a `manage.py runbooks` beside it: every
order is put into the inbox, judged, journaled and answered. Then the worker is started again and
again, over no open orders and over many: from the start of the process to its books being there.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg

from benchmarks.stream import make_commands
from tests.browser.sites import ROOT, drop_database

TAKEN = re.compile(r"books_taken.*?\bms=(\d+)")
RATE = re.compile(r"\((\d+) a second\)")
Environment = dict[str, str]


@contextmanager
def empty_site() -> Iterator[Environment]:
    """Make a database of its own; yield the environment in which manage.py uses it."""
    name = f"likely_benchmark_{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        site = os.environ | {
            "VAR_DIR": folder, "BOOK_SHARDS": "1", "CHANNEL_PREFIX": name, "LOG_JSON": "0",
        }  # fmt: skip
        url = os.environ.get("DATABASE_URL")
        if url:
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {name}")
            site["DATABASE_URL"] = urlsplit(url)._replace(path=f"/{name}").geturl()
        try:
            manage(site, "migrate", "--verbosity", "0")
            yield site
        finally:
            if url:
                drop_database(site["DATABASE_URL"])


def manage(site: Environment, *arguments: str) -> str:
    """Run a command of manage.py and return what it prints."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=site, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


@contextmanager
def worker(site: Environment) -> Iterator[tuple[float, int]]:
    """Run a book worker; yield the milliseconds of its start, and those of reading books back."""
    started = time.perf_counter()
    log = Path(site["VAR_DIR"]) / "books.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runbooks"],
            cwd=ROOT, env=site, stdout=written, stderr=written,
        )  # fmt: skip
    try:
        while (taken := TAKEN.search(log.read_text())) is None:
            assert process.poll() is None, log.read_text()
            time.sleep(0.005)
        yield 1_000 * (time.perf_counter() - started), int(taken[1])
    finally:
        process.terminate()
        process.wait(30)


def load(site: Environment, orders: int, *, resting: bool) -> int:
    """Put a stream of orders through a worker; return how many commands a second it took."""
    file = Path(site["VAR_DIR"]) / "orders.ndjson"
    with file.open("w") as lines:
        lines.writelines(f"{json.dumps(one)}\n" for one in make_commands(orders, resting=resting))
    with worker(site):
        rate = RATE.search(manage(site, "load_orders", str(file)))
    assert rate is not None, "load_orders prints its rate"
    return int(rate[1])


def time_starts(site: Environment, runs: int) -> tuple[float, float]:
    """Return the median milliseconds of a start, and of reading the books back within it."""
    starts = []
    for _ in range(runs):
        with worker(site) as times:
            starts.append(times)
    return median(one for one, _ in starts), median(one for _, one in starts)


def main() -> None:
    """Print two tables: medians of several runs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--open", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with empty_site() as site:
        print(
            f"on {'PostgreSQL' if 'DATABASE_URL' in site else 'SQLite'}, {options.runs} runs each"
        )
        starts = {0: time_starts(site, options.runs)}
        load(site, options.open, resting=True)
        starts[options.open] = time_starts(site, options.runs)
        rates = [load(site, options.orders, resting=False) for _ in range(options.runs)]
    print(f"through the worker: {median(rates):.0f} commands/s")
    print(f"{'open orders':>12}{'start ms':>12}{'reading back ms':>18}")
    for orders, (start_ms, reading_ms) in starts.items():
        print(f"{orders:>12}{start_ms:>12.0f}{reading_ms:>18.0f}")


if __name__ == "__main__":
    main()
