"""The page of results, and what to look at where nothing was typed."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.markets.categories import list_categories
from exchange.markets.selectors import list_markets
from exchange.web.forms import SearchForm
from exchange.web.paging import CURSOR_PARAMETER
from exchange.web.quotes import MarketCard, list_cards
from search.addresses import address_of
from search.cursors import decode_place, encode_place
from search.finding import Place
from search.models import Kind
from search.selectors import Result, find, list_popular_ids

RESULTS_PER_PAGE: Final = 20
_POPULAR_SHOWN: Final = 6
_HEADINGS: Final = {
    Kind.MARKET: "Markets",
    Kind.EVENT: "Events",
    Kind.CONTRACT: "Outcomes",
    Kind.CATEGORY: "Categories",
    Kind.MEMBER: "Members",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A result as the page shows it."""

    result: Result
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A kind to narrow the results to."""

    label: str
    query: str
    is_chosen: bool


@require_safe
def show_results(request: HttpRequest) -> HttpResponse:
    """Show what fits what was typed, best first; popular markets where that is nothing."""
    form = SearchForm(request.GET, categories=list_categories())
    words, narrowing = form.as_search()
    found = find(words, narrowing, after=_read_cursor(request.GET), size=RESULTS_PER_PAGE)
    context = {
        "form": form,
        "words": words,
        "lines": [_line(result) for result in found.results],
        "is_near": found.is_near,
        "tabs": _tabs(request.GET, narrowing.kind),
        "is_first": CURSOR_PARAMETER not in request.GET,
        "first_query": _query(request.GET),
        "next_query": _next_query(request.GET, found.next_place),
        "popular": [] if found.results else _popular_cards(),
    }
    return render(request, "web/search.html", context)


def _popular_cards() -> list[MarketCard]:
    ids = list_popular_ids(count=_POPULAR_SHOWN)
    markets = {market.pk: market for market in list_markets().filter(pk__in=ids)}
    return list_cards([markets[pk] for pk in ids if pk in markets], outcomes_max=2)


def _line(result: Result) -> Line:
    kind = Kind(result.document.kind)
    return Line(result, str(kind.label), address_of(result.document))


def _tabs(query: QueryDict, chosen: str) -> list[Tab]:
    everything = Tab("Everything", _query(query, kind=""), is_chosen=not chosen)
    kinds = [Tab(_HEADINGS[kind], _query(query, kind=kind), chosen == kind) for kind in Kind]
    return [everything, *kinds]


def _query(query: QueryDict, **changes: str) -> str:
    """Return the query string of the first page, with other parameters; empty ones left out."""
    changed = query.copy()
    changed.pop(CURSOR_PARAMETER, None)
    for name, value in changes.items():
        changed[name] = value
    for name in [name for name in changed if not changed[name]]:
        del changed[name]
    return changed.urlencode()


def _next_query(query: QueryDict, place: Place | None) -> str:
    cursor = encode_place(place)
    return "" if cursor is None else f"{_query(query)}&{CURSOR_PARAMETER}={cursor}"


def _read_cursor(query: QueryDict) -> Place | None:
    cursor = query.get(CURSOR_PARAMETER, "")
    try:
        return decode_place(cursor) if cursor else None
    except ValueError:
        raise Http404("This page of the list does not exist. Start from the first one.") from None
