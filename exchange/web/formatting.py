"""Ticks as people read them. Exact: nothing shown here is rounded but what says "about"."""

from fractions import Fraction
from typing import Final

from core.money import PAYOUT_TICKS, TICKS_PER_CREDIT

MINUS: Final = "\N{MINUS SIGN}"
_TICKS_PER_CENT: Final = 100
# A real average is rarely on a whole tick; what is shown says so by its label.
_PLACES_LONG: Final = 4
_PLACES_SHORT: Final = 2


def price_places(step_ticks: int) -> int:
    """Return the decimals a price needs on a grid of this step: 100 -> 2, 50 -> 3, 1 -> 4."""
    if step_ticks % _TICKS_PER_CENT == 0:
        return _PLACES_SHORT
    return 3 if step_ticks % 10 == 0 else _PLACES_LONG


def format_price(ticks: int, step_ticks: int = 1) -> str:
    """Return a price with the decimals of its grid, more where it needs them: "0.45"."""
    places = max(price_places(step_ticks), price_places(ticks) if ticks else 0)
    return _decimal(ticks, places)


def format_credits(ticks: int) -> str:
    """Return an amount with grouped thousands: "1,234.50"; a negative one with a minus sign."""
    places = _PLACES_SHORT if ticks % _TICKS_PER_CENT == 0 else _PLACES_LONG
    return _decimal(ticks, places, group=True)


def format_gain(ticks: int) -> str:
    """Return an amount with its sign always: "+1.50", "−1.50", "0.00"."""
    return f"+{format_credits(ticks)}" if ticks > 0 else format_credits(ticks)


def format_percent(ticks: int) -> str:
    """Return a price as a chance: 4500 -> "45%", 4550 -> "45.5%"."""
    whole, rest = divmod(ticks, _TICKS_PER_CENT)
    fraction = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{fraction}%"


def other_side(price_ticks: int) -> int:
    """Return the price of the other side: Yes at 0.45 is No at 0.55."""
    return PAYOUT_TICKS - price_ticks


def divide_ticks(total_ticks: int, count: int) -> int:
    """Return total / count to the nearest tick, a half to the even one; for display only."""
    return round(Fraction(total_ticks, count))


def _decimal(ticks: int, places: int, *, group: bool = False) -> str:
    whole, rest = divmod(abs(ticks), TICKS_PER_CREDIT)
    digits = f"{rest:04d}"[:places]
    sign = MINUS if ticks < 0 else ""
    return f"{sign}{whole:,}.{digits}" if group else f"{sign}{whole}.{digits}"
