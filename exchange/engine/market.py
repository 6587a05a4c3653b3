"""One market: its contracts, grid, status, sequence number, books and positions."""

from typing import TYPE_CHECKING, Final

from exchange.engine.book import Book
from exchange.engine.enums import MarketStatus, Side
from exchange.engine.position import Position

if TYPE_CHECKING:
    from exchange.engine.undo import UndoLog

_BUY: Final = Side.BUY


class Market:
    """A set of mutually exclusive outcomes. `other` says there is one more, without a book.

    Books are in the order of `contracts`, which is also the order of outcomes in every list.
    `kept_by` is the undo log that knows what the market was before its batch.
    A settled or voided market has neither books nor positions any more, only status and seq.
    """

    __slots__ = (
        "books",
        "contracts",
        "kept_by",
        "market",
        "other",
        "payout_ticks",
        "positions",
        "price_step_ticks",
        "seq",
        "status",
    )

    def __init__(
        self,
        market: int,
        contracts: tuple[int, ...],
        other: bool,  # noqa: FBT001 -- as in OpenMarket
        payout_ticks: int,
        price_step_ticks: int,
    ) -> None:
        self.market = market
        self.contracts = contracts
        # A yes/no market has one contract, and No is what happens without it.
        self.other = other or len(contracts) == 1
        self.payout_ticks = payout_ticks
        self.price_step_ticks = price_step_ticks
        self.status = MarketStatus.OPEN
        self.seq = 0
        self.books = {contract: Book(self, contract, i) for i, contract in enumerate(contracts)}
        self.positions: dict[int, Position] = {}
        self.kept_by: UndoLog | None = None

    def new_position(self, account: int) -> Position:
        """Return an empty position of this market; it belongs to it once it is in `positions`."""
        contracts = len(self.contracts)
        return Position(account, contracts, contracts + self.other)

    def unit_ticks(self, side: Side, price_ticks: int) -> int:
        """Return what one contract of an open order costs its owner at worst."""
        return price_ticks if side is _BUY else self.payout_ticks - price_ticks
