"""Milliseconds in the journal, datetimes in the tables; what time it is (core.clock)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from core.clock import monotonic_s, now_ms

__all__ = ["monotonic_s", "now_ms", "to_column", "to_datetime", "to_ms"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(time_ms: int) -> datetime:
    """Return milliseconds since 1970 as an aware datetime, exactly."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def to_ms(moment: datetime) -> int:
    """Return a datetime as milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=8192)
def to_column(time_ms: int) -> str:
    """Return milliseconds as the text of a column of times, in UTC, as Django writes it."""
    return str(to_datetime(time_ms).replace(tzinfo=None))
