"""How many orders a second the book worker makes durable, beside a bare program's.

    python -m benchmarks.worker [--commands 20000] [--rounds 3] [--table | --past]

On SQLite, and on PostgreSQL where DATABASE_URL names a server of it. A database is filled with
open markets and an inbox of mixed commands: orders of which half meet the other side, and cancels.
In every round the worker drains a copy of it (its own batches, publications made but not sent),
then the floor (floor.py) writes the very same rows into another copy: the database's share. With
--table the worker alone, by active markets and open orders, and with --past by finished orders,
the best of the rounds.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.worker.databases import (
    PostgresqlServer,
    Server,
    Sizes,
    SqliteServer,
    copied,
    filled,
    run,
)

MARKETS = (1, 10, 100, 1_000)
OPEN_ORDERS = (1_000, 100_000, 1_000_000)
PAST_ORDERS = (10_000, 10_000_000)
Figures = dict[str, float]


def drain(server: Server, folder: Path, name: str, *options: str) -> Figures:
    """Return the figures of a worker that drains a copy."""
    with copied(server, folder, name) as site:
        return json.loads(run(site, "-m", "benchmarks.worker.drain", *options))


def floor(server: Server, folder: Path, name: str, said: Path) -> Figures:
    """Return the figures of the floor on a copy."""
    with copied(server, folder, name) as site:
        url = site["DATABASE_URL"]
        return json.loads(run(site, "-m", "benchmarks.worker.floor", url, str(said)))


def compare(server: Server, folder: Path, options: argparse.Namespace) -> None:
    """Print what worker and floor do, taking turns, and the median of the rounds' ratios."""
    said = folder / "said.ndjson"
    with filled(server, folder, sizes(options)) as name:
        drain(server, folder, name, "--record", str(said))
        rounds = [
            (drain(server, folder, name), floor(server, folder, name, said))
            for _ in range(options.rounds)
        ]
    placed = count_orders(said) / options.commands
    print(f"{server.label}: {options.commands} commands, {options.rounds} rounds, medians")
    print(f"{'':<10}{'commands/s':>12}{'orders/s':>10}{'of the floor':>14}{'batches':>9}")
    ratio = median(bare["seconds"] / worker["seconds"] for worker, bare in rounds)
    for index, label in enumerate(("worker", "floor")):
        rate = median(options.commands / one[index]["seconds"] for one in rounds)
        share = f"{ratio:.2f}" if label == "worker" else "1.00"
        batches = median(one[index]["batches"] for one in rounds)
        print(f"{label:<10}{rate:>12.0f}{rate * placed:>10.0f}{share:>14}{batches:>9.0f}")


def count_orders(said: Path) -> int:
    """Return how many orders the recorded batches placed."""
    return sum(
        len(rows)
        for line in said.open()
        for how, statement, rows in json.loads(line)["said"]
        if how == "insert" and "trading_order" in statement
    )


def sizes(options: argparse.Namespace) -> Sizes:
    """Return the sizes that were asked for."""
    return Sizes(options.commands, options.markets, options.open, 0)


def cell(server: Server, folder: Path, options: argparse.Namespace, asked: Sizes) -> str:
    """Return what the worker does in a database of these sizes."""
    with filled(server, folder, asked) as name:
        runs = [drain(server, folder, name) for _ in range(options.rounds)]
    rate = asked.commands / min(run["seconds"] for run in runs)
    cpu_us = 1e6 * min(run["cpu"] for run in runs) / asked.commands
    return f"{rate:.0f} ({cpu_us:.0f})"


def tabulate(server: Server, folder: Path, options: argparse.Namespace) -> None:
    """Print what the worker does with so many markets and open orders.

    Its own processor time is the better figure where the machine has other things to do.
    """
    print(f"{server.label}: commands/s (us of the worker's processor), by active markets")
    print(f"{'open orders':>12}" + "".join(f"{markets:>14}" for markets in MARKETS))
    for resting in OPEN_ORDERS:
        print(f"{resting:>12}", end="", flush=True)
        for markets in MARKETS:
            asked = Sizes(options.commands, markets, resting, 0)
            print(f"{cell(server, folder, options, asked):>14}", end="", flush=True)
        print()


def tabulate_past(server: Server, folder: Path, options: argparse.Namespace) -> None:
    """Print what the worker does after so many orders that are finished."""
    print(f"{server.label}: commands/s (us of the worker's processor), by finished orders")
    for past in PAST_ORDERS:
        asked = sizes(options)._replace(past_orders=past)
        print(f"{past:>12}{cell(server, folder, options, asked):>14}", flush=True)


def main() -> None:
    """Measure the databases there are."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.worker", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--commands", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markets", type=int, default=1)
    parser.add_argument("--open", type=int, default=0, help="orders that rest beforehand")
    tables = parser.add_mutually_exclusive_group()
    tables.add_argument(
        "--table",
        action="store_const",
        const=tabulate,
        dest="show",
        default=compare,
        help="by markets and open orders",
    )
    tables.add_argument(
        "--past",
        action="store_const",
        const=tabulate_past,
        dest="show",
        help="by finished orders",
    )
    options = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        servers: list[Server] = [SqliteServer(folder)]
        if url.startswith("postgres"):
            servers.append(PostgresqlServer(url))
        for server in servers:
            options.show(server, folder, options)


if __name__ == "__main__":
    main()
