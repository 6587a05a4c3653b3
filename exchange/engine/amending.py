"""CancelOrder, ReduceOrder, CancelAll: allowed to the owner for as long as the order lives."""

from typing import Final

from exchange.engine.book import Order
from exchange.engine.commands import CancelAll, CancelOrder, ReduceOrder, ReplaceOrder
from exchange.engine.enums import CancelReason, RejectReason
from exchange.engine.events import CancelRejected, CommandRejected, Event
from exchange.engine.funds import Refusal
from exchange.engine.leaving import cancel, reduce
from exchange.engine.living import orders_of
from exchange.engine.state import State

_MEMBER: Final = CancelReason.MEMBER

OrderChange = CancelOrder | ReduceOrder | ReplaceOrder


def cancel_order(state: State, command: CancelOrder) -> list[Event]:
    """Return OrderCancelled, or CancelRejected: unknown_order, not_owner, too_late. O(log n)."""
    order = state.orders.get(command.order)
    if (
        order is None
        or order.position.account != command.account
        or command.valid_until is not None
    ):
        reason = reason_not_to_touch(state, order, command)
        if reason is not None or order is None:
            return [rejected(state, command, order, reason)]
    return [cancel(state, order, _MEMBER)]


def reduce_order(state: State, command: ReduceOrder) -> list[Event]:
    """Return OrderReduced, or OrderCancelled when nothing would be left, or CancelRejected.

    Reasons in order: unknown_order, not_owner, too_late, invalid_quantity (by is 0 or less),
    order_changed (another quantity is open than the sender thinks).
    """
    order = state.orders.get(command.order)
    reason = reason_not_to_touch(state, order, command)
    if reason is None and command.by <= 0:
        reason = RejectReason.INVALID_QUANTITY
    if reason is None and order is not None and has_changed(order, command.if_open_quantity):
        reason = RejectReason.ORDER_CHANGED
    if reason is not None or order is None:
        return [rejected(state, command, order, reason)]
    if command.by >= order.open_quantity:
        return [cancel(state, order, _MEMBER)]
    return [reduce(state, order, command.by)]


def cancel_all(state: State, command: CancelAll) -> list[Event]:
    """Return the cancels of every order that fits, in the order of docs/engine.md.

    Or CommandRejected: too_late, unknown_market, unknown_contract. O(n log n) in the account's
    orders, and linear in its books the first time (living.orders_of).
    """
    reason = _reason_not_to_cancel_all(state, command)
    if reason is not None:
        return [CommandRejected(None, None, "CancelAll", reason)]
    owned = orders_of(state, state.account(command.account)).values()
    fitting = [order for order in owned if _fits(order, command)]
    return [cancel(state, order, _MEMBER) for order in _in_order(fitting)]


def reason_not_to_touch(
    state: State, order: Order | None, command: OrderChange
) -> RejectReason | None:
    """Return why the sender may not change the order at all."""
    if order is None:
        return RejectReason.UNKNOWN_ORDER
    if order.position.account != command.account:
        return RejectReason.NOT_OWNER
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    return None


def has_changed(order: Order, if_open_quantity: int | None) -> bool:
    """Whether another quantity is open than the sender thinks."""
    return if_open_quantity is not None and if_open_quantity != order.open_quantity


def rejected(
    state: State,
    command: OrderChange,
    order: Order | None,
    reason: RejectReason | Refusal | None,
) -> CancelRejected:
    """Return the refusal of a change of an order, None for one that does not live."""
    if order is None:
        unknown = RejectReason.UNKNOWN_ORDER
        return CancelRejected(None, None, None, command.order, command.account, unknown)
    assert reason is not None
    book = order.side.book
    return CancelRejected(
        state.next_seq(book.market),
        book.market.market,
        book.contract,
        command.order,
        command.account,
        *(reason if isinstance(reason, Refusal) else (reason,)),
    )


def _reason_not_to_cancel_all(state: State, command: CancelAll) -> RejectReason | None:
    if command.valid_until is not None and command.valid_until < state.time_ms:
        return RejectReason.TOO_LATE
    if command.market is not None and command.market not in state.markets:
        return RejectReason.UNKNOWN_MARKET
    if command.contract is not None:
        market = state.market_of.get(command.contract)
        if market is None or command.market not in {None, market.market}:
            return RejectReason.UNKNOWN_CONTRACT
    return None


def _fits(order: Order, command: CancelAll) -> bool:
    book = order.side.book
    return (
        command.market in {None, book.market.market}
        and command.contract in {None, book.contract}
        and command.side in {None, order.side.side}
        and command.group in {None, order.terms.group}
    )


def _in_order(orders: list[Order]) -> list[Order]:
    """Sort by market, contract as listed, buys and sells by priority, then waiting stops."""
    return sorted(orders, key=_place)


def _place(order: Order) -> tuple[int, int, int, int, int]:
    book = order.side.book
    if order.terms.waits:
        return book.market.market, book.outcome, 2, 0, order.seq
    key = -order.side.sign * order.price_ticks
    return book.market.market, book.outcome, 0 if order.side.is_bids else 1, key, order.seq
