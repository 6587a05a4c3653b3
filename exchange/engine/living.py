"""Where a living order stands: in the queue of its price, or in wait; and how it is found.

Each function changes one thing and, while a batch is on, notes how to take it back. What an order
holds is dealt with apart (funds.py).
"""

from exchange.engine.accounts import Account
from exchange.engine.book import Order
from exchange.engine.state import RANK_ORDER, State
from exchange.engine.terms import PLAIN, Terms


def rest(state: State, order: Order) -> None:
    """Put an order behind all others of its level. O(log levels), O(1) at a known price."""
    level, number = order.level, order.order
    order.next = None
    before = order.prev = level.tail
    if before is None:
        level.head = order
        level.side.add_level(level)
    else:
        before.next = order
    level.tail = order
    level.quantity += order.open_quantity
    state.orders[number] = order
    own = order.position.orders
    if own is not None:
        own[number] = order
    if order.terms is not PLAIN:
        _note_expiry(state, order)
    if state.undo is not None:
        state.undo.steps.append((remove, (state, order)))


def remove(state: State, order: Order) -> None:
    """Take an order out of its queue, filled or not. O(1), O(log levels) if it was the last."""
    level, before, after, number = order.level, order.prev, order.next, order.order
    if before is None:
        level.head = after
    else:
        before.next = after
    if after is None:
        level.tail = before
        if before is None:
            level.side.drop_level(level)
    else:
        after.prev = before
    level.quantity -= order.open_quantity
    del state.orders[number]
    own = order.position.orders
    if own is not None:
        del own[number]
    if order.terms is not PLAIN:
        _forget_expiry(state, order)
    if state.undo is not None:
        state.undo.steps.append((_put_back, (state, order)))


def _put_back(state: State, order: Order) -> None:
    """Undo `remove`: valid only while the side stands as it stood right after it."""
    level = order.level
    if level.head is None:
        level.side.add_level(level)
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
    grow(order, -by)
    if state.undo is not None:
        state.undo.add_step(grow, order, by)


def grow(order: Order, by: int) -> None:
    """Make a living order's open quantity larger. Nothing notes how to take it back."""
    order.open_quantity += by
    if not order.terms.waits:
        order.level.quantity += by


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
    # Its price may have gained or lost its queue since.
    order.level = order.side.level_at(order.price_ticks)


def _enter(state: State, order: Order) -> None:
    state.orders[order.order] = order
    own = order.position.orders
    if own is not None:
        own[order.order] = order
    _note_expiry(state, order)


def _leave(state: State, order: Order) -> None:
    del state.orders[order.order]
    own = order.position.orders
    if own is not None:
        del own[order.order]
    _forget_expiry(state, order)


def _note_expiry(state: State, order: Order) -> None:
    if order.terms.expires_at is not None:
        state.due.add((order.terms.expires_at, RANK_ORDER, order.order))


def _forget_expiry(state: State, order: Order) -> None:
    if order.terms.expires_at is not None:
        state.due.remove((order.terms.expires_at, RANK_ORDER, order.order))


def orders_of(state: State, account: Account) -> dict[int, Order]:
    """Return an account's living orders by id; they are kept from now on, for whoever asks once.

    For the others that would cost every order that rests or leaves another look at memory far
    away. O(1), but linear in the books of an account the first time.
    """
    if account.orders is None:
        found: dict[int, Order] = {}
        for book in state.books.values():
            position = book.positions.get(account.account)
            if position is not None:
                if position.bids_ticks or position.asks_ticks:
                    mine = (order for order in book.orders() if order.position is position)
                    found.update((order.order, order) for order in mine)
                position.orders = found
        account.orders = found
        if state.undo is not None:
            # Undone books come back with orders that it has never seen.
            state.undo.add_step(_forget_orders_of, state, account)
    return account.orders


def _forget_orders_of(state: State, account: Account) -> None:
    account.orders = None
    for book in state.books.values():
        position = book.positions.get(account.account)
        if position is not None:
            position.orders = None
