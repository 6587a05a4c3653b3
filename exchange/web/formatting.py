"""Ticks as the trading pages show them, on top of core.formatting."""

from fractions import Fraction
from typing import Final

from core.formatting import format_credits, format_gain, format_price
from core.money import PAYOUT_TICKS

__all__ = [
    "divide_ticks",
    "format_credits",
    "format_gain",
    "format_percent",
    "format_price",
    "other_side",
]

_TICKS_PER_PERCENT: Final = 100


def format_percent(ticks: int) -> str:
    """Return a price as a chance in whole percents: 4500 -> "45%"."""
    return f"{divide_ticks(ticks, _TICKS_PER_PERCENT)}%"


def other_side(price_ticks: int) -> int:
    """Return the price of the other side: Yes at 0.45 is No at 0.55."""
    return PAYOUT_TICKS - price_ticks


def divide_ticks(total_ticks: int, count: int) -> int:
    """Return total / count to the nearest tick, a half to the even one; for display only."""
    return round(Fraction(total_ticks, count))
