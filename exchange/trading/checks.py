"""Proofs on a live database: the invariants that hold between batches.

Each check yields one line for each thing that is wrong, and nothing when all is well. All read
their tables as streams, with a number of queries that does not depend on how much is in them.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from django.conf import settings
from django.db.models import Sum
from django.utils.module_loading import import_string

from core.db import one_snapshot
from exchange.ledger.checks import check_balances, check_sum
from exchange.trading.journals.verifying import Seen
from exchange.trading.models import Shard
from exchange.trading.proofs.books import check_books, check_journals, check_replays
from exchange.trading.proofs.events import check_events
from exchange.trading.proofs.exposures import check_available, check_exposures
from exchange.trading.proofs.quantities import (
    check_positions,
    check_prices,
    check_quantities,
    check_received,
)
from exchange.trading.proofs.references import check_references

Check = Callable[[], Iterable[str]]

_TOLD_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A check that was made: what is wrong, at most 100 lines of it, and how long it took."""

    name: str
    differences: tuple[str, ...]
    duration_ms: int


# Those that read the journal are told whom to tell of each batch.
_OF_ROWS: Final[tuple[tuple[str, Check], ...]] = (
    ("1 balances sum to 0", check_sum),
    ("1 balances are their transfers", check_balances),
    ("2 balance - exposure >= 0", check_available),
    ("3 exposures are what they should be", check_exposures),
    ("4 books are whole and not crossed", check_books),
    ("7 commands wait or are judged", check_received),
    ("8 order quantities add up", check_quantities),
    ("8 positions are what was traded", check_positions),
    ("8 rows refer to what exists", check_references),
    ("9 no trade is worse than a limit", check_prices),
)
_OF_THE_JOURNAL: Final[tuple[tuple[str, Callable[[Seen], Iterable[str]]], ...]] = (
    ("4 books are those of the journal", check_replays),
    ("6 journal has no gap", check_journals),
    ("7 rows are what the events say", check_events),
)


def count_steps() -> int:
    """Return how often `make_checks` will call `seen`, about: the journal may grow meanwhile."""
    batches = Shard.objects.aggregate(n=Sum("journal_number"))["n"] or 0
    subscribers = len(settings.JOURNAL_SUBSCRIBER_CHECKS)
    return len(_OF_ROWS) + subscribers + len(_OF_THE_JOURNAL) * int(batches)


def run_checks() -> Iterator[tuple[str, list[str]]]:
    """Make every check as `make_checks` does; yield its name and what is wrong."""
    for checked in make_checks():
        yield checked.name, list(checked.differences)


def make_checks(
    *, starting: Callable[[str], object] = lambda _: None, seen: Seen = lambda: None
) -> Iterator[Checked]:
    """Make every check on one snapshot of the database, whose transaction only reads.

    `starting` is told the name of each check before it is made.
    """
    with one_snapshot():
        for name, check in _checks(seen):
            starting(name)
            started = time.monotonic_ns()
            differences = _cut(check())
            duration_ms = (time.monotonic_ns() - started) // 1_000_000
            yield Checked(name=name, differences=differences, duration_ms=duration_ms)


def _checks(seen: Seen) -> Iterator[tuple[str, Check]]:
    for name, check in _OF_ROWS:
        yield name, check
        seen()
    for name, check_journal in _OF_THE_JOURNAL:
        yield name, partial(check_journal, seen)
    for path in settings.JOURNAL_SUBSCRIBER_CHECKS:
        yield f"11 {path.rpartition('.')[2].replace('_', ' ')}", import_string(path)
        seen()


def _cut(lines: Iterable[str]) -> tuple[str, ...]:
    found = list(islice(lines, _TOLD_MAX + 1))
    if len(found) > _TOLD_MAX:
        found[_TOLD_MAX:] = ["... and more"]
    return tuple(found)
