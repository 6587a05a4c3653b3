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
from itertools import islice
from typing import TYPE_CHECKING, Final

from exchange.engine.enums import Side
from exchange.engine.position import Position
from exchange.engine.stops import Stops
from exchange.engine.terms import Terms

if TYPE_CHECKING:
    from exchange.engine.market import Market


class Order:
    """An order that lives, at the level of its price; a stop that waits is in no queue of it.

    `prev` and `next` are its neighbours in the queue, and stay as they were when it left.
    """

    __slots__ = (
        "level",
        "next",
        "open_quantity",
        "order",
        "position",
        "prev",
        "quantity",
        "seq",
        "terms",
    )

    def __init__(  # noqa: PLR0917 -- made once per command, by place: keywords cost a tenth
        self,
        order: int,
        position: Position,
        level: "Level",
        quantity: int,
        open_quantity: int,
        seq: int,
        terms: Terms,
    ) -> None:
        self.order = order
        self.position: Final = position
        self.level = level
        self.quantity = quantity
        self.open_quantity = open_quantity
        self.seq = seq
        self.terms = terms

    # Set by living.rest.
    prev: "Order | None"
    next: "Order | None"

    @property
    def side(self) -> "BookSide":
        """The bids or the asks."""
        return self.level.side

    @property
    def price_ticks(self) -> int:
        """The worst price at which it trades."""
        return self.level.price_ticks

    @property
    def hold_ticks(self) -> int:
        """What all that is open of it costs its owner at worst."""
        return self.open_quantity * self.level.unit_ticks


class Level:
    """All resting orders of one side at one price, oldest first, and their open quantity.

    `unit_ticks` is what one contract of an order here holds: its price, or payout - price. `key`
    is the price, negated for asks: a higher one is better.
    """

    __slots__ = ("head", "key", "price_ticks", "quantity", "side", "tail", "unit_ticks")

    def __init__(self, side: "BookSide", price_ticks: int) -> None:
        self.side: Final = side
        self.price_ticks: Final = price_ticks
        self.key: Final = side.sign * price_ticks
        self.unit_ticks: Final = side.market.unit_ticks(side.is_bids, price_ticks)
        self.quantity = 0
        self.head: Order | None = None
        self.tail: Order | None = None

    def __iter__(self) -> Iterator[Order]:
        order = self.head
        while order is not None:
            yield order
            order = order.next


class BookSide:
    """The bids or the asks. `levels` are those with orders, by price.

    `keys` are theirs, in ascending order; `best` is the level of the best price, None for an empty
    side.
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
        levels, sign = self.levels, self.sign
        return (levels[sign * key] for key in reversed(self.keys))

    def depth(self, count: int | None = None) -> list[tuple[int, int]]:
        """Return (price_ticks, open quantity) of the best `count` levels, or all; best first."""
        return [(level.price_ticks, level.quantity) for level in islice(self.best_first(), count)]

    def level_at(self, price_ticks: int) -> Level:
        """Return the level of a price, a new one, not yet among the others, where there is none."""
        level = self.levels.get(price_ticks)
        return Level(self, price_ticks) if level is None else level

    def add_level(self, level: Level) -> None:
        """Put a level that has, or will have, orders among the others. O(levels), but see above."""
        assert level.price_ticks not in self.levels
        self.levels[level.price_ticks] = level
        insort(self.keys, level.key)
        if self.best is None or level.key > self.best.key:
            self.best = level

    def drop_level(self, level: Level) -> None:
        """Take out a level that has no orders any more. O(log levels)."""
        del self.levels[level.price_ticks]
        if level is self.best:
            self.keys.pop()
            self.best = self.levels[self.sign * self.keys[-1]] if self.keys else None
        else:
            del self.keys[bisect_left(self.keys, level.key)]


class Book:
    """The two sides of one contract; `outcome` is its index among the market's contracts.

    `stops` are the orders that wait for the last price, which is None until the first trade.
    `positions` are those of all accounts that ever had anything here.
    """

    __slots__ = (
        "asks",
        "bids",
        "contract",
        "last_price_ticks",
        "market",
        "outcome",
        "positions",
        "stops",
    )

    def __init__(self, market: "Market", contract: int, outcome: int) -> None:
        self.market: Final = market
        self.contract: Final = contract
        self.outcome: Final = outcome
        self.last_price_ticks: int | None = None
        self.stops: Final = Stops()
        self.positions: Final[dict[int, Position]] = {}
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
