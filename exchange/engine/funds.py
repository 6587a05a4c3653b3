"""The only functions that change what accounts have available and what their positions hold.

Exact figures cost a walk over the outcomes for each order and each fill, and most are never
asked for. So they are put off: a change only marks its position as stale, and the account keeps
`free_ticks`, below which its available money cannot be. An order that this pays for in full needs
no exact figure, because its exposure grows by at most what it holds, and by nothing when it fills
or leaves. Whoever needs to know calls `Account.refresh` first.

A position is kept by the undo log before its first change in a batch; the known funds and limits
are facts of the batch, so undoing it lets go of them as a whole.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from exchange.engine import living
from exchange.engine.accounts import Account
from exchange.engine.book import Book, BookSide, Order
from exchange.engine.enums import RejectReason
from exchange.engine.market import Market
from exchange.engine.position import Portfolio, Position, worst_loss_ticks
from exchange.engine.state import State

NOTHING: Final = (0, 0, 0, 0)


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

    So is its market, for a change of its own figures. A position that is stale already needs none
    of it: a batch begins and ends with none.
    """
    if state.undo is not None:
        state.undo.keep_position(position)
        state.undo.keep_market(market)
    position.is_stale = position.portfolio.is_stale = True
    position.owner.stale.append(position)
    state.know(position.owner)


def hold(state: State, side: BookSide, position: Position, hold_ticks: int) -> Refusal | None:
    """Count an open order in its owner's exposure, or say which money or limit forbids it.

    A new position then joins those of its book. O(1), or linear in the positions of the stale
    markets where the money is scarce.
    """
    owner = position.owner
    if owner.free_ticks >= hold_ticks:
        owner.free_ticks -= hold_ticks
    else:
        refusal = _reason_not_to_hold(side, position, hold_ticks)
        if refusal is not None:
            return refusal
    if not position.is_known:
        join(state, side.book, position)
    if not position.is_stale:
        touch(state, side.market, position)
    position.add_order(side.is_bids, hold_ticks)
    return None


def _reason_not_to_hold(side: BookSide, position: Position, hold_ticks: int) -> Refusal | None:
    """Return what exactly forbids the hold, None where nothing does; free money is used up."""
    owner, portfolio = position.owner, position.portfolio
    owner.refresh()
    positions = list(portfolio.positions.values())
    if not position.is_known:
        positions.append(position)
    position.add_order(side.is_bids, hold_ticks)
    after_ticks = worst_loss_ticks(positions, portfolio.outcomes, portfolio.payout_ticks)
    position.add_order(side.is_bids, -hold_ticks)
    needed_ticks = after_ticks - portfolio.exposure_ticks
    refusal = reason_to_refuse(owner, needed_ticks)
    if refusal is None:
        owner.free_ticks -= max(0, needed_ticks)
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
    position.add_order(side.is_bids, -hold_ticks)


def fill(  # noqa: PLR0917 -- what a trade is
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
    if not position.is_stale:
        touch(state, side.market, position)
    position.add_order(side.is_bids, -hold_ticks)
    position.add_trade(side.is_bids, quantity, cost_ticks)


def join(state: State, book: Book, position: Position) -> None:
    """Let a position be one of its book, its portfolio and so of its market."""
    portfolio = position.portfolio
    book.positions[position.account] = position
    portfolio.positions[book.outcome] = position
    book.market.portfolios[position.account] = portfolio
    position.is_known = True
    if state.undo is not None:
        state.undo.add_step(_unjoin, book, book.market.portfolios, position)


def _unjoin(book: Book, portfolios: dict[int, Portfolio], position: Position) -> None:
    """Undo `join`; the market may have let go of these portfolios meanwhile."""
    portfolio = position.portfolio
    del book.positions[position.account]
    del portfolio.positions[book.outcome]
    if not portfolio.positions:
        del portfolios[position.account]
    position.is_known = False


def drop_contents(state: State, market: Market) -> None:
    """Forget the books, positions and trades of a market that is over; all orders have left."""
    if state.undo is not None:
        state.undo.keep_market(market)
    for portfolio in market.portfolios.values():
        for position in portfolio.positions.values():
            if not position.is_stale:
                touch(state, market, position)
            position.restore(NOTHING)
        portfolio.owner.refresh()
    forget_books(state, market)
    market.portfolios = {}
    market.trades = {}


def forget_books(state: State, market: Market) -> None:
    """Let go of a market's books."""
    for contract, book in market.books.items():
        del state.books[contract]
        if state.undo is not None:
            state.undo.add_step(state.books.__setitem__, contract, book)
    market.books = {}


# Restoring from a database


def restore_holding(
    state: State, market: Market, account: int, cash_ticks: int, quantities: Mapping[int, int]
) -> None:
    """Add cash and quantities by contract to what an account has; funds stay as they are.

    Of the cash of all contracts only the sum matters, so it goes to the first of them.
    """
    held = {contract: quantity for contract, quantity in quantities.items() if quantity}
    for contract in held or market.contracts[:1]:
        book = market.books[contract]
        position = _restored_position(state, book, account)
        position.quantity += held.get(contract, 0)
        position.cash_ticks += cash_ticks
        cash_ticks = 0
    portfolio = market.portfolios[account]
    portfolio.exposure_ticks = portfolio.worst_loss_ticks()


def restore_order(state: State, order: Order) -> None:
    """Put an order at the end of its queue, or let it wait, and count it; funds stay."""
    side, position = order.side, order.position
    if not position.is_known:
        join(state, side.book, position)
    position.add_order(side.is_bids, order.hold_ticks)
    position.portfolio.exposure_ticks = position.portfolio.worst_loss_ticks()
    if order.terms.waits:
        living.wait(state, order)
    else:
        living.rest(state, order)


def _restored_position(state: State, book: Book, account: int) -> Position:
    position = state.position_of(book, account)
    if not position.is_known:
        join(state, book, position)
    return position
