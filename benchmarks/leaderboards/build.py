"""Fill an empty database and time its leaderboards: build MEMBERS TRADES."""

import sys
import time
from statistics import median

import django

_READS = 50


def main() -> None:
    """Fill the database of the environment, build, check and read."""
    django.setup()
    from benchmarks.leaderboards.rows import fill  # noqa: PLC0415 -- needs setup
    from social.leaderboards.selectors import (  # noqa: PLC0415 -- as above
        Board,
        get_build,
        list_places,
        list_standings,
    )
    from social.leaderboards.services import (  # noqa: PLC0415 -- as above
        build_leaderboards,
        check_leaderboards,
    )

    members, trades = map(int, sys.argv[1:])
    fill(members=members, trades=trades)
    began = time.perf_counter()
    counts = build_leaderboards()
    took_s = time.perf_counter() - began
    wrong = list(check_leaderboards())
    print(f"{members:,} members, {trades:,} trades: built in {took_s:.1f} s, {counts}")
    print(f"computed again: {len(wrong)} differences")
    build = get_build("all")
    assert build is not None, "it has just been built"
    for board in Board:
        rows = list_standings(build, board, viewer=None, who="humans")
        took = []
        for _ in range(_READS):
            start = time.perf_counter()
            list_places(rows, board, viewer=None, offset=0, limit=51)
            took.append((time.perf_counter() - start) * 1_000)
        print(f"first page by {board.value}: p50 {median(took):.1f} ms, worst {max(took):.1f} ms")


if __name__ == "__main__":
    main()
