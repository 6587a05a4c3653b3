"""Milliseconds in the journal, datetimes in the tables."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(time_ms: int) -> datetime:
    """Return milliseconds since 1970 as an aware datetime, exactly."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def to_ms(moment: datetime) -> int:
    """Return a datetime as milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def now_ms() -> int:
    """Return the wall clock. Only the owner of a shard stamps batches with it."""
    return time.time_ns() // 1_000_000
