"""One contract's order book: two sides of price levels, each level a queue of orders.

A side keeps its prices in a sorted list whose last element is the best price, and the best level
at hand: matching looks at that and nothing else, and a book of a thousand levels costs little more
than one of ten. Orders of a level are a doubly linked list through the orders themselves, so
leaving the middle of a queue costs the same as leaving its head. The list of prices is a plain one:
it is never longer than a payout has ticks, and moving that much costs less than any tree
(docs/decisions/0009).

An order that left keeps its own links. Undoing in the opposite order therefore puts it back into
exactly the place it had.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from exchange.engine.enums import Side
from exchange.engine.stops import Stops
from exchange.engine.terms import Terms

if TYPE_CHECKING:
    from exchange.engine.market import Market
    from exchange.engine.position import Position


class Order:
    """An order that lives. `unit_ticks` is what one contract of it holds: price or payout - price.

    A stop that waits has no level; its terms say that it waits.
    """

    __slots__ = (
        "level",
        "next",
        "open_quantity",
        "order",
        "own_next",
        "own_prev",
        "position",
        "prev",
        "price_ticks",
        "quantity",
        "seq",
        "side",
        "terms",
        "unit_ticks",
    )

    def __init__(  # noqa: PLR0917 -- made once per command, by place: keywords cost a tenth
        self,
        order: int,
        position: "Position",
        side: "BookSide",
        price_ticks: int,
        unit_ticks: int,
        quantity: int,
        open_quantity: int,
        seq: int,
        terms: Terms,
    ) -> None:
        self.order = order
        self.position: Final = position
        self.side: Final = side
        self.price_ticks = price_ticks
        self.unit_ticks = unit_ticks
        self.quantity = quantity
        self.open_quantity = open_quantity
        self.seq = seq
        self.terms = terms

    # Its place in the book and among its account's orders, set by living.rest.
    level: "Level"
    prev: "Order | None"
    next: "Order | None"
    own_prev: "Order | None"
    own_next: "Order | None"


class Level:
    """All resting orders of one side at one price, oldest first, and their open quantity."""

    __slots__ = ("head", "key", "price_ticks", "quantity", "tail")

    def __init__(self, price_ticks: int, key: int) -> None:
        self.price_ticks: Final = price_ticks
        self.key: Final = key
        self.quantity = 0
        self.head: Order | None = None
        self.tail: Order | None = None

    def __iter__(self) -> Iterator[Order]:
        order = self.head
        while order is not None:
            yield order
            order = order.next


class BookSide:
    """The bids or the asks. Levels are keyed by price, negated for asks: a higher key is better.

    `best` is the level of the best price, None for an empty side.
    """

    __slots__ = (
        "best",
        "book",
        "is_bids",
        "keys",
        "levels",
        "market",
        "opposite",
        "outcome",
        "side",
        "sign",
    )

    def __init__(self, book: "Book", side: Side) -> None:
        self.book: Final = book
        self.market: Final = book.market
        self.outcome: Final = book.outcome
        self.side: Final = side
        self.is_bids: Final = side is Side.BUY
        self.sign: Final = 1 if self.is_bids else -1
        self.opposite = self
        self.best: Level | None = None
        self.keys: Final[list[int]] = []
        self.levels: Final[dict[int, Level]] = {}

    def best_first(self) -> Iterator[Level]:
        """Iterate over the levels from the best price on."""
        levels = self.levels
        return (levels[key] for key in reversed(self.keys))

    def depth(self, count: int | None = None) -> list[tuple[int, int]]:
        """Return (price_ticks, open quantity) of the best `count` levels, or all; best first."""
        keys = reversed(self.keys[-count:] if count else self.keys[:0] if count == 0 else self.keys)
        return [(level.price_ticks, level.quantity) for level in map(self.levels.__getitem__, keys)]

    def add_level(self, level: Level) -> None:
        """Put a level that has, or will have, orders among the others. O(levels), but see above."""
        assert level.key not in self.levels
        self.levels[level.key] = level
        insort(self.keys, level.key)
        if self.best is None or level.key > self.best.key:
            self.best = level

    def drop_level(self, level: Level) -> None:
        """Take out a level that has no orders any more. O(log levels)."""
        del self.levels[level.key]
        if level is self.best:
            self.keys.pop()
            self.best = self.levels[self.keys[-1]] if self.keys else None
        else:
            del self.keys[bisect_left(self.keys, level.key)]


class Book:
    """The two sides of one contract; `outcome` is its index among the market's contracts.

    `stops` are the orders that wait for the last price, which is None until the first trade.
    """

    __slots__ = ("asks", "bids", "contract", "last_price_ticks", "market", "outcome", "stops")

    def __init__(self, market: "Market", contract: int, outcome: int) -> None:
        self.market: Final = market
        self.contract: Final = contract
        self.outcome: Final = outcome
        self.last_price_ticks: int | None = None
        self.stops: Final = Stops()
        self.bids: Final = BookSide(self, Side.BUY)
        self.asks: Final = BookSide(self, Side.SELL)
        self.bids.opposite = self.asks
        self.asks.opposite = self.bids

    def side(self, side: Side) -> BookSide:
        """Return the side on which a buy, or a sell, rests."""
        return self.bids if side == "buy" else self.asks

    def is_crossed(self) -> bool:
        """Whether the best bid is not below the best ask: only while orders are collected."""
        bid, ask = self.bids.best, self.asks.best
        return bid is not None and ask is not None and bid.price_ticks >= ask.price_ticks

    def resting(self) -> Iterator[Order]:
        """Iterate over bids, then asks, each in price/time priority."""
        for side in (self.bids, self.asks):
            for level in side.best_first():
                yield from level

    def orders(self) -> Iterator[Order]:
        """Iterate over the resting orders, then the waiting stops by seq."""
        yield from self.resting()
        yield from self.stops.by_seq()
