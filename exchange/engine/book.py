"""One contract's order book: two sides of price levels, each level a queue of orders.

A side keeps its prices in a SortedList whose last element is the best price: matching looks at
and drops the end, and a book of a thousand levels costs little more than one of ten. Orders of a
level are a doubly linked list through the orders themselves, so leaving the middle of a queue
costs the same as leaving its head.

An order that left keeps its own links. Undoing in the opposite order therefore puts it back into
exactly the place it had.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sortedcontainers import SortedList

from exchange.engine.enums import Side

_BUY: Final = Side.BUY

if TYPE_CHECKING:
    from exchange.engine.market import Market
    from exchange.engine.position import Position


class Order:
    """A resting order. `unit_ticks` is what one contract of it holds: price, or payout - price."""

    __slots__ = (
        "level",
        "next",
        "open_quantity",
        "order",
        "position",
        "prev",
        "price_ticks",
        "quantity",
        "seq",
        "side",
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
    ) -> None:
        self.order = order
        self.position = position
        self.side = side
        self.price_ticks = price_ticks
        self.unit_ticks = unit_ticks
        self.quantity = quantity
        self.open_quantity = open_quantity
        self.seq = seq

    # Its place in the book, set by BookSide.append.
    level: "Level"
    prev: "Order | None"
    next: "Order | None"


class Level:
    """All resting orders of one side at one price, oldest first, and their open quantity."""

    __slots__ = ("head", "key", "price_ticks", "quantity", "tail")

    def __init__(self, price_ticks: int, key: int) -> None:
        self.price_ticks = price_ticks
        self.key = key
        self.quantity = 0
        self.head: Order | None = None
        self.tail: Order | None = None

    def __iter__(self) -> Iterator[Order]:
        order = self.head
        while order is not None:
            yield order
            order = order.next


class BookSide:
    """The bids or the asks. Levels are keyed by price, negated for asks: a higher key is better."""

    __slots__ = ("book", "keys", "levels", "opposite", "side", "sign")

    def __init__(self, book: "Book", side: Side) -> None:
        self.book = book
        self.side = side
        self.sign = 1 if side is Side.BUY else -1
        self.opposite = self
        self.keys: SortedList[int] = SortedList()
        self.levels: dict[int, Level] = {}

    def append(self, order: Order) -> None:
        """Put an order behind all others of its price. O(log levels), O(1) at a known price."""
        key = self.sign * order.price_ticks
        level = self.levels.get(key)
        if level is None:
            level = Level(order.price_ticks, key)
            self._add_level(level)
        order.level = level
        order.prev, order.next = level.tail, None
        if order.prev is None:
            level.head = order
        else:
            order.prev.next = order
        level.tail = order
        level.quantity += order.open_quantity

    def remove(self, order: Order) -> None:
        """Take an order out of its queue. O(1), O(log levels) for the last of its price."""
        level, before, after = order.level, order.prev, order.next
        if before is None:
            level.head = after
        else:
            before.next = after
        if after is None:
            level.tail = before
        else:
            after.prev = before
        level.quantity -= order.open_quantity
        if level.head is None:
            self._drop_level(level)

    def put_back(self, order: Order) -> None:
        """Undo `remove`: valid only while the side stands as it stood right after it."""
        level = order.level
        if level.head is None:
            self._add_level(level)
        if order.prev is None:
            level.head = order
        else:
            order.prev.next = order
        if order.next is None:
            level.tail = order
        else:
            order.next.prev = order
        level.quantity += order.open_quantity

    def best_first(self) -> Iterator[Level]:
        """Iterate over the levels from the best price on."""
        levels = self.levels
        return (levels[key] for key in reversed(self.keys))

    def depth(self, count: int | None = None) -> list[tuple[int, int]]:
        """Return (price_ticks, open quantity) of the best `count` levels, or all; best first."""
        keys = reversed(self.keys[-count:] if count else self.keys[:0] if count == 0 else self.keys)
        return [(level.price_ticks, level.quantity) for level in map(self.levels.__getitem__, keys)]

    def _add_level(self, level: Level) -> None:
        assert level.key not in self.levels
        self.levels[level.key] = level
        self.keys.add(level.key)

    def _drop_level(self, level: Level) -> None:
        del self.levels[level.key]
        self.keys.remove(level.key)


class Book:
    """The two sides of one contract; `outcome` is its index among the market's contracts."""

    __slots__ = ("asks", "bids", "contract", "market", "outcome")

    def __init__(self, market: "Market", contract: int, outcome: int) -> None:
        self.market = market
        self.contract = contract
        self.outcome = outcome
        self.bids = BookSide(self, Side.BUY)
        self.asks = BookSide(self, Side.SELL)
        self.bids.opposite = self.asks
        self.asks.opposite = self.bids

    def side(self, side: Side) -> BookSide:
        """Return the side on which a buy, or a sell, rests."""
        return self.bids if side == _BUY else self.asks

    def orders(self) -> Iterator[Order]:
        """Iterate over bids, then asks, each in price/time priority."""
        for side in (self.bids, self.asks):
            for level in side.best_first():
                yield from level
