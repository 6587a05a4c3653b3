"""A machine whose clock jumps: this process's wall clock is wrong by what a file says."""

import time
from pathlib import Path

_NS_OF_MS = 1_000_000


class _BentClock:
    """time.time_ns with an offset. An object: a function would be bound where time.time is not."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._true_time_ns = time.time_ns
        self._changed_at_ns = 0
        self._offset_ms = 0

    def __call__(self) -> int:
        try:
            changed_at_ns = self._path.stat().st_mtime_ns
            if changed_at_ns != self._changed_at_ns:
                self._offset_ms = int(self._path.read_text() or 0)
                self._changed_at_ns = changed_at_ns
        except (OSError, ValueError):
            pass  # not there yet, or half written: the clock is as wrong as it was
        return self._true_time_ns() + self._offset_ms * _NS_OF_MS


class _Seconds:
    """time.time by another clock."""

    def __init__(self, clock: _BentClock) -> None:
        self._clock = clock

    def __call__(self) -> float:
        return self._clock() / 1e9


def bend_clock(path: str) -> None:
    """From now on read the clock wrong by the milliseconds that the file holds, if there is one."""
    clock = _BentClock(path)
    time.time_ns, time.time = clock, _Seconds(clock)
