"""Ids given before anything is written: an order can be named although its COMMIT is in doubt.

63 bits: 42 of milliseconds since 2020, 13 of this process, 8 of a counter. Ids of one process
rise, so they keep its order of arrival; two processes collide only within one millisecond with
the same tag and counter, and the primary key refuses that.
"""

import os
import secrets
import threading
from typing import Final

from core.clock import now_ms

_EPOCH_MS: Final = 1_577_836_800_000
_TAG_BITS: Final = 13
_COUNTER_BITS: Final = 8


class IdSource:
    """Give rising 63-bit ids. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slot = 0
        self._pid = 0
        self._tag = 0

    def next_id(self) -> int:
        """Return an id higher than every one this process gave before."""
        with self._lock:
            if self._pid != os.getpid():  # a fork must not repeat its parent's ids
                self._pid = os.getpid()
                self._tag = secrets.randbits(_TAG_BITS)
            now = (now_ms() - _EPOCH_MS) << _COUNTER_BITS
            self._slot = max(self._slot + 1, now)
            milliseconds, counter = divmod(self._slot, 1 << _COUNTER_BITS)
            return (milliseconds << _TAG_BITS | self._tag) << _COUNTER_BITS | counter


_source = IdSource()
new_id = _source.next_id
