"""A chance in the reader's own notation: 45%, 2.22, 11/9 or +122. Exact arithmetic, for display.

static/js/odds.js writes the same; tests/vectors/odds.json holds both to it. Which notation holds
is the current request's (`activate`), as Django does it for time zones.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Final

from asgiref.local import Local

from core.formatting import MINUS
from core.money import PAYOUT_TICKS

PERCENT: Final = "percent"
_NOTHING: Final = "\N{EN DASH}"
_TICKS_PER_PERCENT: Final = 100
_DENOMINATOR_MAX: Final = 20
_NUMERATOR_MAX: Final = 100
_active = Local()


@contextmanager
def activate(notation: str) -> Iterator[None]:
    """Have `format_chance` write in a notation inside."""
    before = get_notation()
    _active.notation = notation
    try:
        yield
    finally:
        _active.notation = before


def get_notation() -> str:
    """Return the notation that holds: "percent" unless the reader chose another."""
    notation: str = getattr(_active, "notation", PERCENT)
    return notation


def format_chance(ticks: int) -> str:
    """Return a price as a chance in the notation that holds."""
    return format_odds(ticks, get_notation())


def format_odds(ticks: int, notation: str) -> str:
    """Return a price as a chance in a notation; a dash for odds of what is sure or impossible."""
    if notation == PERCENT:
        return f"{round(Fraction(ticks, _TICKS_PER_PERCENT))}%"
    return _WRITERS[notation](ticks) if 0 < ticks < PAYOUT_TICKS else _NOTHING


def _decimal(ticks: int) -> str:
    """Write what comes back for one that is staked, to the nearest hundredth."""
    whole, rest = divmod(round(Fraction(PAYOUT_TICKS * 100, ticks)), 100)
    return f"{whole}.{rest:02d}"


def _american(ticks: int) -> str:
    """Write what 100 win, or what must be staked to win 100."""
    against = PAYOUT_TICKS - ticks
    if ticks > against:
        return f"{MINUS}{round(Fraction(100 * ticks, against))}"
    return f"+{round(Fraction(100 * against, ticks))}"


def _fractional(ticks: int) -> str:
    """Write the win for a stake as a simple ratio, the nearest one."""
    against = PAYOUT_TICKS - ticks
    larger, smaller = _nearest(max(against, ticks), min(against, ticks))
    if larger == smaller:
        return "Evens"
    return f"{larger}/{smaller}" if against > ticks else f"{smaller}/{larger}"


def _nearest(larger: int, smaller: int) -> tuple[int, int]:
    """Return the nearest ratio of small numbers to larger / smaller, the simplest of equals."""
    best, best_error = (0, 1), Fraction(PAYOUT_TICKS)
    for denominator in range(1, _DENOMINATOR_MAX + 1):
        numerator = round(Fraction(larger * denominator, smaller))
        error = abs(Fraction(numerator, denominator) - Fraction(larger, smaller))
        if error < best_error and (denominator == 1 or numerator <= _NUMERATOR_MAX):
            best, best_error = (numerator, denominator), error
    return best


_WRITERS: Final[Mapping[str, Callable[[int], str]]] = {
    "decimal": _decimal,
    "fractional": _fractional,
    "american": _american,
}
