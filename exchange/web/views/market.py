"""One market's page."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exchange.ledger.models import Account
from exchange.marketdata.figures.selectors import get_day
from exchange.markets.models import MarketStatus
from exchange.markets.selectors import get_market
from exchange.web.charts.ranges import find_range
from exchange.web.charts.selectors import get_chart
from exchange.web.discussion import get_discussion
from exchange.web.facts import list_facts
from exchange.web.formatting import format_price, other_side
from exchange.web.initial import get_initial_state
from exchange.web.previews import PreviewPanel
from exchange.web.selectors import MarketView, get_market_view
from exchange.web.ticket_forms import TicketForm
from exchange.web.viewer import get_viewer_account
from exchange.web.wording import STATUS_NOTES
from social.activities.lines import lines_of
from social.activities.selectors import list_of_market
from social.following.selectors import get_market_following

_QUANTITY_SUGGESTED = 10
_LINES_SHOWN = 8
_ENDED = frozenset({MarketStatus.SETTLED, MarketStatus.VOIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """What the ticket shows besides its fields, after it was sent without JavaScript."""

    form: TicketForm
    client_order_id: str
    preview: PreviewPanel | None = None
    problem: Mapping[str, Any] | None = None


@require_safe
def show_market(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a market: its books, trades, rules, and the viewer's orders and ticket."""
    market = get_market(slug)
    account = get_viewer_account(request)
    view = get_market_view(market, account)
    form = TicketForm(market=market, initial=_prefilled(request, view))
    ticket = TicketState(form=form, client_order_id=new_client_order_id())
    return render_market(request, view, account, ticket)


def render_market(
    request: HttpRequest,
    view: MarketView,
    account: Account | None,
    ticket: TicketState,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render the market page with a ticket in some state."""
    context = {
        "view": view,
        "market": view.market,
        "account": account,
        "ticket": ticket,
        "ladder": view.get_ladder(_selected_contract(ticket.form)),
        "no_name": ticket.form.no_name,
        "quantity_suggested": _QUANTITY_SUGGESTED,
        "is_ended": view.market.status in _ENDED,
        "is_open": view.market.status == MarketStatus.OPEN,
        "status_notes": STATUS_NOTES,
        "facts": list_facts(view.market.event.metadata),
        "initial": get_initial_state(view, account),
        "day": get_day(view.market),
        "chart": get_chart(view.market, find_range(request.GET.get("range", ""))),
        "discussion": get_discussion(request, view.market),
        "following": get_market_following(view.market, request.user),
        "lines": lines_of(list_of_market(view.market, request.user)[:_LINES_SHOWN]),
    }
    return render(request, "web/market.html", context, status=status)


def new_client_order_id() -> str:
    """Return an id for one click: sending the same form twice places one order."""
    return str(uuid.uuid4())


def _prefilled(request: HttpRequest, view: MarketView) -> dict[str, object]:
    """Return the ticket's first values: from the link that was followed, else the best price."""
    query = request.GET
    contracts = {str(ladder.contract.pk): ladder for ladder in view.ladders}
    ladder = contracts.get(query.get("contract", ""), view.ladders[0])
    side = query.get("side") if query.get("side") in {"buy", "sell"} else "buy"
    best = ladder.best_ask_ticks if side == "buy" else ladder.best_bid_ticks
    if best is not None and view.is_yes_no and side == "sell":
        best = other_side(best)
    price = "" if best is None else format_price(best, view.market.price_step_ticks)
    return {
        "contract": ladder.contract.pk,
        "side": side,
        "price": query.get("price", price),
        "quantity": query.get("quantity", _QUANTITY_SUGGESTED),
        "kind": "limit",
        "time_in_force": "IOC" if query.get("time_in_force") == "IOC" else "GTC",
    }


def _selected_contract(form: TicketForm) -> int:
    chosen = str(form["contract"].value())
    known = {str(contract.pk): contract.pk for contract in form.contracts}
    return known.get(chosen, form.contracts[0].pk)
