"""How far back a chart looks, and in which steps."""

from dataclasses import dataclass
from typing import Final

from exchange.marketdata.candles.models import Interval

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Range:
    """A span of time up to now. `length_s` None: everything."""

    name: str
    label: str
    words: str
    interval: Interval
    length_s: int | None

    def begins_at(self, now_s: int) -> int | None:
        """Return the first second that it shows; None: there is no limit."""
        return None if self.length_s is None else now_s - self.length_s


RANGES: Final = (
    Range("1d", "1 day", "the last day", Interval.FIVE_MINUTES, _DAY_S),
    Range("1w", "1 week", "the last week", Interval.HOUR, 7 * _DAY_S),
    Range("1m", "1 month", "the last month", Interval.HOUR, 30 * _DAY_S),
    Range("all", "All", "all time", Interval.DAY, None),
)


def find_range(name: str) -> Range:
    """Return the range of a name; the first for one that is not known."""
    return next((one for one in RANGES if one.name == name), RANGES[0])
