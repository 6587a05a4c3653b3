"""Read the feeds of a filled database and print how long that took: read TIMES."""

import sys
import time
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Any

import django

ROWS_PER_PAGE = 30


def time_reads(times: int, read: Callable[[], Sequence[Any]]) -> list[float]:
    """Return the milliseconds of so many reads, once it has been read before."""
    assert len(read()) == ROWS_PER_PAGE, "a full page"
    took = []
    for _ in range(times):
        start = time.perf_counter()
        read()
        took.append((time.perf_counter() - start) * 1_000)
    return took


def main() -> None:
    """Read from the database of the environment."""
    django.setup()
    from django.db import connection  # noqa: PLC0415 -- needs setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

    from accounts.models import User  # noqa: PLC0415 -- as above
    from benchmarks.feed.rows import READER  # noqa: PLC0415 -- as above
    from social.activities.lines import lines_of  # noqa: PLC0415 -- as above
    from social.activities.models import Activity  # noqa: PLC0415 -- as above
    from social.activities.selectors import (  # noqa: PLC0415 -- as above
        ID_MAX,
        list_home,
        list_of_market,
        list_of_member,
        list_public,
    )

    reader = User.objects.get(handle=READER)
    busiest = Activity.objects.select_related("actor", "market").earliest("actor_id")
    newest = list(list_home(reader, limit=ROWS_PER_PAGE))

    def words(rows: Any) -> list[str]:
        return [line.text for line in lines_of(rows[:ROWS_PER_PAGE])]

    feeds = {
        "home, first page": lambda: words(list_home(reader, before=ID_MAX, limit=ROWS_PER_PAGE)),
        "home, second page": lambda: words(
            list_home(reader, before=newest[-1].pk, limit=ROWS_PER_PAGE)
        ),
        "everybody's": lambda: words(list_public(reader)),
        "a busy member's": lambda: words(list_of_member(busiest.actor, reader)),
        "a busy market's": lambda: words(list_of_market(busiest.market, reader)),
    }
    count = Activity.objects.count()
    print(f"{count:,} activities, {reader.follows.count()} members and "
          f"{reader.market_follows.count()} markets followed")  # fmt: skip
    print(f"{'ms for a page of 30':<24}{'queries':>10}{'p50':>10}{'p99':>10}")
    for name, read in feeds.items():
        with CaptureQueriesContext(connection) as queries:
            read()
        took = time_reads(int(sys.argv[1]), read)
        print(
            f"{name:<24}{len(queries):>10}{median(took):>10.1f}{quantiles(took, n=100)[-1]:>10.1f}"
        )


if __name__ == "__main__":
    main()
