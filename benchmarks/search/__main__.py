"""How fast the type-ahead answers among 100,000 documents, and how often it is right.

    python -m benchmarks search [--documents 100000] [--rounds 3] [--questions FILE]
        [--only sqlite | postgresql]

On SQLite in a file of its own and, where DATABASE_URL names one, on a PostgreSQL in a database of
its own. A time is that of one request of search/suggest/ inside the server, all of Django included;
CPU is the processor time of this process alone, SQLite's included, PostgreSQL's not.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.search.labels import read_labels
from benchmarks.worker.databases import Environment, SqliteServer, environment, own_database, run


def main() -> None:
    """Measure both databases."""
    options = parse()
    print(f"{'database':<12}{'documents':>10}{'made s':>8}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}"
          f"{'CPU p50':>9}{'CPU p99':>9}{'right':>12}")  # fmt: skip
    if options.only != "postgresql":
        with tempfile.TemporaryDirectory() as name:
            measure("SQLite", environment(SqliteServer(Path(name)), "search", Path(name)), options)
    if options.only == "sqlite":
        return
    with own_database("search") as site:
        if site is not None:
            measure("PostgreSQL", site, options)


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks search")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=Path, help="real titles to mix in, a file to import")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--wrong", action="store_true", help="print each wrong answer")
    return parser.parse_args()


def measure(label: str, site: Environment, options: argparse.Namespace) -> None:
    """Fill a database, ask it and print a line."""
    run(site, "manage.py", "migrate", "--verbosity", "0")
    files = [str(options.questions)] if options.questions else []
    started = time.monotonic()
    run(site, "-m", "benchmarks.search.fill", str(options.documents), *files)
    made_s = time.monotonic() - started
    told = json.loads(run(site, "-m", "benchmarks.search.ask", str(options.rounds)))
    report(label, told, made_s)
    if options.wrong:
        for rule, query, found, expected in told["wrong"]:
            print(f"  {rule} {query!r}: {found} {expected}")


def report(label: str, told: dict[str, list[float] | list[list[str]] | int], made_s: float) -> None:
    """Print how long the requests took, and how many queries were answered right, by rule."""
    times, cpu = sorted(told["times"]), sorted(told["cpu"])
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    rules = Counter(one.rule for one in read_labels())
    wrong = Counter(rule for rule, *_ in told["wrong"])
    count = rules.total()
    right = count - wrong.total()
    share = f"{right}/{count} {right / count:.0%}"
    print(f"{label:<12}{told['documents']:>10,}{made_s:>8.0f}{p50:>8.1f}{p99:>8.1f}{times[-1]:>8.1f}"
          f"{cpu[len(cpu) // 2]:>9.1f}{cpu[int(len(cpu) * 0.99)]:>9.1f}{share:>12}")  # fmt: skip
    print(
        "  right by rule:", ", ".join(f"{rule} {n - wrong[rule]}/{n}" for rule, n in rules.items())
    )


if __name__ == "__main__":
    main()
