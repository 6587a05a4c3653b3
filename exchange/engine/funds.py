"""The only functions that change what accounts have available and what their positions hold.

A position is kept by the undo log before its first change in a batch; the known funds and limits
are facts of the batch, so undoing it lets go of them as a whole.
"""

from collections.abc import Mapping
from typing import NamedTuple

from exchange.engine.accounts import Account
from exchange.engine.book import BookSide, Order
from exchange.engine.enums import RejectReason
from exchange.engine.market import Market
from exchange.engine.position import Position
from exchange.engine.state import State


class Refusal(NamedTuple):
    """Why money kept an order away: what was available, and what it would have needed."""

    reason: RejectReason
    have_ticks: int
    need_ticks: int


def credit(state: State, account: Account, amount_ticks: int) -> None:
    """Add to what an account has available; below 0 takes from it."""
    account.available_ticks += amount_ticks
    if not account.is_known:
        state.know(account)


def pay(state: State, account: Account, amount_ticks: int, lost_ticks: int = 0) -> None:
    """Add to what an account has, which its limits count too; lost_ticks for the loss limit."""
    credit(state, account, amount_ticks)
    if account.limits is not None:
        account.limits.book(amount_ticks, lost_ticks)


def hold(state: State, side: BookSide, position: Position, hold_ticks: int) -> Refusal | None:
    """Count an open order in its owner's exposure, or say which money or limit forbids it.

    A new position then joins those of its market. Linear in the outcomes. Here and below the sums
    of position.py stand written out: this is done for each order, and calls cost as much as sums.
    """
    book = side.book
    if position.kept_by is not state.undo:
        state.keep_position(book.market, position)
    if_wins, base_ticks = position.if_wins_ticks, position.base_ticks
    if side.is_bids:
        base_ticks -= hold_ticks
        if_wins[book.outcome] += hold_ticks
    else:
        if_wins[book.outcome] -= hold_ticks
    loss_ticks = -base_ticks - min(if_wins)
    if loss_ticks < 0:
        loss_ticks = 0
    needed_ticks = loss_ticks - position.exposure_ticks
    if not state.unlimited_funds:
        owner = position.owner
        if needed_ticks > owner.available_ticks or owner.is_guarded:
            refusal = reason_to_refuse(owner, needed_ticks)
            if refusal is not None:
                if_wins[book.outcome] += -hold_ticks if side.is_bids else hold_ticks
                return refusal
        owner.available_ticks -= needed_ticks
        if not owner.is_known:
            state.know(owner)
    position.base_ticks = base_ticks
    position.exposure_ticks += needed_ticks
    if not position.is_known:
        join(state, book.market, position)
    return None


def reason_to_refuse(account: Account, needed_ticks: int) -> Refusal | None:
    """Return what forbids an account's exposure to grow by so much, None where nothing does."""
    available_ticks = account.available_ticks
    if needed_ticks > available_ticks:
        return Refusal(RejectReason.INSUFFICIENT_FUNDS, available_ticks, needed_ticks)
    limits = account.limits
    if limits is None or needed_ticks <= 0:
        return None
    exposure_ticks = limits.balance_ticks - available_ticks + needed_ticks
    lost_ticks = max(0, limits.lost_ticks)
    if limits.max_exposure_ticks is not None and exposure_ticks > limits.max_exposure_ticks:
        reason, limit_ticks = RejectReason.EXPOSURE_LIMIT, limits.max_exposure_ticks
    elif (
        limits.loss_limit_ticks is not None
        and lost_ticks + exposure_ticks > limits.loss_limit_ticks
    ):
        reason, limit_ticks = RejectReason.LOSS_LIMIT, limits.loss_limit_ticks - lost_ticks
    else:
        return None
    return Refusal(reason, limit_ticks - (exposure_ticks - needed_ticks), needed_ticks)


def release(state: State, side: BookSide, position: Position, hold_ticks: int) -> None:
    """Stop counting an open order, or a part of it, in its owner's exposure."""
    book = side.book
    if position.kept_by is not state.undo:
        state.keep_position(book.market, position)
    if side.is_bids:
        position.base_ticks += hold_ticks
        position.if_wins_ticks[book.outcome] -= hold_ticks
    else:
        position.if_wins_ticks[book.outcome] += hold_ticks
    loss_ticks = -position.base_ticks - min(position.if_wins_ticks)
    if loss_ticks != position.exposure_ticks:
        lower_exposure(state, position, loss_ticks)


