"""Milliseconds in the journal, datetimes in the tables."""

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

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


def now_ms() -> int:
    """Return the wall clock. Only the owner of a shard stamps batches with it."""
    return time.time_ns() // 1_000_000


def monotonic_s() -> float:
    """Return a clock that never goes back, for waits and durations within this process."""
    return time.monotonic()
