"""The list of markets, and an event's markets."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from exchange.marketdata.figures.selectors import with_sort_key
from exchange.markets.categories import (
    find_categories,
    in_categories,
    list_categories,
    list_category_events,
)
from exchange.markets.models import Market, MarketStatus
from exchange.markets.selectors import list_markets
from exchange.web.facts import list_facts
from exchange.web.forms import MarketFilter
from exchange.web.paging import Page, get_page, get_sorted_page
from exchange.web.quotes import list_cards
from exchange.web.selectors import get_event

MARKETS_PER_PAGE: Final = 24
# As tall as a yes/no card with its two buttons: a row has no holes.
_OUTCOMES_ON_A_CARD: Final = 2
_OUTCOMES_ON_AN_EVENT: Final = 6
_EVENTS_OF_A_CATEGORY: Final = 12


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Show markets, open ones unless asked otherwise, newest first."""
    form = MarketFilter(request.GET, categories=list_categories())
    wanted = form.as_query()
    markets = list_markets(status=wanted["status"], category=wanted["category"], q=wanted["q"])
    viewer = request.user if isinstance(request.user, User) else None
    is_followed = viewer is not None and request.GET.get("followed") == "1"
    if is_followed:
        markets = markets.filter(follows__follower=viewer)
    page = _sorted_page(request, markets, wanted["sort"])
    is_filtered = is_followed or bool(wanted["category"]) or _is_narrowed(wanted)
    context = {
        "form": form,
        "page": page,
        "cards": list_cards(page.rows, outcomes_max=_OUTCOMES_ON_A_CARD),
        "is_filtered": is_filtered,
        "feed_query": _feed_query(wanted),
        "is_followed": is_followed,
        "show_hero": not (is_filtered or request.user.is_authenticated) and page.is_first,
    }
    return render(request, "web/home.html", context)


@require_safe
def show_category(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a category's events and markets, narrowed and sorted as on the list of all."""
    names = find_categories(slug)
    if not names:
        raise Http404("There is no such category.")
    form = MarketFilter(request.GET, categories=[])
    wanted = form.as_query()
    markets = in_categories(list_markets(status=wanted["status"], q=wanted["q"]), names)
    page = _sorted_page(request, markets, wanted["sort"])
    context = {
        "category": names[0],
        "form": form,
        "page": page,
        "cards": list_cards(page.rows, outcomes_max=_OUTCOMES_ON_A_CARD),
        "events": list_category_events(names)[:_EVENTS_OF_A_CATEGORY] if page.is_first else (),
        "is_filtered": _is_narrowed(wanted),
        "feed_query": _feed_query(wanted | {"category": names[0]}),
    }
    return render(request, "web/category.html", context)


@require_safe
def show_event(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an event with its markets."""
    event = get_event(slug)
    page = get_page(list_markets().filter(event=event), request.GET, size=MARKETS_PER_PAGE)
    context = {
        "event": event,
        "facts": list_facts(event.metadata),
        "page": page,
        "cards": list_cards(page.rows, outcomes_max=_OUTCOMES_ON_AN_EVENT),
    }
    return render(request, "web/event.html", context)


def _sorted_page(request: HttpRequest, markets: QuerySet[Market], sort: str) -> Page[Market]:
    return get_sorted_page(
        with_sort_key(markets, sort),
        request.GET,
        size=MARKETS_PER_PAGE,
        soonest_first=sort == "closing",
    )


def _is_narrowed(wanted: Mapping[str, str]) -> bool:
    """Whether words or a status narrow the list."""
    return bool(wanted["q"]) or wanted["status"] != MarketStatus.OPEN


def _feed_query(wanted: Mapping[str, str]) -> str:
    """Return the same list as a query of the API, without what is not asked for."""
    return urlencode({name: value for name, value in wanted.items() if value})
