"""The API's preview of an order, as the ticket's panel shows it (preview.js does the same)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.money import parse_ticks
from exchange.trading.models import Side
from exchange.web.formatting import other_side
from exchange.web.outcomes import name_held
from exchange.web.ticket_forms import TicketForm


@dataclass(frozen=True, slots=True)
class PreviewPanel:
    """What an order would do. Amounts in ticks; losses are negative."""

    held_ticks: int  # what it is expected to hold; 0 where it frees money
    payout_ticks: int
    profit_ticks: int
    fee_ticks: int
    worst_outcome: str
    worst_ticks: int
    available_after_ticks: int
    fills_now_quantity: int
    rests_quantity: int
    waits: bool  # what rests is a stop, in no book
    queue_ahead: int
    crosses_own_order: bool
    affordable: bool
    average_ticks: int | None  # of what fills now, in terms of what is bought
    closes_quantity: int
    closes_name: str
    closing_proceeds_ticks: int
    opens_quantity: int
    cancelled_quantity: int  # what neither fills now nor rests


def read_preview(body: Mapping[str, Any], form: TicketForm) -> PreviewPanel:
    """Read the API's answer to POST orders/preview/ for the order of a valid ticket."""
    expected_ticks = read_amount(body["expected_cost"])
    return PreviewPanel(
        held_ticks=max(0, expected_ticks),
        payout_ticks=read_amount(body["opening_payout"]),
        profit_ticks=read_amount(body["opening_profit"]),
        fee_ticks=read_amount(body["fee"]),
        worst_outcome=body["worst_outcome_after"],
        worst_ticks=read_amount(body["worst_after"]),
        available_after_ticks=read_amount(body["available"]) - expected_ticks,
        fills_now_quantity=body["fills_now_quantity"],
        rests_quantity=body["rests_quantity"],
        waits=form.cleaned_data["kind"] in {"stop", "stop_limit"},
        queue_ahead=body["queue_ahead"],
        crosses_own_order=body["crosses_own_order"],
        affordable=body["affordable"],
        average_ticks=_average(body["average_fill_price"], form),
        closes_quantity=body["closes_quantity"],
        closes_name=_closed_name(form),
        closing_proceeds_ticks=read_amount(body["closing_proceeds"]),
        opens_quantity=body["opens_quantity"],
        cancelled_quantity=form.cleaned_data["quantity"]
        - body["fills_now_quantity"]
        - body["rests_quantity"],
    )


def _average(text: str | None, form: TicketForm) -> int | None:
    if text is None:
        return None
    is_no = form.is_yes_no and form.cleaned_data["side"] == Side.SELL
    return other_side(read_amount(text)) if is_no else read_amount(text)


def _closed_name(form: TicketForm) -> str:
    """Return what is held by who would close it with this order: the opposite side."""
    name = next(one.name for one in form.contracts if one.pk == form.cleaned_data["contract"])
    opposite = Side.SELL if form.cleaned_data["side"] == Side.BUY else Side.BUY
    return name_held(name, opposite, is_yes_no=form.is_yes_no)


def read_amount(text: str) -> int:
    """Return the ticks of a decimal string of the API, which may be negative."""
    return -parse_ticks(text[1:]) if text.startswith("-") else parse_ticks(text)
