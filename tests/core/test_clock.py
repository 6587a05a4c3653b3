"""One clock for the whole process, and another one in its place."""

import time
from concurrent.futures import Future

import pytest

from core import clock
from core.clock import MachineClock
from core.ids import IdSource
from exchange.trading import inbox, times


class StandingClock(MachineClock):
    """A wall clock that stands still."""

    def now_ms(self) -> int:
        return 1_600_000_000_123


@pytest.fixture
def standing():
    clock.set_clock(StandingClock())
    yield
    clock.set_clock(MachineClock())


def test_machine_clock_reads_the_machine():
    before_ms, before_s = time.time_ns() // 1_000_000, time.monotonic()
    assert before_ms <= clock.now_ms() <= time.time_ns() // 1_000_000
    assert before_s <= clock.monotonic_s() <= time.monotonic()


def test_result_is_waited_for_no_longer_than_asked():
    future: Future[int] = Future()
    with pytest.raises(TimeoutError):
        clock.result_within(future, 0.001)
    future.set_result(7)
    assert clock.result_within(future, 0.001) == 7


def test_another_clock_is_read_by_all(standing):
    row = inbox.new_row(command_id=1, shard=0, command={"type": "CancelOrder"})
    assert (row.received_at_ms, times.now_ms()) == (1_600_000_000_123, 1_600_000_000_123)
    first, second = IdSource(), IdSource()
    assert first.next_id() >> 21 == second.next_id() >> 21 == 1_600_000_000_123 - 1_577_836_800_000
