"""The undo log of a batch: enough to put a state back to exactly what it was.

Books change by steps, each of which knows its opposite; they are undone last first. Markets and
positions are only numbers, so the first change in a batch keeps an image of them and the rest cost
nothing. Memory is in proportion to what the batch changed, never to the state.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from exchange.engine.book import Book
from exchange.engine.enums import MarketStatus
from exchange.engine.market import Market
from exchange.engine.order_events import TradeExecuted
from exchange.engine.position import Image, Position


class _MarketImage(NamedTuple):
    status: MarketStatus
    auction_ends_at: int | None
    seq: int
    books: dict[int, Book]
    positions: dict[int, Position]
    trades: dict[int, TradeExecuted]


class UndoLog:
    """What has changed since the batch began."""

    __slots__ = ("_markets", "_positions", "_steps")

    def __init__(self) -> None:
        self._steps: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._markets: dict[Market, _MarketImage] = {}
        self._positions: dict[Position, tuple[Market, Image]] = {}

    def add_step(self, opposite: Callable[..., Any], *arguments: Any) -> None:
        """Note a step that was just made, by the call that takes it back."""
        self._steps.append((opposite, arguments))

    def keep_market(self, market: Market) -> None:
        """Note what a market is before its own fields change for the first time."""
        market.kept_by = self
        self._markets[market] = _MarketImage(
            market.status,
            market.auction_ends_at,
            market.seq,
            market.books,
            market.positions,
            market.trades,
        )

    def keep_position(self, market: Market, position: Position) -> None:
        """Note what a position is before it changes for the first time."""
        position.kept_by = self
        self._positions[position] = (market, position.image())

    def exposures(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return (account, market) -> exposure before and now, for every changed position."""
        for position in self._positions:
            if position.is_stale:
                position.owner.refresh()
        return {
            (position.account, market.market): (image[-1], position.exposure_ticks)
            for position, (market, image) in self._positions.items()
            if position.image() != image
        }

    def roll_back(self, trades: range) -> None:
        """Put everything back and forget it; trades are the ids of those made in the batch."""
        while self._steps:
            opposite, arguments = self._steps.pop()
            opposite(*arguments)
        for position, kept in self._positions.items():
            position.restore(kept[1])
        for market, was in self._markets.items():
            market.set_status(was.status, was.auction_ends_at)
            market.seq, market.books = was.seq, was.books
            market.positions, market.trades = was.positions, was.trades
            if market.trades:
                for trade in trades:
                    market.trades.pop(trade, None)
        self.forget()

    def forget(self) -> None:
        """Let go of everything; what was kept is kept by nobody."""
        for position in self._positions:
            position.kept_by = None
        for market in self._markets:
            market.kept_by = None
        self._steps.clear()
        self._positions.clear()
        self._markets.clear()
