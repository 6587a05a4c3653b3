"""The undo log of a batch: enough to put a state back to exactly what it was.

Books change by steps, each of which knows its opposite; they are undone last first. Markets and
positions are only numbers, so the first change in a batch keeps an image of them and the rest cost
nothing: each knows the number of the last batch that kept one. Memory is in proportion to what the
batch changed, never to the state.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from exchange.engine.book import Book, Order
from exchange.engine.enums import MarketStatus
from exchange.engine.market import Market
from exchange.engine.order_events import TradeExecuted
from exchange.engine.position import Image, Portfolio, Position

# A function and its arguments.
Step = tuple[Callable[..., Any], tuple[Any, ...]]


class _MarketImage(NamedTuple):
    status: MarketStatus
    auction_ends_at: int | None
    seq: int
    books: dict[int, Book]
    portfolios: dict[int, Portfolio]
    trades: dict[int, TradeExecuted]


class UndoLog:
    """What has changed since the batch began, which is the one of that number, from 1.

    `steps` are the calls that take the steps of the batch back. `touched` are the living orders
    that ended, shrank or began to be matched in it other than by trades, by the number they had.
    """

    __slots__ = ("_markets", "_portfolios", "_positions", "batch", "steps", "touched")

    def __init__(self, batch: int) -> None:
        self.batch: Final = batch
        self.steps: Final[list[Step]] = []
        self.touched: Final[dict[int, Order]] = {}
        self._markets: Final[list[tuple[Market, _MarketImage]]] = []
        self._portfolios: Final[dict[Portfolio, int]] = {}
        self._positions: Final[list[tuple[Position, Image]]] = []

    def add_step(self, opposite: Callable[..., Any], *arguments: Any) -> None:
        """Note a step that was just made, by the call that takes it back."""
        self.steps.append((opposite, arguments))

    def keep_market(self, market: Market) -> None:
        """Note what a market is before its own fields change for the first time."""
        if market.kept_in == self.batch:
            return
        market.kept_in = self.batch
        image = _MarketImage(
            market.status,
            market.auction_ends_at,
            market.seq,
            market.books,
            market.portfolios,
            market.trades,
        )
        self._markets.append((market, image))

    def keep_position(self, position: Position) -> None:
        """Note what a position is, and the exposure, before they change for the first time."""
        if position.kept_in == self.batch:
            return
        position.kept_in = self.batch
        self._positions.append((position, position.image()))
        portfolio = position.portfolio
        if portfolio.kept_in != self.batch:
            portfolio.kept_in = self.batch
            self._portfolios[portfolio] = portfolio.exposure_ticks

    def exposures(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return (account, market) -> exposure before and now, where any position changed."""
        found = {}
        for position, image in self._positions:
            if position.image() != image:
                portfolio = position.portfolio
                if portfolio.is_stale:
                    portfolio.owner.refresh()
                key = (portfolio.account, portfolio.market)
                found[key] = (self._portfolios[portfolio], portfolio.exposure_ticks)
        return found

    def roll_back(self, trades: range) -> None:
        """Put everything back; trades are the ids of those made in the batch."""
        while self.steps:
            opposite, arguments = self.steps.pop()
            opposite(*arguments)
        for position, image in self._positions:
            position.restore(image)
        for portfolio, exposure_ticks in self._portfolios.items():
            portfolio.exposure_ticks = exposure_ticks
        for market, was in self._markets:
            market.set_status(was.status, was.auction_ends_at)
            market.seq, market.books = was.seq, was.books
            market.portfolios, market.trades = was.portfolios, was.trades
            if market.trades:
                for trade in trades:
                    market.trades.pop(trade, None)
