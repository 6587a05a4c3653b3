"""Everything the engine knows, and the only functions that change it.

Each of them changes one thing and, while a batch is on, notes in the undo log how to take it back.
Rules (who may do what, and when) live in placing, amending and lifecycle; nothing outside this
file assigns to a market, a book or a position.
"""

from collections.abc import Mapping

from exchange.engine.book import BookSide, Order
from exchange.engine.enums import MarketStatus, Side
from exchange.engine.market import Market
from exchange.engine.position import Position
from exchange.engine.undo import UndoLog
from exchange.engine.views import AccountFacts


class State:
    """Markets, resting orders, known funds and the number of the next trade."""

    __slots__ = (
        "_before_batch",
        "available_ticks",
        "market_of",
        "markets",
        "next_trade",
        "orders",
        "payout_ticks",
        "suspended",
        "undo",
        "unlimited_funds",
    )

    def __init__(self, *, payout_ticks: int, unlimited_funds: bool, next_trade: int) -> None:
        self.payout_ticks = payout_ticks
        self.unlimited_funds = unlimited_funds
        self.next_trade = next_trade
        self.markets: dict[int, Market] = {}
        self.market_of: dict[int, Market] = {}
        self.orders: dict[int, Order] = {}
        self.available_ticks: dict[int, int] = {}
        self.suspended: frozenset[int] = frozenset()
        self.undo: UndoLog | None = None
        self._before_batch = (self.available_ticks, self.suspended, next_trade)

    # Batches

    def begin(self, facts: Mapping[int, AccountFacts]) -> None:
        """Replace the known funds and turn the undo log on."""
        assert self.undo is None, "a batch is on: commit or roll back first"
        self._before_batch = (self.available_ticks, self.suspended, self.next_trade)
        self.available_ticks = {account: fact.available_ticks for account, fact in facts.items()}
        self.suspended = frozenset(account for account, fact in facts.items() if fact.suspended)
        self.undo = UndoLog()

    def commit(self) -> None:
        """Keep what the batch did."""
        assert self.undo is not None, "no batch is on"
        self.undo.forget()
        self.undo = None

    def roll_back(self) -> None:
        """Take back what the batch did."""
        assert self.undo is not None, "no batch is on"
        # The opposites of steps are steps too, and must not be noted again.
        undo, self.undo = self.undo, None
        undo.roll_back()
        self.available_ticks, self.suspended, self.next_trade = self._before_batch

    def _keep_market(self, market: Market) -> None:
        # Only while a batch is on can a market be kept by another log than the present one.
        assert self.undo is not None
        self.undo.keep_market(market)

    def _keep_position(self, market: Market, position: Position) -> None:
        assert self.undo is not None
        self.undo.keep_position(market, position)

    # Markets

    def add_market(self, market: Market) -> None:
        """Let a market and its contracts be known."""
        self.markets[market.market] = market
        for contract in market.contracts:
            self.market_of[contract] = market
        if self.undo is not None:
            self.undo.add_step(self._forget_market, market)

    def _forget_market(self, market: Market) -> None:
        del self.markets[market.market]
        for contract in market.contracts:
            del self.market_of[contract]

    def next_seq(self, market: Market) -> int:
        """Return the number of the market's next event."""
        if market.kept_by is not self.undo:
            self._keep_market(market)
        market.seq = seq = market.seq + 1
        return seq

    def next_trade_id(self) -> int:
        """Return the id of the next trade."""
        trade = self.next_trade
        self.next_trade = trade + 1
        return trade

    def set_status(self, market: Market, status: MarketStatus) -> None:
        """Move a market along its lifecycle."""
        if market.kept_by is not self.undo:
            self._keep_market(market)
        market.status = status

    def drop_contents(self, market: Market) -> None:
        """Forget the books and positions of a market that is over; all orders have left."""
        if market.kept_by is not self.undo:
            self._keep_market(market)
        for position in market.positions.values():
            if position.kept_by is not self.undo:
                self._keep_position(market, position)
            if not self.unlimited_funds:
                self.credit(position.account, position.exposure_ticks)
            position.clear()
        market.books = {}
        market.positions = {}

    # Orders in books

    def rest(self, order: Order) -> None:
        """Put an order at the end of its queue."""
        order.side.append(order)
        self.orders[order.order] = order
        if self.undo is not None:
            self.undo.add_step(self.remove, order)

    def remove(self, order: Order) -> None:
        """Take an order out of its book, filled or not; its hold is dealt with separately."""
        order.side.remove(order)
        del self.orders[order.order]
        if self.undo is not None:
            self.undo.add_step(self._put_back, order)

    def shrink(self, order: Order, by: int) -> None:
        """Make an order's open quantity smaller, but not 0; it keeps its place."""
        assert 0 < by < order.open_quantity
        self._grow(order, -by)
        if self.undo is not None:
            self.undo.add_step(self._grow, order, by)

    def _put_back(self, order: Order) -> None:
        order.side.put_back(order)
        self.orders[order.order] = order

    def _grow(self, order: Order, by: int) -> None:
        order.open_quantity += by
        order.level.quantity += by

    # Money

    def credit(self, account: int, amount_ticks: int) -> None:
        """Add to what an account has available; below 0 takes from it."""
        self.available_ticks[account] = self.available_ticks.get(account, 0) + amount_ticks

    def hold(self, side: BookSide, position: Position, hold_ticks: int) -> bool:
        """Count an open order in its owner's exposure, unless the owner lacks the money.

        Returns whether it was counted. A new position then joins those of its market.
        """
        market, outcome = side.book.market, side.book.outcome
        if position.kept_by is not self.undo:
            self._keep_position(market, position)
        position.add_order(side.side, outcome, hold_ticks)
        needed_ticks = position.worst_loss_ticks() - position.exposure_ticks
        if not self.unlimited_funds:
            available_ticks = self.available_ticks.get(position.account, 0)
            if needed_ticks > available_ticks:
                position.add_order(side.side, outcome, -hold_ticks)
                return False
            self.available_ticks[position.account] = available_ticks - needed_ticks
        position.exposure_ticks += needed_ticks
        if position.account not in market.positions:
            self._join(market, position)
        return True

    def release(self, side: BookSide, position: Position, hold_ticks: int) -> None:
        """Stop counting an open order, or a part of it, in its owner's exposure."""
        if position.kept_by is not self.undo:
            self._keep_position(side.book.market, position)
        position.add_order(side.side, side.book.outcome, -hold_ticks)
        self._charge(position)

    def fill(
        self, side: BookSide, position: Position, quantity: int, hold_ticks: int, cost_ticks: int
    ) -> None:
        """Turn a part of an open order into a trade of quantity contracts for cost_ticks in all.

        hold_ticks is what had been held for them: a fill never needs more than that.
        """
        book = side.book
        if position.kept_by is not self.undo:
            self._keep_position(book.market, position)
        payout_ticks = book.market.payout_ticks
        position.fill(side.side, book.outcome, quantity, hold_ticks, cost_ticks, payout_ticks)
        self._charge(position)

    def _charge(self, position: Position) -> None:
        """Set the exposure to what the position now needs, which is never more than before."""
        released_ticks = position.exposure_ticks - position.worst_loss_ticks()
        assert released_ticks >= 0, "a fill or a release needed more money than was held"
        if released_ticks:
            position.exposure_ticks -= released_ticks
            if not self.unlimited_funds:
                self.credit(position.account, released_ticks)

    def _join(self, market: Market, position: Position) -> None:
        market.positions[position.account] = position
        if self.undo is not None:
            self.undo.add_step(market.positions.pop, position.account)

    # Restoring from a database

    def restore_position(
        self, market: Market, account: int, cash_ticks: int, quantities: Mapping[int, int]
    ) -> None:
        """Add cash and quantities by contract to an account's position; funds stay as they are."""
        position = market.positions.get(account) or market.new_position(account)
        market.positions[account] = position
        position.cash_ticks += cash_ticks
        for contract, quantity in quantities.items():
            outcome = market.books[contract].outcome
            position.fill(Side.BUY, outcome, quantity, 0, 0, market.payout_ticks)
        position.exposure_ticks = position.worst_loss_ticks()

    def restore_order(self, order: Order) -> None:
        """Put an order at the end of its queue and count it; funds stay as they are."""
        book, position = order.side.book, order.position
        book.market.positions[position.account] = position
        position.add_order(order.side.side, book.outcome, order.unit_ticks * order.open_quantity)
        position.exposure_ticks = position.worst_loss_ticks()
        self.rest(order)
