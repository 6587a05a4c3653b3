"""How long a home feed takes: the page's queries, for a member who follows very many.

    python -m benchmarks.feed [--activities 200000] [--followed 500] [--members 5000] [--reads 200]

Needs DATABASE_URL of PostgreSQL. The activities are spread unevenly over the members, a few of whom
do most; a tenth show their trades to followers only, a tenth to nobody. Reads take the first page
of 30 and the one after it, rows and words included, in turns.
"""

import argparse

from benchmarks.worker.databases import own_database, run


def main() -> None:
    """Measure on the server of the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.feed", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--activities", type=int, default=200_000)
    parser.add_argument("--followed", type=int, default=500)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--reads", type=int, default=200)
    options, _ = parser.parse_known_args()
    with own_database("feed") as site:
        if site is None:
            return
        run(site, "manage.py", "migrate", "--verbosity", "0")
        sizes = (options.members, options.activities, options.followed)
        run(site, "-m", "benchmarks.feed.fill", *map(str, sizes))
        print(run(site, "-m", "benchmarks.feed.read", str(options.reads)), end="")


if __name__ == "__main__":
    main()
