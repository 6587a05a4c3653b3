"""Ticks, the smallest unit of money: 0.0001 credit. Integers inside, decimal strings outside."""

import re
from typing import Final

TICKS_PER_CREDIT: Final = 10_000
PAYOUT_TICKS: Final = 10_000
# Fits a signed 64-bit column with room for sums over millions of rows.
TICKS_MAX: Final = 10**15
QUANTITY_MAX: Final = 1_000_000_000

_DECIMAL = re.compile(r"(\d{1,12})(?:\.(\d{1,4}))?", re.ASCII)


def format_ticks(ticks: int) -> str:
    """Return ticks as a decimal string with four places: 4500 -> "0.4500", -1 -> "-0.0001"."""
    sign = "-" if ticks < 0 else ""
    whole, rest = divmod(abs(ticks), TICKS_PER_CREDIT)
    return f"{sign}{whole}.{rest:04d}"


def parse_ticks(text: str) -> int:
    """Return the ticks of a plain decimal string: "0.45" -> 4500.

    Raises ValueError for anything else: signs, exponents, NaN, more than four decimals,
    spaces and digits of other scripts are refused, nothing is ever rounded.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        message = f"not a plain decimal number with at most four decimals: {text[:40]!r}"
        raise ValueError(message)
    whole, rest = match.groups()
    return int(whole) * TICKS_PER_CREDIT + int((rest or "").ljust(4, "0"))
