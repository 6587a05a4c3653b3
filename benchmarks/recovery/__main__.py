"""How long after a start each shard trades: its books proved, from rows and from its snapshot.

    python -m benchmarks.recovery [--orders 100000] [--shards 16] [--workers 1] [--tail 200]

Needs DATABASE_URL of PostgreSQL; --orders 1000000 is the full run. The shards of a database of its
own rest with so many open orders in all. Workers are started once, which takes the first snapshots
of the rows; then --tail orders go into each shard; then they are killed and started again, and
prove the rows by snapshot and journal. Times count from the start of the processes; the workers'
own processor time is the better figure where the machine has other things to do.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from benchmarks.worker.databases import ROOT, Environment, own_database, run

_OWNED = """
SELECT number FROM trading_shard
WHERE owner <> '' AND expires_at_ms > extract(epoch FROM clock_timestamp()) * 1000
"""


def start(site: Environment, count: int) -> "list[subprocess.Popen[bytes]]":
    """Start so many workers."""
    commands = ([sys.executable, "manage.py", "runbooks", "--label", f"w{n}"] for n in range(count))
    return [subprocess.Popen(command, cwd=ROOT, env=site) for command in commands]


def time_shards(database: psycopg.Connection, shards: int) -> list[float]:
    """Return after how many seconds each shard was owned, in order."""
    started, times = time.monotonic(), {}
    while len(times) < shards:
        for (number,) in database.execute(_OWNED).fetchall():
            times.setdefault(number, time.monotonic() - started)
        time.sleep(0.02)
    return sorted(times.values())


def cpu_s(workers: "Sequence[subprocess.Popen[bytes]]") -> float:
    """Return the processor time that processes have used so far."""
    fields = [Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2] for one in workers]
    ticks = sum(int(time) for field in fields for time in field.split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def report(name: str, times: Sequence[float], used_s: float) -> None:
    """Print when the first, the middle and the last shard traded, and the workers' own time."""
    numbers = (times[0], times[len(times) // 2], times[-1], used_s)
    print(f"{name:<34}" + "".join(f"{number:>10.2f}" for number in numbers), flush=True)


def measure(site: Environment, options: argparse.Namespace) -> None:
    """Start, put the tail in, kill, start again."""
    run(site, "manage.py", "migrate", "--verbosity", "0")
    run(site, "-m", "benchmarks.recovery.fill", str(options.shards), str(options.orders))
    url = site["DATABASE_URL"].replace("postgres:", "postgresql:", 1)
    print(f"{options.orders} open orders, {options.shards} shards, {options.workers} workers")
    print(f"{'seconds until a shard trades':<34}{'first':>10}{'median':>10}{'last':>10}{'cpu':>10}")
    with psycopg.connect(url, autocommit=True) as database:
        for name, number in (("first start, no snapshot", signal.SIGKILL),
                             ("proved by snapshot and journal", signal.SIGTERM)):  # fmt: skip
            database.execute("UPDATE trading_shard SET owner = '', expires_at_ms = 0")
            workers = start(site, options.workers)
            times = time_shards(database, options.shards)
            report(name, times, cpu_s(workers))
            if number is signal.SIGKILL:
                run(site, "-m", "benchmarks.recovery.tail", str(options.tail))
            for worker in workers:
                worker.send_signal(number)
                worker.wait(60)


def main() -> None:
    """Measure on the server of the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recovery", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--tail", type=int, default=200, help="orders into each shard")
    options, _ = parser.parse_known_args()
    with own_database("recovery") as site:
        if site is not None:
            measure(site | {"BOOK_SHARDS": str(options.shards)}, options)


if __name__ == "__main__":
    main()
