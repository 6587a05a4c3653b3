"""The demo's questions, and what chance each outcome is given at first."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from exchange.markets.imports import import_questions
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.questions import Question, parse_questions, read_outcomes
from exchange.trading.openings import submit_openings

FILE: Final = Path(__file__).with_name("questions.csv")
_METADATA: Final = {"_demo": True}
_IS_DEMO: Final = ("_demo", "true")
_TICKS_PER_CENT: Final = 100


def make_markets() -> tuple[int, ...]:
    """Bring the demo's questions in and ask for their opening; return the markets' ids."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = parse_questions(lines, now=timezone.now())
        questions = [row for row in rows if isinstance(row, Question)]
    market_ids = import_questions(questions, metadata=_METADATA).market_ids
    for _ in submit_openings(market_ids=market_ids):
        pass
    return market_ids


def open_demo_contracts() -> QuerySet[Contract]:
    """Return the contracts of open demo markets, with market and event."""
    return (
        Contract.objects.filter(
            market__status=MarketStatus.OPEN, market__event__metadata__says=_IS_DEMO
        )
        .select_related("market__event")
        .order_by("pk")
    )


def starting_prices() -> Mapping[int, int]:
    """Return contract id -> the price in ticks that the demo begins at."""
    by_name = {
        (event, market, outcome): price_ticks for event, market, outcome, price_ticks in _chances()
    }
    markets = Market.objects.filter(event__metadata__says=_IS_DEMO)
    contracts = Contract.objects.filter(market__in=markets)
    rows = contracts.values_list("pk", "market__event__title", "market__title", "name")
    return {
        pk: by_name[event, market, name]
        for pk, event, market, name in rows
        if (event, market, name) in by_name
    }


def _chances() -> Iterator[tuple[str, str, str, int]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            chances = row["chance"].split("|")
            for outcome, percent in zip(read_outcomes(row["outcomes"]), chances, strict=True):
                yield row["event"], row["market"], outcome, int(percent) * _TICKS_PER_CENT
