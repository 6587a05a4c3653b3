"""One market: its contracts, grid, status, sequence number, books and positions."""

from typing import Final

from exchange.engine.book import Book
from exchange.engine.enums import MarketStatus
from exchange.engine.grid import Grid
from exchange.engine.order_events import TradeExecuted
from exchange.engine.position import Portfolio


class Market:
    """A set of mutually exclusive outcomes. `other` says there is one more, without a book.

    Books are in the order of `contracts`, which is also the order of outcomes in every list.
    `calm_low_ticks` is the lowest price where nothing but one step limits them, else the payout.
    `auction_ends_at` is None but in an auction. `trades` are those that may be voided.
    `portfolios` are by account, `kept_in` as for a position (position.py).
    A settled or voided market has no books, portfolios or trades any more, only status and seq.
    """

    __slots__ = (
        "auction_ends_at",
        "books",
        "calm_low_ticks",
        "collar_ticks",
        "contracts",
        "grid",
        "kept_in",
        "market",
        "other",
        "payout_ticks",
        "portfolios",
        "seq",
        "status",
        "trades",
    )

    def __init__(
        self,
        market: int,
        contracts: tuple[int, ...],
        other: bool,  # noqa: FBT001 -- as in OpenMarket
        grid: Grid,
        collar_ticks: int | None = None,
    ) -> None:
        self.market: Final = market
        self.contracts: Final = contracts
        # A yes/no market has one contract, and No is what happens without it.
        self.other: Final = other or len(contracts) == 1
        self.grid: Final = grid
        self.payout_ticks: Final = grid.payout_ticks
        self.collar_ticks: Final = collar_ticks
        self.status: MarketStatus
        self.auction_ends_at: int | None
        self.calm_low_ticks: int
        self.set_status(MarketStatus.OPEN)
        self.seq = 0
        self.books = {contract: Book(self, contract, i) for i, contract in enumerate(contracts)}
        self.portfolios: dict[int, Portfolio] = {}
        self.trades: dict[int, TradeExecuted] = {}
        self.kept_in = 0

    def set_status(self, status: MarketStatus, auction_ends_at: int | None = None) -> None:
        """Move along the lifecycle; State does so, and sees that it can be undone."""
        self.status = status
        self.auction_ends_at = auction_ends_at
        is_calm = status is MarketStatus.OPEN and self.collar_ticks is None
        self.calm_low_ticks = 1 if is_calm and not self.grid.bands else self.payout_ticks

    def unit_ticks(self, is_buy: bool, price_ticks: int) -> int:  # noqa: FBT001 -- the side
        """Return what one contract of an open order costs its owner at worst."""
        return price_ticks if is_buy else self.payout_ticks - price_ticks