def fill(  # noqa: PLR0917 -- called for each side of each trade: keywords cost a tenth
    state: State,
    side: BookSide,
    position: Position,
    quantity: int,
    hold_ticks: int,
    cost_ticks: int,
) -> None:
    """Turn a part of an open order into a trade of quantity contracts for cost_ticks in all.

    hold_ticks is what had been held for them: a fill never needs more than that.
    """
    book = side.book
    market = book.market
    if position.kept_by is not state.undo:
        state.keep_position(market, position)
    if side.is_bids:
        position.cash_ticks -= cost_ticks
        position.base_ticks += hold_ticks - cost_ticks
        position.quantities[book.outcome] += quantity
        position.if_wins_ticks[book.outcome] += quantity * market.payout_ticks - hold_ticks
    else:
        position.cash_ticks += cost_ticks
        position.base_ticks += cost_ticks
        position.quantities[book.outcome] -= quantity
        position.if_wins_ticks[book.outcome] -= quantity * market.payout_ticks - hold_ticks
    loss_ticks = -position.base_ticks - min(position.if_wins_ticks)
    if loss_ticks != position.exposure_ticks:
        lower_exposure(state, position, loss_ticks)


def lower_exposure(state: State, position: Position, loss_ticks: int) -> None:
    """Set an exposure to what can now be lost, if anything, which is never more than before."""
    exposure_ticks = loss_ticks if loss_ticks > 0 else 0  # noqa: FURB136 -- twice as fast as max()
    released_ticks = position.exposure_ticks - exposure_ticks
    assert released_ticks >= 0, "a fill or a release needed more money than was held"
    position.exposure_ticks = exposure_ticks
    if not state.unlimited_funds:
        owner = position.owner
        owner.available_ticks += released_ticks
        if not owner.is_known:
            state.know(owner)


def move(
    state: State, side: BookSide, position: Position, quantity: int, cost_ticks: int
) -> Refusal | None:
    """Let an account trade outside the book, or say why it may not.

    It buys on the side of the bids, sells on that of the asks.
    """
    book = side.book
    market = book.market
    if position.kept_by is not state.undo:
        state.keep_position(market, position)
    terms = (side.is_bids, book.outcome)
    position.fill(*terms, quantity, 0, cost_ticks, market.payout_ticks)
    needed_ticks = position.worst_loss_ticks() - position.exposure_ticks
    if not state.unlimited_funds:
        refusal = reason_to_refuse(position.owner, needed_ticks)
        if refusal is not None:
            position.fill(*terms, -quantity, 0, -cost_ticks, market.payout_ticks)
            return refusal
        credit(state, position.owner, -needed_ticks)
    position.exposure_ticks += needed_ticks
    if not position.is_known:
        join(state, market, position)
    return None


def move_back(
    state: State, side: BookSide, position: Position, quantity: int, cost_ticks: int
) -> None:
    """Take back a `move` that was just made; its position was kept then."""
    book = side.book
    payout_ticks = book.market.payout_ticks
    position.fill(side.is_bids, book.outcome, -quantity, 0, -cost_ticks, payout_ticks)
    returned_ticks = position.exposure_ticks - position.worst_loss_ticks()
    position.exposure_ticks -= returned_ticks
    if not state.unlimited_funds:
        credit(state, position.owner, returned_ticks)


def join(state: State, market: Market, position: Position) -> None:
    """Let a position be one of its market."""
    market.positions[position.account] = position
    position.is_known = True
    if state.undo is not None:
        state.undo.add_step(market.positions.pop, position.account)


def drop_contents(state: State, market: Market) -> None:
    """Forget the books, positions and trades of a market that is over; all orders have left."""
    if market.kept_by is not state.undo:
        state.keep_market(market)
    for position in market.positions.values():
        if position.kept_by is not state.undo:
            state.keep_position(market, position)
        if not state.unlimited_funds:
            credit(state, position.owner, position.exposure_ticks)
        position.clear()
    market.books = {}
    market.positions = {}
    market.trades = {}


# Restoring from a database


def restore_position(
    state: State, market: Market, account: int, cash_ticks: int, quantities: Mapping[int, int]
) -> None:
    """Add cash and quantities by contract to an account's position; funds stay as they are."""
    position = state.position_of(market, account)
    join(state, market, position)
    position.cash_ticks += cash_ticks
    position.base_ticks += cash_ticks
    for contract, quantity in quantities.items():
        outcome = market.books[contract].outcome
        position.fill(True, outcome, quantity, 0, 0, market.payout_ticks)  # noqa: FBT003 -- the side
    position.exposure_ticks = position.worst_loss_ticks()


def restore_order(state: State, order: Order) -> None:
    """Put an order at the end of its queue, or let it wait, and count it; funds stay."""
    book, position = order.side.book, order.position
    join(state, book.market, position)
    position.add_order(order.side.is_bids, book.outcome, order.unit_ticks * order.open_quantity)
    position.exposure_ticks = position.worst_loss_ticks()
    if order.terms.waits:
        state.wait(order)
    else:
        state.rest(order)
