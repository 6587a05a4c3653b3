"""How a living order ends, or loses a part of itself, other than by a trade."""

from exchange.engine.book import Book, Order
from exchange.engine.enums import CancelReason
from exchange.engine.events import Event, OrderCancelled, OrderExpired, OrderReduced
from exchange.engine.funds import release, touch
from exchange.engine.living import end_wait, remove, shrink, take_out
from exchange.engine.state import State


def cancel(state: State, order: Order, reason: CancelReason) -> OrderCancelled:
    """Take an order out of its book or its wait, whoever wants it, and return its cancel."""
    if state.undo is not None:
        state.undo.touched[order.order] = order
    if order.terms.waits:
        end_wait(state, order)
    else:
        remove(state, order)
    return cancel_remainder(state, order, reason)


def cancel_remainder(state: State, order: Order, reason: CancelReason) -> OrderCancelled:
    """Release what is held for an order that stands nowhere, and return its cancel."""
    level, position, quantity = order.level, order.position, order.open_quantity
    side = level.side
    market = side.market
    # What funds.release does, written out: almost half of all commands end here.
    if not position.is_stale:
        touch(state, market, position)
    if side.is_bids:
        position.bids_ticks -= quantity * level.unit_ticks
    else:
        position.asks_ticks -= quantity * level.unit_ticks
    market.seq = seq = market.seq + 1
    number, contract, account = order.order, side.book.contract, position.account
    return OrderCancelled(seq, market.market, contract, number, account, quantity, reason)


def cancelled(state: State, order: Order, quantity: int, reason: CancelReason) -> OrderCancelled:
    """Return the cancel of an order that holds nothing any more."""
    book = order.side.book
    return OrderCancelled(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        order.order,
        order.position.account,
        quantity,
        reason,
    )


def expire(state: State, order: Order) -> OrderExpired:
    """Take an order out whose time is over."""
    book, quantity = order.side.book, order.open_quantity
    state.note_touched(order)
    take_out(state, order)
    release(state, order.side, order.position, order.hold_ticks)
    return OrderExpired(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        order.order,
        order.position.account,
        quantity,
    )


def reduce(state: State, order: Order, by: int) -> OrderReduced:
    """Make an order smaller, but not 0, where it stands, and release the difference."""
    shrink(state, order, by)
    release(state, order.side, order.position, by * order.level.unit_ticks)
    return reduced(state, order, by)


def reduced(state: State, order: Order, by: int) -> OrderReduced:
    """Return the event of an order that has become smaller."""
    book = order.side.book
    state.note_touched(order)
    return OrderReduced(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        order.order,
        order.position.account,
        by,
        order.open_quantity,
    )


def cancel_book(state: State, book: Book, reason: CancelReason) -> list[Event]:
    """Cancel all orders of a contract: buys and sells by priority, then waiting stops by seq."""
    return [cancel(state, order, reason) for order in list(book.orders())]
