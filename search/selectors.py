"""Searching: type-ahead, and pages of everything that fits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import BooleanField, CharField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from exchange.markets.models import Market
from search.dialects import has_terms
from search.finding import Hit, Narrowing, Place, find_best, find_page
from search.models import Document, Kind
from search.prices import Quoted, list_quoted
from search.queries import Query, parse_query
from search.vocabulary import forgive

SUGGESTED_EACH: Final = 5
Ask = Callable[[Query], list[Hit]]


@dataclass(frozen=True, slots=True)
class Result:
    """Something that was found; `quoted` is what it trades at, of markets and contracts."""

    document: Document
    quoted: Quoted | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of results; `next_place` is where the next one begins, None on the last."""

    results: Sequence[Result]
    next_place: Place | None
    is_near: bool = False
    """Whether nothing fits as typed, and this is what may have been meant."""


def suggest(text: str, *, each: int = SUGGESTED_EACH) -> list[Result]:
    """Return the best of each kind for what was typed so far, by kind, at most `each` of one.

    Takes up to 4 queries, more only where words are mistyped.
    """
    hits, _ = _first_that_finds(parse_query(text), lambda query: find_best(query, each=each))
    return list_results(hits)


def find(text: str, narrowing: Narrowing, *, after: Place | None, size: int) -> Found:
    """Return a page of what fits a text, best first; nothing for a text without words."""
    asked = parse_query(text)
    hits, used = _first_that_finds(
        asked, lambda query: find_page(query, narrowing, after=after, size=size + 1)
    )
    following = hits[size - 1].place if len(hits) > size else None
    return Found(list_results(hits[:size]), following, is_near=bool(hits) and used != asked)


def narrow_markets(markets: QuerySet[Market], text: str) -> QuerySet[Market]:
    """Return those of the markets that have every word typed, as its beginning, anywhere.

    Nothing is forgiven and nothing is ranked: the list keeps its order. None without a word.
    """
    query = replace(parse_query(text), everywhere=True)
    if not query.terms:
        return markets.none()
    condition, params = has_terms(query)
    fitting = Document.objects.filter(
        RawSQL(condition, params, output_field=BooleanField()),  # noqa: S611 -- ours; words are parameters
        kind=Kind.MARKET,
        key=Cast(OuterRef("pk"), CharField()),
    )
    return markets.filter(Exists(fitting))


def list_popular_ids(*, count: int) -> list[int]:
    """Return the ids of the open markets that stand highest in the rank."""
    markets = Document.objects.filter(kind=Kind.MARKET, is_open=True)
    keys = markets.order_by("-is_open", "-popularity", "-id").values_list("key", flat=True)
    return [int(key) for key in keys[:count]]


def list_results(hits: Iterable[Hit]) -> list[Result]:
    """Return what is shown of documents, in the order given; two queries."""
    ids = [hit.place.id for hit in hits]
    documents = Document.objects.in_bulk(ids)
    # One that has gone since is left out.
    found = [documents[pk] for pk in ids if pk in documents]
    quoted = list_quoted(found)
    return [Result(document, quoted.get(document.pk)) for document in found]


def _first_that_finds(asked: Query, ask: Ask) -> tuple[list[Hit], Query]:
    """Return what is found by the first reading of the query that finds anything, and which.

    As typed; then with mistakes forgiven; then with any one of the words left out.
    """
    if not asked.terms:
        return [], asked
    if hits := ask(asked):
        return hits, asked
    near = forgive(asked)
    if near != asked and (hits := ask(near)):
        return hits, near
    if len(asked.terms) == 1:
        return [], asked
    lacking = Query(near.terms, lacking=True)
    return ask(lacking), lacking
