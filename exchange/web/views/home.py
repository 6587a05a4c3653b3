"""The list of markets, and an event's markets."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.markets.models import MarketStatus
from exchange.markets.selectors import list_markets
from exchange.web.facts import list_facts
from exchange.web.forms import MarketFilter
from exchange.web.paging import get_page
from exchange.web.quotes import list_cards
from exchange.web.selectors import get_event, list_categories

MARKETS_PER_PAGE: Final = 24
# As tall as a yes/no card with its two buttons: a row has no holes.
_OUTCOMES_ON_A_CARD: Final = 2
_OUTCOMES_ON_AN_EVENT: Final = 6


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Show markets, open ones unless asked otherwise, newest first."""
    form = MarketFilter(request.GET, categories=list_categories())
    wanted = form.as_query()
    markets = list_markets(status=wanted["status"], category=wanted["category"], q=wanted["q"])
    page = get_page(markets, request.GET, size=MARKETS_PER_PAGE)
    is_filtered = bool(wanted["q"] or wanted["category"] or wanted["status"] != MarketStatus.OPEN)
    context = {
        "form": form,
        "page": page,
        "cards": list_cards(page.rows, outcomes_max=_OUTCOMES_ON_A_CARD),
        "is_filtered": is_filtered,
        "show_hero": not (is_filtered or request.user.is_authenticated) and page.is_first,
    }
    return render(request, "web/home.html", context)


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
