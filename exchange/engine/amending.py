"""CancelOrder and ReduceOrder: allowed to the owner for as long as the order is in the book."""

from exchange.engine.book import Order
from exchange.engine.commands import CancelOrder, ReduceOrder
from exchange.engine.enums import CancelReason, RejectReason
from exchange.engine.events import CancelRejected, Event, OrderCancelled, OrderReduced
from exchange.engine.placing import cancel_remainder
from exchange.engine.state import State


def cancel_order(state: State, command: CancelOrder) -> list[Event]:
    """Return OrderCancelled, or CancelRejected: unknown_order, not_owner. O(log levels)."""
    order = state.orders.get(command.order)
    if order is None or order.position.account != command.account:
        return [_rejected(state, command, order)]
    return [cancel(state, order, CancelReason.MEMBER)]


def reduce_order(state: State, command: ReduceOrder) -> list[Event]:
    """Return OrderReduced, or OrderCancelled when nothing would be left, or CancelRejected.

    Reasons in order: unknown_order, not_owner, invalid_quantity (by is 0 or less),
    order_changed (another quantity is open than the sender thinks).
    """
    order = state.orders.get(command.order)
    if order is None or order.position.account != command.account or command.by <= 0:
        return [_rejected(state, command, order)]
    if command.if_open_quantity not in {None, order.open_quantity}:
        return [_rejected(state, command, order, RejectReason.ORDER_CHANGED)]
    if command.by >= order.open_quantity:
        return [cancel(state, order, CancelReason.MEMBER)]
    state.shrink(order, command.by)
    state.release(order.side, order.position, command.by * order.unit_ticks)
    book = order.side.book
    return [
        OrderReduced(
            state.next_seq(book.market),
            book.market.market,
            book.contract,
            order.order,
            command.account,
            command.by,
            order.open_quantity,
        )
    ]


def cancel(state: State, order: Order, reason: CancelReason) -> OrderCancelled:
    """Take a resting order out of its book, whoever wants it, and return its cancel."""
    state.remove(order)
    return cancel_remainder(state, order, reason)


def _rejected(
    state: State,
    command: CancelOrder | ReduceOrder,
    order: Order | None,
    reason_of_owner: RejectReason = RejectReason.INVALID_QUANTITY,
) -> CancelRejected:
    if order is None:
        reason = RejectReason.UNKNOWN_ORDER
        return CancelRejected(None, None, None, command.order, command.account, reason)
    book = order.side.book
    is_owner = order.position.account == command.account
    return CancelRejected(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        command.order,
        command.account,
        reason_of_owner if is_owner else RejectReason.NOT_OWNER,
    )
