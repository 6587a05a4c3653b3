"""The only functions that change what accounts have available and what their positions hold.

Exact figures cost a min() over the outcomes for each order and each fill, and most are never
asked for. So they are put off: a change only marks its position as stale, and the account keeps
`free_ticks`, below which its available money cannot be. An order that this pays for in full needs
no exact figure, because its exposure grows by at most what it holds, and by nothing when it fills
or leaves. Whoever needs to know calls `Account.refresh` first.

A position is kept by the undo log before its first change in a batch; the known funds and limits
are facts of the batch, so undoing it lets go of them as a whole.
"""

from collections.abc import Mapping
from typing import NamedTuple

from exchange.engine import living
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


def pay(state: State, account: Account, amount_ticks: int, lost_ticks: int = 0) -> None:
    """Add to what an account has, which its limits count too; lost_ticks for the loss limit."""
    state.know(account)
    account.credit(amount_ticks)
    if account.limits is not None:
        account.limits.book(amount_ticks, lost_ticks)


def touch(state: State, market: Market, position: Position) -> None:
    """Prepare a position for a change: kept by the undo log, known, and stale from now on.

    One that is stale already needs none of it: a batch begins and ends with none.
    """
    if position.kept_by is not state.undo:
        state.keep_position(market, position)
    position.is_stale = True
    position.owner.stale.append(position)
    state.know(position.owner)


def hold(state: State, side: BookSide, position: Position, hold_ticks: int) -> Refusal | None:
    """Count an open order in its owner's exposure, or say which money or limit forbids it.

    A new position then joins those of its market. O(1), or linear in the outcomes of the stale
    positions where the money is scarce.
    """
    market, owner = side.market, position.owner
    if not position.is_stale:
        touch(state, market, position)
    if owner.free_ticks >= hold_ticks and not owner.is_guarded:
        owner.free_ticks -= hold_ticks
    else:
        refusal = _reason_not_to_hold(side, position, hold_ticks)
        if refusal is not None:
            return refusal
    # The sums of Position.add_order: calls cost as much as they do.
    if side.is_bids:
        position.base_ticks -= hold_ticks
        position.if_wins_ticks[side.outcome] += hold_ticks
    else:
        position.if_wins_ticks[side.outcome] -= hold_ticks
    if not position.is_known:
        join(state, market, position)
    return None


def _reason_not_to_hold(side: BookSide, position: Position, hold_ticks: int) -> Refusal | None:
    """Return what exactly forbids the hold, None where nothing does; free money is used up."""
    position.owner.refresh()
    position.add_order(side.is_bids, side.outcome, hold_ticks)
    needed_ticks = position.worst_loss_ticks() - position.exposure_ticks
    position.add_order(side.is_bids, side.outcome, -hold_ticks)
    refusal = reason_to_refuse(position.owner, needed_ticks)
    position.is_stale = True
    position.owner.stale.append(position)
    if refusal is None:
        position.owner.free_ticks -= max(0, needed_ticks)
    return refusal


def reason_to_refuse(account: Account, needed_ticks: int) -> Refusal | None:
    """Return what forbids an account's exposure to grow by so much, None where nothing does.

    The account must be fresh.
    """
    for ask in (lack_of_funds, exposure_limit, loss_limit):
        refusal = ask(account, needed_ticks)
        if refusal is not None:
            return refusal
    return None


def lack_of_funds(account: Account, needed_ticks: int) -> Refusal | None:
    """Refuse what is more than an account has available. It must be fresh, here and below."""
    if account.is_unlimited or needed_ticks <= account.available_ticks:
        return None
    return Refusal(RejectReason.INSUFFICIENT_FUNDS, account.available_ticks, needed_ticks)


def exposure_limit(account: Account, needed_ticks: int) -> Refusal | None:
    """Refuse what would bring all exposures together over their limit."""
    limits = account.limits
    if limits is None or limits.max_exposure_ticks is None:
        return None
    return _over(RejectReason.EXPOSURE_LIMIT, limits.max_exposure_ticks, account, needed_ticks)


def loss_limit(account: Account, needed_ticks: int) -> Refusal | None:
    """Refuse what would let an account lose more than its limit, with what it has lost."""
    limits = account.limits
    if limits is None or limits.loss_limit_ticks is None:
        return None
    left_ticks = limits.loss_limit_ticks - max(0, limits.lost_ticks)
    return _over(RejectReason.LOSS_LIMIT, left_ticks, account, needed_ticks)


def _over(
    reason: RejectReason, limit_ticks: int, account: Account, needed_ticks: int
) -> Refusal | None:
    assert account.limits is not None
    left_ticks = limit_ticks - (account.limits.balance_ticks - account.available_ticks)
    if needed_ticks <= max(0, left_ticks) or account.is_unlimited:
        return None
    return Refusal(reason, left_ticks, needed_ticks)


def release(state: State, side: BookSide, position: Position, hold_ticks: int) -> None:
    """Stop counting an open order, or a part of it, in its owner's exposure. O(1)."""
    if not position.is_stale:
        touch(state, side.market, position)
    if side.is_bids:
        position.base_ticks += hold_ticks
        position.if_wins_ticks[side.outcome] -= hold_ticks
    else:
        position.if_wins_ticks[side.outcome] += hold_ticks


def fill(  # noqa: PLR0917 -- called for each order that trades: keywords cost a tenth
    state: State,
    side: BookSide,
    position: Position,
    quantity: int,
    hold_ticks: int,
    cost_ticks: int,
) -> None:
    """Turn a part of an open order into a trade of quantity contracts for cost_ticks in all. O(1).

    hold_ticks is what had been held for them: a fill never needs more than that.
    """
    market = side.market
    if not position.is_stale:
        touch(state, market, position)
    outcome = side.outcome
    if side.is_bids:
        position.cash_ticks -= cost_ticks
        position.base_ticks += hold_ticks - cost_ticks
        position.quantities[outcome] += quantity
        position.if_wins_ticks[outcome] += quantity * market.payout_ticks - hold_ticks
    else:
        position.cash_ticks += cost_ticks
        position.base_ticks += cost_ticks
        position.quantities[outcome] -= quantity
        position.if_wins_ticks[outcome] -= quantity * market.payout_ticks - hold_ticks


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
        if not position.is_stale:
            touch(state, market, position)
        position.clear()
        position.owner.refresh()
    forget_books(state, market)
    market.positions = {}
    market.trades = {}


def forget_books(state: State, market: Market) -> None:
    """Let go of a market's books."""
    for contract, book in market.books.items():
        del state.books[contract]
        if state.undo is not None:
            state.undo.add_step(state.books.__setitem__, contract, book)
    market.books = {}


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
        position.quantities[outcome] += quantity
        position.if_wins_ticks[outcome] += quantity * market.payout_ticks
    position.exposure_ticks = position.worst_loss_ticks()


def restore_order(state: State, order: Order) -> None:
    """Put an order at the end of its queue, or let it wait, and count it; funds stay."""
    side, position = order.side, order.position
    join(state, side.market, position)
    position.add_order(side.is_bids, side.outcome, order.unit_ticks * order.open_quantity)
    position.exposure_ticks = position.worst_loss_ticks()
    if order.terms.waits:
        living.wait(state, order)
    else:
        living.rest(state, order)
