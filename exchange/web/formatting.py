"""Ticks as the trading pages show them, on top of core.formatting."""

from fractions import Fraction

from core.formatting import MINUS, format_credits, format_gain, format_price
from core.money import PAYOUT_TICKS, TICKS_PER_CREDIT

__all__ = [
    "divide_ticks",
    "format_credits",
    "format_gain",
    "format_points",
    "format_price",
    "other_side",
]


def other_side(price_ticks: int) -> int:
    """Return the price of the other side: Yes at 0.45 is No at 0.55."""
    return PAYOUT_TICKS - price_ticks


def divide_ticks(total_ticks: int, count: int) -> int:
    """Return total / count to the nearest tick, a half to the even one; for display only."""
    return round(Fraction(total_ticks, count))


def format_points(ticks: int) -> str:
    """Return a move of a chance in percentage points with its sign: "+3 pts", "−1.5 pts"."""
    whole, rest = divmod(abs(ticks), TICKS_PER_CREDIT // 100)
    digits = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    sign = "" if ticks == 0 else MINUS if ticks < 0 else "+"
    return f"{sign}{digits} pts"
