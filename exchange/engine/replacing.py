"""ReplaceOrder: another order in the place of an old one, in one step or not at all."""

from exchange.engine import admission, living
from exchange.engine.amending import has_changed, reason_not_to_touch, rejected
from exchange.engine.book import Book, Order
from exchange.engine.commands import ReplaceOrder
from exchange.engine.enums import MarketStatus, RejectReason
from exchange.engine.events import Event, OrderReplaced
from exchange.engine.funds import Refusal, hold, release
from exchange.engine.placing import would_match
from exchange.engine.state import State
from exchange.engine.working import follow_up, work


def replace_order(state: State, command: ReplaceOrder) -> list[Event]:
    """Return OrderReplaced and what follows from it, or CancelRejected; docs/engine.md has reasons.

    At the same price and not larger it keeps its place. O(log n + outcomes) and its matching.
    """
    order = state.orders.get(command.order)
    if order is None or not _is_ordinary(state, order, command):
        reason = reason_not_to_touch(state, order, command)
        if reason is None and order is not None:
            reason = _reason_not_to_replace(state, order, command)
        if reason is not None or order is None:
            return [rejected(state, command, order, reason)]
    is_same_price = command.price_ticks == order.level.price_ticks
    if is_same_price and command.quantity <= order.open_quantity:
        state.note_touched(order)
        return _shrink(state, order, command)
    refusal = _swap_holds(state, order, command)
    if refusal is not None:
        return [rejected(state, command, order, refusal)]
    state.note_touched(order)
    return _move(state, order, command)


def _is_ordinary(state: State, order: Order, command: ReplaceOrder) -> bool:
    """Whether there is certainly no reason to refuse but the money; most are of this kind."""
    market = order.level.side.market
    return (
        order.terms.is_plain
        and order.position.account == command.account
        and market.calm_low_ticks <= command.price_ticks < market.payout_ticks
        and command.price_ticks % market.grid.step_ticks == 0
        and 0 < command.quantity <= admission.QUANTITY_MAX
        and command.valid_until is None
        and command.if_open_quantity is None
        and command.new_order not in state.orders
        and not order.position.owner.is_guarded
    )


def _reason_not_to_replace(  # noqa: PLR0911 -- one return for each reason, in order
    state: State, order: Order, command: ReplaceOrder
) -> RejectReason | None:
    book = order.side.book
    market, terms = book.market, order.terms
    if market.status not in {MarketStatus.OPEN, MarketStatus.AUCTION}:
        return admission.reject_by_status[market.status]
    if command.new_order in state.orders:
        return RejectReason.DUPLICATE_ORDER
    reason = admission.reason_of_price(market, command.price_ticks, terms)
    if reason is not None:
        return reason
    if not 0 < command.quantity <= admission.QUANTITY_MAX:
        return RejectReason.INVALID_QUANTITY
    if has_changed(order, command.if_open_quantity):
        return RejectReason.ORDER_CHANGED
    if order.position.owner.suspended:
        return RejectReason.ACCOUNT_SUSPENDED
    price_ticks = command.price_ticks
    if not terms.waits and admission.is_outside_collar(book, order.side.is_bids, price_ticks):
        return RejectReason.PRICE_OUTSIDE_COLLAR
    if (
        terms.post_only
        and market.status is MarketStatus.OPEN
        and would_match(order.side, price_ticks)
    ):
        return RejectReason.POST_ONLY
    unit_ticks = market.unit_ticks(order.side.is_bids, price_ticks)
    if terms.max_cost_ticks is not None and command.quantity * unit_ticks > terms.max_cost_ticks:
        return RejectReason.MAX_COST
    return None


def _swap_holds(state: State, order: Order, command: ReplaceOrder) -> Refusal | None:
    """Hold for the new order instead of the old one, or leave all as it was and say why."""
    level, position = order.level, order.position
    side = level.side
    unit_ticks = side.market.unit_ticks(side.is_bids, command.price_ticks)
    change_ticks = command.quantity * unit_ticks - order.open_quantity * level.unit_ticks
    if change_ticks <= 0:
        release(state, side, position, -change_ticks)
        return None
    return hold(state, side, position, change_ticks)


def _shrink(state: State, order: Order, command: ReplaceOrder) -> list[Event]:
    """Let the order live on in its place, smaller and under its new id."""
    open_quantity = order.open_quantity
    if command.quantity < open_quantity:
        by = open_quantity - command.quantity
        living.shrink(state, order, by)
        release(state, order.side, order.position, by * order.level.unit_ticks)
    living.rename(state, order, command.new_order, command.quantity)
    seq = state.next_seq(order.side.market)
    return [_replaced(order.side.book, command, seq, open_quantity, True)]  # noqa: FBT003 -- a field


def _move(state: State, order: Order, command: ReplaceOrder) -> list[Event]:
    """Take the order out and let the new one, whose money is held, come in like any other."""
    living.take_out(state, order)
    side, terms = order.level.side, order.terms
    book, price_ticks, quantity = side.book, command.price_ticks, command.quantity
    seq, level = state.next_seq(book.market), side.level_at(price_ticks)
    new = Order(command.new_order, order.position, level, quantity, quantity, seq, terms)
    replaced = _replaced(book, command, seq, order.open_quantity, False)  # noqa: FBT003 -- a field
    events: list[Event] = [replaced]
    if terms.waits:
        living.wait(state, new)
    elif book.market.status is MarketStatus.AUCTION or not would_match(side, price_ticks):
        living.rest(state, new)
    else:
        work(state, new, events)
        if book.stops.count or state.filled_groups:
            follow_up(state, book, events)
    return events


def _replaced(
    book: Book,
    command: ReplaceOrder,
    seq: int,
    open_quantity: int,
    kept_place: bool,  # noqa: FBT001 -- a field
) -> OrderReplaced:
    return OrderReplaced(
        seq,
        book.market.market,
        book.contract,
        command.order,
        command.account,
        command.new_order,
        command.price_ticks,
        command.quantity,
        open_quantity,
        kept_place,
    )
