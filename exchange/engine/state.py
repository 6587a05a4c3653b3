"""Everything the engine knows, and the functions that change markets.

Each of them changes one thing and, while a batch is on, notes in the undo log how to take it back;
those of living orders are in living.py, of money in funds.py, of groups in groups.py. Rules (who
may do what, and when) live in placing, matching, amending, lifecycle and their like.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from sortedcontainers import SortedList

from exchange.engine.accounts import Account, Group, Limits, limits_of
from exchange.engine.book import Book, Order
from exchange.engine.enums import MarketStatus
from exchange.engine.market import Market
from exchange.engine.position import Portfolio, Position
from exchange.engine.undo import UndoLog
from exchange.engine.views import AccountFacts

# What is due: (time, rank, id). Orders expire before auctions end.
Due = tuple[int, int, int]
RANK_ORDER: Final = 0
RANK_AUCTION: Final = 1


class _BeforeBatch(NamedTuple):
    known: list[tuple[Account, int, Limits | None, bool]]
    next_trade: int
    time_ms: int


class State:
    """Markets, living orders, known funds, the time and the number of the next trade.

    `market_of` finds a market by its contracts, `books` the books of those that are not over.
    `known` are the accounts whose money is known. With `keeps_trades` trades may be voided.
    `batches` counts those that were begun.
    """

    __slots__ = (
        "_before_batch",
        "accounts",
        "batches",
        "books",
        "due",
        "filled_groups",
        "groups",
        "keeps_trades",
        "known",
        "market_of",
        "markets",
        "next_trade",
        "orders",
        "payout_ticks",
        "time_ms",
        "undo",
        "unlimited_funds",
    )

    def __init__(
        self, *, payout_ticks: int, unlimited_funds: bool, next_trade: int, keeps_trades: bool
    ) -> None:
        self.payout_ticks: Final = payout_ticks
        self.unlimited_funds: Final = unlimited_funds
        self.keeps_trades: Final = keeps_trades
        self.next_trade = next_trade
        self.time_ms = 0
        self.markets: Final[dict[int, Market]] = {}
        self.market_of: Final[dict[int, Market]] = {}
        self.books: Final[dict[int, Book]] = {}
        self.orders: Final[dict[int, Order]] = {}
        self.accounts: Final[dict[int, Account]] = {}
        self.known: list[Account] = []
        self.due: Final[SortedList[Due]] = SortedList()
        self.groups: Final[dict[tuple[int, int], Group]] = {}
        self.filled_groups: Final[set[tuple[int, int]]] = set()
        self.batches = 0
        self.undo: UndoLog | None = None
        self._before_batch: _BeforeBatch | None = None

    # Batches

    def begin(self, facts: Mapping[int, AccountFacts]) -> None:
        """Replace the known funds and limits and turn the undo log on."""
        assert self.undo is None, "a batch is on: commit or roll back first"
        self.refresh()
        before = [(one, one.available_ticks, one.limits, one.suspended) for one in self.known]
        self._before_batch = _BeforeBatch(before, self.next_trade, self.time_ms)
        self._forget_facts()
        for number, fact in facts.items():
            account = self.account(number)
            account.set_facts(fact.available_ticks, limits_of(fact), suspended=fact.suspended)
            self.know(account)
        self.batches += 1
        self.undo = UndoLog(self.batches)

    def commit(self) -> None:
        """Keep what the batch did."""
        assert self.undo is not None, "no batch is on"
        self.refresh()
        self.undo = None
        self._before_batch = None

    def roll_back(self) -> None:
        """Take back what the batch did."""
        assert self.undo is not None, "no batch is on"
        assert self._before_batch is not None
        # The opposites of steps are steps too, and must not be noted again.
        undo, self.undo = self.undo, None
        before, self._before_batch = self._before_batch, None
        undo.roll_back(range(before.next_trade, self.next_trade))
        self.filled_groups.clear()
        self._forget_facts()
        for account, available_ticks, limits, suspended in before.known:
            account.set_facts(available_ticks, limits, suspended=suspended)
            self.know(account)
        self.next_trade, self.time_ms = before.next_trade, before.time_ms

    # Accounts

    def account(self, number: int) -> Account:
        """Return an account, one of whom nothing is known where it is new."""
        found = self.accounts.get(number)
        if found is None:
            found = self.accounts[number] = Account(number, self.unlimited_funds)
        return found

    def know(self, account: Account) -> None:
        """Let an account be one whose money is known."""
        if not account.is_known:
            account.is_known = True
            self.known.append(account)

    def refresh(self) -> None:
        """Bring all exposures up to date. Linear in the accounts whose money is known."""
        for account in self.known:
            account.refresh()

    def _forget_facts(self) -> None:
        for account in self.known:
            account.forget_stale()
            account.set_facts(0, None, suspended=False)
            account.is_known = False
        self.known = []

    # Markets

    def add_market(self, market: Market) -> None:
        """Let a market and its contracts be known."""
        self.markets[market.market] = market
        for contract in market.contracts:
            self.market_of[contract] = market
            self.books[contract] = market.books[contract]
        if self.undo is not None:
            self.undo.add_step(self._forget_market, market)

    def _forget_market(self, market: Market) -> None:
        del self.markets[market.market]
        for contract in market.contracts:
            del self.market_of[contract]
            self.books.pop(contract, None)

    def next_seq(self, market: Market) -> int:
        """Return the number of the market's next event."""
        if self.undo is not None:
            self.undo.keep_market(market)
        market.seq = seq = market.seq + 1
        return seq

    def set_status(self, market: Market, status: MarketStatus, ends_at: int | None = None) -> None:
        """Move a market along its lifecycle; ends_at is for an auction only."""
        if self.undo is not None:
            self.undo.keep_market(market)
        if market.auction_ends_at is not None:
            self.forget_due((market.auction_ends_at, RANK_AUCTION, market.market))
        if ends_at is not None:
            self.note_due((ends_at, RANK_AUCTION, market.market))
        market.set_status(status, ends_at)

    def set_last_price(self, book: Book, price_ticks: int) -> None:
        """Note at what price the contract traded last."""
        if price_ticks == book.last_price_ticks:
            return
        if self.undo is not None:
            self.undo.add_step(setattr, book, "last_price_ticks", book.last_price_ticks)
        book.last_price_ticks = price_ticks

    def position_of(self, book: Book, account: int) -> Position:
        """Return an account's position, or a new one, not yet of the book, where it has none."""
        position = book.positions.get(account)
        if position is not None:
            return position
        portfolio = book.market.portfolios.get(account)
        if portfolio is None:
            owner, market = self.account(account), book.market
            outcomes = len(market.contracts) + market.other
            portfolio = Portfolio(owner, market.market, outcomes, market.payout_ticks)
        return Position(portfolio)

    def note_touched(self, order: Order) -> None:
        """Note, while a batch is on, that a living order is not what it was."""
        if self.undo is not None:
            self.undo.touched[order.order] = order

    # What is due

    def note_due(self, due: Due) -> None:
        """Let something be due."""
        self.due.add(due)
        if self.undo is not None:
            self.undo.add_step(self.due.remove, due)

    def forget_due(self, due: Due) -> None:
        """Let something not be due any more."""
        self.due.remove(due)
        if self.undo is not None:
            self.undo.add_step(self.due.add, due)
