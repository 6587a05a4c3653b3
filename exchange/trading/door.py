"""What is refused at the door, before anything is written: no order is made."""

from core.errors import Code, Problem
from core.money import PAYOUT_TICKS, QUANTITY_MAX, format_ticks
from exchange.markets.models import Market, MarketStatus


def check_order(market: Market, *, price_ticks: int, quantity: int) -> None:
    """Raise Problem when an order cannot be right in this market, whatever its state."""
    if market.status == MarketStatus.DRAFT:
        raise Problem(Code.MARKET_NOT_OPEN)
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
