"""What is refused at the door, before anything is written: no order is made."""

from typing import Final

from core.clock import now_ms
from core.errors import Code, Problem
from core.money import PAYOUT_TICKS, QUANTITY_MAX, format_ticks
from exchange.markets.models import Market, MarketStatus
from exchange.trading.requests import OrderRequest

# The code's own status is the book's answer, which names an order.
_AT_THE_DOOR: Final = 422


def check_order(market: Market, *, price_ticks: int, quantity: int) -> None:
    """Raise Problem when an order cannot be right in this market, whatever its state."""
    if market.status == MarketStatus.DRAFT:
        raise Problem(Code.MARKET_NOT_OPEN, status=_AT_THE_DOOR)
    if not 0 < price_ticks < PAYOUT_TICKS:
        raise Problem(
            Code.INVALID_PRICE,
            "A price lies above 0 and below 1.",
            tick=format_ticks(market.price_step_ticks),
        )
    if price_ticks % market.price_step_ticks:
        raise _off_tick(price_ticks, market.price_step_ticks)
    if not 1 <= quantity <= QUANTITY_MAX:
        raise Problem(
            Code.INVALID_QUANTITY,
            f"A quantity is a whole number from 1 to {QUANTITY_MAX}.",
            limit=QUANTITY_MAX,
        )


def check_terms(order: OrderRequest) -> None:
    """Raise Problem when an order's terms cannot be right together, or are out of range."""
    if order.terms.contradict():
        raise Problem(Code.INVALID_TERMS, _contradiction(order))
    step_ticks = order.contract.market.price_step_ticks
    if order.stop_ticks is not None and (
        not 0 < order.stop_ticks < PAYOUT_TICKS or order.stop_ticks % step_ticks
    ):
        raise Problem(Code.INVALID_STOP_PRICE, tick=format_ticks(step_ticks))
    if order.min_quantity is not None and not 1 <= order.min_quantity <= order.quantity:
        raise Problem(Code.INVALID_MIN_QUANTITY, limit=order.quantity)
    if order.max_cost_ticks is not None and order.max_cost_ticks < 1:
        raise Problem(Code.INVALID_MAX_COST)
    # With an id of its client's it may be one that was taken in time and is sent again: the book
    # knows.
    is_first = not order.client_order_id
    if order.expires_at_ms is not None and is_first and order.expires_at_ms <= now_ms():
        raise Problem(Code.INVALID_EXPIRY)


def _contradiction(order: OrderRequest) -> str:
    """Return the rule that an order's terms break (docs/engine.md, Orders)."""
    terms = order.terms
    rules = (
        ((terms.tif == "GTD") != (terms.expires_at is not None),
         "expires_at goes with time_in_force GTD, and GTD needs it."),
        (terms.kind == "market" and terms.tif == "GTD", "A market order never rests: no GTD."),
        (terms.waits != (terms.stop_ticks is not None),
         "stop_price goes with type stop or stop_limit, which need it."),
        (terms.waits and terms.max_cost_ticks is not None, "A stop has no max_cost."),
        (terms.reduce_only and terms.may_rest,
         "reduce_only is for orders that never rest: IOC, FOK, market or stop."),
    )  # fmt: skip
    broken = (rule for is_broken, rule in rules if is_broken)
    last = "post_only is for limit orders that may rest, without min_quantity."
    return next(broken, last)


def _off_tick(price_ticks: int, step_ticks: int) -> Problem:
    below = price_ticks - price_ticks % step_ticks
    nearest = [
        format_ticks(price) for price in (below, below + step_ticks) if 0 < price < PAYOUT_TICKS
    ]
    return Problem(
        Code.PRICE_OFF_TICK,
        f"{format_ticks(price_ticks)} is off the tick of {format_ticks(step_ticks)};"
        f" nearest: {' or '.join(nearest)}.",
        tick=format_ticks(step_ticks),
        nearest=nearest,
    )
