"""One market: its contracts, grid, status, sequence number, books and positions."""

from exchange.engine.book import Book
from exchange.engine.enums import MarketStatus
from exchange.engine.position import Position


class Market:
    """A set of mutually exclusive outcomes. `other` says there is one more, without a book.

    Books are in the order of `contracts`, which is also the order of outcomes in every list.
    A settled or voided market has neither books nor positions any more, only status and seq.
    """

    __slots__ = (
        "books",
        "contracts",
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
        other: bool,
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

    def new_position(self, account: int) -> Position:
        """Return an empty position of this market; it belongs to it once it is in `positions`."""
        return Position(account, len(self.contracts), self.other)

    def unit_ticks(self, is_buy: bool, price_ticks: int) -> int:
        """Return what one contract of an open order costs its owner at worst."""
        return price_ticks if is_buy else self.payout_ticks - price_ticks
