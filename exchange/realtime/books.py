"""The hub's own copy of one contract's book, to check each batch against and to send whole."""

from collections.abc import Iterable
from itertools import islice

from sortedcontainers import SortedDict

from exchange.trading.checksums import CHECKSUM_LEVELS, Level, checksum


class BookCopy:
    """Open quantity by price of one contract, both sides. Prices in ticks."""

    __slots__ = ("_asks", "_bids")

    def __init__(self, bids: Iterable[Level] = (), asks: Iterable[Level] = ()) -> None:
        self._bids: SortedDict[int, int] = SortedDict(bids)
        self._asks: SortedDict[int, int] = SortedDict(asks)

    def apply(self, bids: Iterable[Level], asks: Iterable[Level]) -> None:
        """Set levels to their new absolute quantities; 0 removes a level."""
        for levels, changes in ((self._bids, bids), (self._asks, asks)):
            for price_ticks, quantity in changes:
                if quantity:
                    levels[price_ticks] = quantity
                else:
                    levels.pop(price_ticks, None)

    def bids(self, limit: int | None = None) -> list[Level]:
        """Return the bids, highest first."""
        return [(price, self._bids[price]) for price in islice(reversed(self._bids), limit)]

    def asks(self, limit: int | None = None) -> list[Level]:
        """Return the asks, lowest first."""
        return list(islice(self._asks.items(), limit))

    def checksum(self) -> int:
        """Return the checksum of the ten best levels of each side."""
        return checksum(self.bids(CHECKSUM_LEVELS), self.asks(CHECKSUM_LEVELS))
