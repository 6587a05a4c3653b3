"""How long a market pauses when the owner of its books is killed, stops, or hands it over.

    python -m benchmarks.takeover [--times 5] [--rate 1000] [--handovers]

Needs DATABASE_URL of PostgreSQL, and uses REDIS_URL where it is set; --times 50 is the full run. In
a database of its own, two workers share the shards and follow each other, while orders go into
one market's inbox: 20 a second (idle), or --rate a second (under load). A pause is the time from
the kill, or from the last batch of the old owner, to the first batch of the new one. With
--handovers nobody is killed.
"""

import argparse
import subprocess
import sys

from benchmarks.worker.databases import ROOT, own_database, run


def main() -> None:
    """Print one line for each way to lose an owner: the slowest, and the median."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.takeover", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rate", type=int, default=1_000, help="orders a second under load")
    parser.add_argument("--handovers", action="store_true", help="leave the kills out")
    options, _ = parser.parse_known_args()
    with own_database("takeover") as database:
        if database is None:
            return
        site = database | {"BOOK_SHARDS": "4"}
        run(site, "manage.py", "migrate", "--verbosity", "0")
        asked = (str(options.times), str(options.rate), "handovers" if options.handovers else "all")
        measure = [sys.executable, "-m", "benchmarks.takeover.measure", *asked]
        subprocess.run(measure, cwd=ROOT, env=site, check=True)


if __name__ == "__main__":
    main()
