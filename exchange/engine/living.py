"""Where a living order stands: in the queue of its price, or in wait; and the indexes to find it.

Each function changes one thing and, while a batch is on, notes how to take it back. What an order
holds is dealt with apart (funds.py).
"""

from exchange.engine.book import Level, Order
from exchange.engine.state import RANK_ORDER, State
from exchange.engine.terms import PLAIN, Terms


def rest(state: State, order: Order) -> None:
    """Put an order behind all others of its price. O(log levels), O(1) at a known price."""
    side = order.side
    key = side.sign * order.price_ticks
    level = side.levels.get(key)
    if level is None:
        level = Level(order.price_ticks, key)
        side.add_level(level)
    order.level = level
    order.next = None
    before = order.prev = level.tail
    if before is None:
        level.head = order
    else:
        before.next = order
    level.tail = order
    level.quantity += order.open_quantity
    state.orders[order.order] = order
    owner = order.position.owner
    newest = order.own_next = owner.newest
    order.own_prev = None
    if newest is not None:
        newest.own_prev = order
    owner.newest = order
    if order.terms is not PLAIN:
        _note_expiry(state, order)
    if state.undo is not None:
        state.undo.add_step(remove, state, order)


def remove(state: State, order: Order) -> None:
    """Take an order out of its queue, filled or not. O(1), O(log levels) if it was the last."""
    level, before, after = order.level, order.prev, order.next
    if before is None:
        level.head = after
    else:
        before.next = after
    if after is None:
        level.tail = before
    else:
        after.prev = before
    level.quantity -= order.open_quantity
    if level.head is None:
        order.side.drop_level(level)
    del state.orders[order.order]
    newer, older = order.own_prev, order.own_next
    if newer is None:
        order.position.owner.newest = older
    else:
        newer.own_next = older
    if older is not None:
        older.own_prev = newer
    if order.terms is not PLAIN:
        _forget_expiry(state, order)
    if state.undo is not None:
        state.undo.add_step(_put_back, state, order)


def _put_back(state: State, order: Order) -> None:
    """Undo `remove`: valid only while the side stands as it stood right after it."""
    level = order.level
    if level.head is None:
        order.side.add_level(level)
    if order.prev is None:
        level.head = order
    else:
        order.prev.next = order
    if order.next is None:
        level.tail = order
    else:
        order.next.prev = order
    level.quantity += order.open_quantity
    _enter(state, order)


def wait(state: State, order: Order) -> None:
    """Let a stop wait for its price. O(log stops)."""
    order.side.book.stops.add(order)
    _enter(state, order)
    if state.undo is not None:
        state.undo.add_step(end_wait, state, order)


def end_wait(state: State, order: Order) -> None:
    """Take a stop out of its wait, triggered or not. O(log stops)."""
    order.side.book.stops.remove(order)
    _leave(state, order)
    if state.undo is not None:
        state.undo.add_step(wait, state, order)


def take_out(state: State, order: Order) -> None:
    """Take an order out of wherever it lives."""
    if order.terms.waits:
        end_wait(state, order)
    else:
        remove(state, order)


def shrink(state: State, order: Order, by: int) -> None:
    """Make a living order's open quantity smaller, but not 0; it keeps its place."""
    assert 0 < by < order.open_quantity
    _grow(order, -by)
    if state.undo is not None:
        state.undo.add_step(_grow, order, by)


def rename(state: State, order: Order, new_order: int, quantity: int) -> None:
    """Let an order live on in its place under another id, as one of so many contracts."""
    if state.undo is not None:
        state.undo.add_step(rename, state, order, order.order, order.quantity)
    _leave(state, order)
    order.order, order.quantity = new_order, quantity
    _enter(state, order)


def trigger(state: State, order: Order, seq: int, terms: Terms) -> None:
    """Let a stop that ended its wait be an incoming order of other terms and priority."""
    if state.undo is not None:
        state.undo.add_step(setattr, order, "open_quantity", order.open_quantity)
        state.undo.add_step(trigger, state, order, order.seq, order.terms)
    order.seq = seq
    order.terms = terms


def _grow(order: Order, by: int) -> None:
    order.open_quantity += by
    if not order.terms.waits:
        order.level.quantity += by


def _enter(state: State, order: Order) -> None:
    state.orders[order.order] = order
    owner = order.position.owner
    newest = order.own_next = owner.newest
    order.own_prev = None
    if newest is not None:
        newest.own_prev = order
    owner.newest = order
    _note_expiry(state, order)


def _leave(state: State, order: Order) -> None:
    del state.orders[order.order]
    newer, older = order.own_prev, order.own_next
    if newer is None:
        order.position.owner.newest = older
    else:
        newer.own_next = older
    if older is not None:
        older.own_prev = newer
    _forget_expiry(state, order)


def _note_expiry(state: State, order: Order) -> None:
    if order.terms.expires_at is not None:
        state.due.add((order.terms.expires_at, RANK_ORDER, order.order))


def _forget_expiry(state: State, order: Order) -> None:
    if order.terms.expires_at is not None:
        state.due.remove((order.terms.expires_at, RANK_ORDER, order.order))
