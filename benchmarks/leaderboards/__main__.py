"""How long it takes to build all leaderboards, and to read a page of one.

    python -m benchmarks.leaderboards [--members 20000] [--trades 500000]

Needs DATABASE_URL of PostgreSQL. Half of the trades are in markets that are settled, over the last
sixty days; a tenth of the members show their profit to nobody.
"""

import argparse

from benchmarks.worker.databases import own_database, run


def main() -> None:
    """Measure on the server of the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.leaderboards", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--trades", type=int, default=500_000)
    options, _ = parser.parse_known_args()
    with own_database("leaderboards") as site:
        if site is None:
            return
        run(site, "manage.py", "migrate", "--verbosity", "0")
        sizes = (options.members, options.trades)
        print(run(site, "-m", "benchmarks.leaderboards.build", *map(str, sizes)), end="")


if __name__ == "__main__":
    main()
