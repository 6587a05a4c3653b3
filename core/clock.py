"""Time, as this process reads it and waits for it: the one place that asks the machine.

A simulation puts a clock of its own in its place, so that a run is the same each time
(tests/simulation). Durations are of `monotonic_s`; the wall clock may jump.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What a process can know of time."""

    def now_ms(self) -> int:
        """Return the wall clock: milliseconds since 1970."""

    def monotonic_s(self) -> float:
        """Return seconds since some moment; never goes back."""

    def result_within(self, future: Future[T], timeout_s: float) -> T:
        """Wait for a future in this thread. Raises TimeoutError when it is not done by then."""


class MachineClock:
    """The clocks of the machine."""

    def now_ms(self) -> int:
        """Return the wall clock: milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Return seconds since some moment; never goes back."""
        return time.monotonic()

    def result_within(self, future: Future[T], timeout_s: float) -> T:
        """Wait for a future in this thread. Raises TimeoutError when it is not done by then."""
        return future.result(timeout=timeout_s)


_clock: Clock = MachineClock()


def set_clock(clock: Clock) -> None:
    """Have every time of this process be read from another clock."""
    global _clock  # noqa: PLW0603 -- a process has one clock
    _clock = clock


@contextmanager
def reading(clock: Clock) -> Iterator[None]:
    """Have times be read from another clock for a while, where nothing else of the process runs."""
    before = _clock
    set_clock(clock)
    try:
        yield
    finally:
        set_clock(before)


def now_ms() -> int:
    """Return the wall clock: milliseconds since 1970. It may jump, and go back."""
    return _clock.now_ms()


def monotonic_s() -> float:
    """Return seconds since some moment; never goes back."""
    return _clock.monotonic_s()


def result_within(future: Future[T], timeout_s: float) -> T:
    """Wait for a future in this thread. Raises TimeoutError when it is not done by then."""
    return _clock.result_within(future, timeout_s)
