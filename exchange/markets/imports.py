"""Bringing questions in: events, markets and contracts in bulk, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.text import slugify

from core.ids import new_id
from core.slices import slices
from exchange.ledger.models import Account, AccountKind
from exchange.markets.metadata import checked_metadata
from exchange.markets.models import Contract, Event, Market
from exchange.markets.questions import Question

_ROWS_AT_ONCE: Final = 500
_SLUG_MAX: Final = 100
# Any number, the same in every process that imports.
_POSTGRESQL_LOCK: Final = 7_601_001

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import came to: `market_ids` are those of all its questions, new ones or not."""

    new: int
    known: int
    market_ids: tuple[int, ...]


def import_questions(questions: Sequence[Question], *, metadata: dict[str, Any]) -> Imported:
    """Create what is not there yet: draft markets with contracts and clearing accounts.

    A market is known by its own and its event's title, so bringing a file in twice changes
    nothing. New events get `metadata` and their questions' own. One transaction; two imports
    run in turn. Raises ValueError when `metadata` is not well-formed.
    """
    checked_metadata(metadata)
    with transaction.atomic():
        _wait_for_other_imports()
        known = _known_markets(questions)
        new = [question for question in questions if _key(question) not in known]
        if new:
            known |= _create_markets(new, _events_for(new, metadata))
    return Imported(
        new=len(new),
        known=len(questions) - len(new),
        market_ids=tuple(known[_key(question)] for question in questions),
    )


def _key(question: Question) -> Key:
    return question.event, question.market


def _wait_for_other_imports() -> None:
    """Let one import at a time look what is there; on SQLite the transaction itself does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_POSTGRESQL_LOCK])


def _known_markets(questions: Sequence[Question]) -> dict[Key, int]:
    """Return (event title, market title) -> id of the markets that are there already."""
    wanted = {_key(question) for question in questions}
    found: dict[Key, int] = {}
    for titles in slices(sorted({market for _, market in wanted}), _ROWS_AT_ONCE):
        rows = Market.objects.filter(title__in=titles).order_by("-pk")
        for pk, event, title in rows.values_list("pk", "event__title", "title"):
            found[event, title] = pk
    return {key: pk for key, pk in found.items() if key in wanted}


def _events_for(questions: Sequence[Question], metadata: dict[str, Any]) -> dict[Key, Event]:
    """Return (title, category) -> event, the missing ones created."""
    wanted: dict[Key, dict[str, Any]] = {}
    for question in questions:
        facts = wanted.setdefault((question.event, question.category), {})
        for name, value in question.metadata.items():
            facts.setdefault(name, value)
    events: dict[Key, Event] = {}
    for titles in slices(sorted({title for title, _ in wanted}), _ROWS_AT_ONCE):
        for event in Event.objects.filter(title__in=titles).order_by("-pk"):
            events[event.title, event.category] = event
    missing = [key for key in wanted if key not in events]
    slugs = _free_slugs(Event, [title for title, _ in missing])
    created = Event.objects.bulk_create(
        (
            Event(title=key[0], category=key[1], slug=slug, metadata=metadata | wanted[key])
            for key, slug in zip(missing, slugs, strict=True)
        ),
        batch_size=_ROWS_AT_ONCE,
    )
    return events | {(event.title, event.category): event for event in created}


def _create_markets(questions: Sequence[Question], events: dict[Key, Event]) -> dict[Key, int]:
    """Create a draft market for each question and return their ids by key."""
    slugs = _free_slugs(Market, [question.market for question in questions])
    markets = Market.objects.bulk_create(
        (
            _market(question, slug, events[question.event, question.category])
            for question, slug in zip(questions, slugs, strict=True)
        ),
        batch_size=_ROWS_AT_ONCE,
    )
    for ids in slices([market.pk for market in markets], _ROWS_AT_ONCE):
        Market.objects.filter(pk__in=ids).update(shard=F("pk") % settings.BOOK_SHARDS)
    Account.objects.bulk_create(
        (Account(kind=AccountKind.CLEARING, code=f"clearing-{market.pk}") for market in markets),
        batch_size=_ROWS_AT_ONCE,
    )
    _create_contracts(questions, markets)
    return {_key(question): market.pk for question, market in zip(questions, markets, strict=True)}


def _market(question: Question, slug: str, event: Event) -> Market:
    return Market(
        event=event,
        title=question.market,
        slug=slug,
        rules=question.rules,
        closes_at=question.closes_at,
        has_other=len(question.outcomes) == 1,
        shard=0,
    )


def _create_contracts(questions: Sequence[Question], markets: Sequence[Market]) -> None:
    Contract.objects.bulk_create(
        (
            Contract(market=market, name=name, position=position)
            for question, market in zip(questions, markets, strict=True)
            for position, name in enumerate(question.outcomes)
        ),
        batch_size=_ROWS_AT_ONCE,
    )


def _free_slugs(model: type[Event | Market], titles: Sequence[str]) -> list[str]:
    """Return a slug for each title that neither a row nor another of these titles has."""
    bases = [slugify(title, allow_unicode=True)[:_SLUG_MAX].strip("-") for title in titles]
    taken: set[str] = set()
    for some in slices(bases, _ROWS_AT_ONCE):
        rows = model.objects.filter(slug__in=some)
        taken.update(rows.values_list("slug", flat=True))
    slugs = []
    for base in bases:
        slug = base or "untitled"
        if slug in taken:
            slug = f"{slug}-{new_id():x}"
        taken.add(slug)
        slugs.append(slug)
    return slugs
