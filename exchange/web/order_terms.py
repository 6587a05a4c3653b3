"""An order's terms in a few words, as its row shows them (order-terms.js does the same). Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from exchange.markets.outcomes import price_traded
from exchange.trading.models import Order
from exchange.trading.terms import rare_terms
from exchange.trading.times import to_datetime
from exchange.web.formatting import format_credits, format_price

_RULES: Final[Mapping[str, str]] = {
    "cancel_oldest": "meeting your own: cancels that",
    "cancel_both": "meeting your own: cancels both",
    "decrement": "meeting your own: takes the smaller off both",
    "allow": "may meet your own",
}


def describe_terms(order: Order, *, is_yes_no: bool) -> list[str]:
    """Return what is not usual about an order but its expiry; [] for a plain limit order."""
    rare = rare_terms(order.terms)
    return [
        *_kind(order, rare.get("stop_ticks"), is_yes_no=is_yes_no),
        *_times(order),
        *_limits(rare),
        *_rest(order, rare),
    ]


def expiry_of(order: Order) -> datetime | None:
    """Return when an order expires; None: it does not by itself."""
    expires_at_ms = rare_terms(order.terms).get("expires_at")
    return None if expires_at_ms is None else to_datetime(expires_at_ms)


def _kind(order: Order, stop_ticks: int | None, *, is_yes_no: bool) -> Iterator[str]:
    if order.kind == "market":
        yield "market"
    if stop_ticks is not None:
        shown = price_traded(stop_ticks, order.side, is_yes_no=is_yes_no)
        price = format_price(shown, order.market.price_step_ticks)
        verb = "waits for" if order.is_waiting and order.open_quantity else "stop at"
        yield f"{verb} {price}, then {'market' if order.kind == 'stop' else 'limit'}"


def _times(order: Order) -> Iterator[str]:
    if order.time_in_force == "IOC" and order.kind != "market":
        yield "fill now or cancel"
    if order.time_in_force == "FOK":
        yield "all or nothing"


def _limits(rare: Mapping[str, Any]) -> Iterator[str]:
    if rare.get("post_only"):
        yield "post only"
    if rare.get("reduce_only"):
        yield "reduce only"
    if (least := rare.get("min_quantity")) is not None:
        yield f"at least {least:,}"
    if (most := rare.get("max_cost_ticks")) is not None:
        yield f"costs at most {format_credits(most)}"


def _rest(order: Order, rare: Mapping[str, Any]) -> Iterator[str]:
    if rare.get("on_halt") == "cancel":
        yield "ends if trading halts"
    if words := _RULES.get(order.stp):
        yield words
    if order.order_group is not None:
        yield f"group {order.order_group}"
