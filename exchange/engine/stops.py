"""The orders of one contract that wait until its last price reaches them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from exchange.engine.book import Order

    Entry = tuple[int, int, Order]


class Stops:
    """Waiting stops, found by the price that they wait for. Entries are (stop_ticks, seq, order).

    A buy waits for a last price at or above its stop, a sell for one at or below.
    """

    __slots__ = ("buys", "count", "sells")

    def __init__(self) -> None:
        self.count = 0
        self.buys: Final[SortedList[Any]] = SortedList()
        self.sells: Final[SortedList[Any]] = SortedList()

    def add(self, order: "Order") -> None:
        """Let a stop wait. O(log stops)."""
        self._waiting_with(order).add(_entry(order))
        self.count += 1

    def remove(self, order: "Order") -> None:
        """End a stop's wait. O(log stops)."""
        self._waiting_with(order).remove(_entry(order))
        self.count -= 1

    def reached(self, last_price_ticks: int) -> list["Order"]:
        """Return the stops that a last price reaches, the oldest first. O(log stops + found)."""
        buys = self.buys[: self.buys.bisect_left((last_price_ticks + 1,))]
        sells = self.sells[self.sells.bisect_left((last_price_ticks,)) :]
        return [order for _, _, order in sorted([*buys, *sells], key=_seq)]

    def by_seq(self) -> Iterator["Order"]:
        """Iterate over all of them, the oldest first."""
        return (order for _, _, order in sorted([*self.buys, *self.sells], key=_seq))

    def _waiting_with(self, order: "Order") -> SortedList[Any]:
        return self.buys if order.side.is_bids else self.sells


def _entry(order: "Order") -> "Entry":
    stop_ticks = order.terms.stop_ticks
    assert stop_ticks is not None, "only a stop waits"
    return stop_ticks, order.seq, order


def _seq(entry: "Entry") -> int:
    return entry[1]
