"""Fill a database with the corpus: python -m benchmarks.search.fill COUNT [questions.csv]."""

import csv
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402 -- needs Django set up

from benchmarks.search.corpus import Question, make_corpus  # noqa: E402 -- needs Django set up
from core.slices import slices  # noqa: E402 -- needs Django set up
from exchange.markets.models import Contract, Event, Market  # noqa: E402 -- needs Django set up
from search.services import rebuild_index  # noqa: E402 -- needs Django set up


def main() -> None:
    """Make the markets, then index them; print how long the latter took."""
    wanted, *files = sys.argv[1:]
    real = [title for path in files for title in read_titles(Path(path))]
    numbers = count(1)
    for questions in slices(make_corpus(int(wanted), real), 5_000):
        make_markets(questions, numbers)
    analyze()
    started = time.monotonic()
    rebuild_index()
    analyze()
    print(f"{time.monotonic() - started:.0f}")


def analyze() -> None:
    """Have the database know its tables, as it does before long by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def read_titles(path: Path) -> Iterator[str]:
    """Yield the titles of a file of questions that can be titles of markets."""
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            title = row["market"].strip()
            if 0 < len(title) <= 300 and "\0" not in title:
                yield title


def make_markets(questions: Sequence[Question], numbers: Iterator[int]) -> None:
    """Make a market for each question, of an event with its title."""
    slugs = [f"q-{next(numbers)}" for _ in questions]
    events = Event.objects.bulk_create(
        Event(title=question.title[:200], slug=slug, category=question.category)
        for question, slug in zip(questions, slugs, strict=True)
    )
    markets = Market.objects.bulk_create(
        Market(
            event=event,
            title=question.title,
            slug=slug,
            rules="As the source says.",
            status="open" if question.is_open else "settled",
            volume=question.volume,
            shard=0,
        )
        for question, slug, event in zip(questions, slugs, events, strict=True)
    )
    Contract.objects.bulk_create(
        Contract(market=market, name="Yes", position=0, last_price_ticks=4_500)
        for market in markets
    )


if __name__ == "__main__":
    main()
