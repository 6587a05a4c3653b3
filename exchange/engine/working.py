"""What becomes of an incoming order: matched, then resting or cancelled; and what that sets off.

An incoming order is a new one, a replacing one or a triggered stop. What it holds is counted in
its account's exposure when it comes here.
"""

from collections import deque

from exchange.engine import groups
from exchange.engine.book import Book, Order
from exchange.engine.enums import CancelReason
from exchange.engine.events import Event, OrderTriggered
from exchange.engine.funds import fill, release
from exchange.engine.leaving import cancel_remainder, cancelled
from exchange.engine.living import end_wait, rest, trigger
from exchange.engine.matching import fillable, match
from exchange.engine.state import State
from exchange.engine.terms import satisfied, triggered


def work(state: State, order: Order, events: list[Event]) -> None:
    """Match an order that holds unit_ticks for each open contract; rest or cancel what is left."""
    terms = order.terms
    if not terms.is_plain and (terms.min_quantity is not None or not terms.may_rest):
        work_at_once(state, order, order.hold_ticks, events)
        return
    quantity, side, unit_ticks = order.open_quantity, order.side, order.level.unit_ticks
    filled, cost_ticks, ending = match(state, order, quantity, None, events)
    if filled:
        fill(state, side, order.position, filled, filled * unit_ticks, cost_ticks)
    left = order.open_quantity
    if left + filled != quantity:
        decremented = quantity - filled - left
        release(state, side, order.position, decremented * unit_ticks)
    if not left:
        return
    if ending is not None:
        events.append(cancel_remainder(state, order, ending))
    elif terms.may_rest:
        rest(state, order)
    else:
        events.append(cancel_remainder(state, order, CancelReason.IOC_REMAINDER))


def work_at_once(state: State, order: Order, held_ticks: int, events: list[Event]) -> None:
    """Match an order some of which must match now, and for all of which held_ticks are held."""
    terms = order.terms
    quantity = workable = order.open_quantity
    if terms.reduce_only:
        workable = min(quantity, order.position.reducible(order.side.is_bids))
    reason = _reason_to_kill(order, workable)
    if reason is not None:
        release(state, order.side, order.position, held_ticks)
        events.append(cancelled(state, order, quantity, reason))
        return
    budget_ticks = None if terms.may_rest else terms.max_cost_ticks
    filled, cost_ticks, ending = match(state, order, workable, budget_ticks, events)
    left = order.open_quantity
    rests = left > 0 and terms.may_rest and ending is None
    ends_holding = held_ticks - (order.hold_ticks if rests else 0)
    if filled:
        fill(state, order.side, order.position, filled, ends_holding, cost_ticks)
    else:
        release(state, order.side, order.position, ends_holding)
    if rests:
        order.terms = satisfied(terms)
        rest(state, order)
    elif left:
        events.append(cancelled(state, order, left, _reason_of(ending, workable < quantity)))


def _reason_to_kill(order: Order, workable: int) -> CancelReason | None:
    """Return why an order that cannot match as much as it must shall not match at all."""
    terms, minimum = order.terms, order.terms.min_quantity
    if terms.tif != "FOK" and minimum is None:
        return CancelReason.REDUCE_ONLY if terms.reduce_only and not workable else None
    found = fillable(order, workable, None if terms.may_rest else terms.max_cost_ticks)
    if terms.tif == "FOK" and found < order.open_quantity:
        return CancelReason.FOK
    # A stop may have been replaced by one that is smaller than its minimum.
    return CancelReason.MIN_QUANTITY if minimum is not None and found < minimum else None


def _reason_of(ending: CancelReason | None, was_trimmed: bool) -> CancelReason:  # noqa: FBT001 -- a fact
    if ending is CancelReason.SELF_TRADE:
        return CancelReason.SELF_TRADE
    if was_trimmed:
        return CancelReason.REDUCE_ONLY
    return ending or CancelReason.IOC_REMAINDER


def follow_up(state: State, book: Book, events: list[Event]) -> None:
    """Trip groups and trigger stops after a matching, until nothing more is set off.

    Every stop triggers once, so this ends: O(stops reached x their own matching).
    """
    line: deque[Order] = deque()
    in_line: set[int] = set()
    while True:
        if state.filled_groups:
            groups.trip(state, events)
        if book.stops.count and book.last_price_ticks is not None:
            for order in book.stops.reached(book.last_price_ticks):
                if order.order not in in_line:
                    in_line.add(order.order)
                    line.append(order)
        if not line:
            return
        order = line.popleft()
        if state.orders.get(order.order) is order:
            _trigger(state, order, events)


def _trigger(state: State, order: Order, events: list[Event]) -> None:
    book = order.side.book
    seq = state.next_seq(book.market)
    state.note_touched(order)
    end_wait(state, order)
    trigger(state, order, seq, triggered(order.terms))
    number, account = order.order, order.position.account
    events.append(OrderTriggered(seq, book.market.market, book.contract, number, account))
    work(state, order, events)
