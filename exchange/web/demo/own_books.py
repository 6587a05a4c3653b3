"""A book worker of the demo's own, in its own thread and time, before the site's has started."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from core.clock import MachineClock, reading
from exchange.trading import inbox
from exchange.trading.owner import BooksOwner


class TravellingClock(MachineClock):
    """A wall clock that shows whatever it was last put to."""

    def __init__(self, time_ms: int) -> None:
        self.time_ms = time_ms

    def now_ms(self) -> int:
        """Return the time it was put to."""
        return self.time_ms


@contextmanager
def own_books(clock: TravellingClock) -> Iterator[bool]:
    """Judge at once what is submitted, at the clock's time; False where books are another's.

    Nobody hears of it: this is for a site that is not open yet.
    """
    owner = BooksOwner(range(settings.BOOK_SHARDS))
    with reading(clock):
        _judge(owner)
        unlisten = inbox.listen(lambda _: _judge(owner))
        try:
            yield len(owner.books) == settings.BOOK_SHARDS
        finally:
            unlisten()
            owner.stop()


def _judge(owner: BooksOwner) -> None:
    while list(owner.step()):
        pass
