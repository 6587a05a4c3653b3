"""PlaceOrder: check, hold the money, then match at once or wait."""

from exchange.engine import admission
from exchange.engine.admission import QUANTITY_MAX
from exchange.engine.book import BookSide, Order
from exchange.engine.commands import PlaceOrder
from exchange.engine.enums import MarketStatus, RejectReason
from exchange.engine.events import Event, OrderAccepted, OrderRejected
from exchange.engine.funds import Refusal, fill, hold, touch
from exchange.engine.living import rest, wait
from exchange.engine.market import Market
from exchange.engine.matching import sweep
from exchange.engine.position import Position
from exchange.engine.state import State
from exchange.engine.terms import Terms
from exchange.engine.working import follow_up, work, work_at_once


def place_order(  # noqa: C901, PLR0912 -- the fast way of the most usual command
    state: State, command: PlaceOrder
) -> list[Event]:
    """Return OrderAccepted and all that follows from it, or OrderRejected.

    Money is held in full before anything matches. O(log levels), and as much for each trade.
    For plain orders of accounts that are in the market and have money enough, all that
    `_place_carefully` asks is settled here, and what `hold` does is written out.
    """
    book = state.books.get(command.contract)
    if book is None:
        return _place_carefully(state, command)
    market, terms, price_ticks = book.market, command.terms, command.price_ticks
    position, quantity = market.positions.get(command.account), command.quantity
    if not (
        (position is not None and terms.is_plain and price_ticks is not None)
        and market.calm_low_ticks <= price_ticks < market.payout_ticks
        and (price_ticks % market.grid.step_ticks == 0 and 0 < quantity <= QUANTITY_MAX)
        and (command.valid_until is None and command.order not in state.orders)
    ):
        return _place_carefully(state, command)
    if command.side == "buy":
        side, unit_ticks = book.bids, price_ticks
    else:
        side, unit_ticks = book.asks, market.payout_ticks - price_ticks
    held_ticks, owner = quantity * unit_ticks, position.owner
    if owner.free_ticks < held_ticks or owner.is_guarded:
        return _place_carefully(state, command)
    if not position.is_stale:
        touch(state, market, position)
    owner.free_ticks -= held_ticks
    if side.is_bids:
        position.base_ticks -= held_ticks
        position.if_wins_ticks[side.outcome] += held_ticks
    else:
        position.if_wins_ticks[side.outcome] -= held_ticks
    if market.kept_by is not state.undo:
        state.keep_market(market)
    market.seq = seq = market.seq + 1
    number, account = command.order, position.account
    events: list[Event] = [OrderAccepted(seq, market.market, book.contract, number, account)]
    best, left = side.opposite.best, quantity
    if terms.may_rest and (best is None or best.key < -side.sign * price_ticks):
        order = Order(number, position, side, price_ticks, unit_ticks, quantity, left, seq, terms)
        rest(state, order)
        return events
    if not state.groups:
        # An order that is filled at once needs no Order.
        filled, cost_ticks = sweep(
            state, side, position, number, price_ticks, quantity, 0, allows_own=False, events=events
        )
        left -= filled
        if filled:
            fill(state, side, position, filled, filled * unit_ticks, cost_ticks)
    if left:
        order = Order(number, position, side, price_ticks, unit_ticks, quantity, left, seq, terms)
        work(state, order, events)
    if book.stops.count or state.filled_groups:
        follow_up(state, book, events)
    return events


def _place_carefully(state: State, command: PlaceOrder) -> list[Event]:
    """Place any order: ask for every reason to refuse it, in order."""
    market = state.market_of.get(command.contract)
    if market is None:
        return [_rejected(None, None, command, RejectReason.UNKNOWN_CONTRACT)]
    position = state.position_of(market, command.account)
    reason = admission.reason_to_reject(state, market, position.owner, command)
    if reason is not None:
        return [_rejected(state.next_seq(market), market.market, command, reason)]
    side = market.books[command.contract].side(command.side)
    price_ticks = command.price_ticks
    if price_ticks is None:
        price_ticks = protection_ticks(side)
    reason = _reason_of_book(side, position, price_ticks, command)
    if reason is not None:
        return [_rejected(state.next_seq(market), market.market, command, reason)]
    unit_ticks = market.unit_ticks(side.is_bids, price_ticks)
    quantity, terms = command.quantity, command.terms
    held_ticks = _hold_ticks(side, position, terms, quantity, unit_ticks)
    refusal = hold(state, side, position, held_ticks)
    if refusal is not None:
        return [_refused(state.next_seq(market), market, command, refusal)]
    seq, number = state.next_seq(market), command.order
    order = Order(number, position, side, price_ticks, unit_ticks, quantity, quantity, seq, terms)
    events: list[Event] = [
        OrderAccepted(seq, market.market, command.contract, number, command.account)
    ]
    _begin(state, market, order, held_ticks, events)
    return events


def _begin(
    state: State, market: Market, order: Order, held_ticks: int, events: list[Event]
) -> None:
    """Let an accepted order wait, rest unmatched in an auction, or match."""
    terms, book = order.terms, order.side.book
    if terms.waits:
        wait(state, order)
    elif market.status is MarketStatus.AUCTION:
        rest(state, order)
        return
    elif terms.is_plain or (terms.may_rest and terms.min_quantity is None):
        work(state, order, events)
    else:
        work_at_once(state, order, held_ticks, events)
    if book.stops.count or state.filled_groups:
        follow_up(state, book, events)


def protection_ticks(side: BookSide) -> int:
    """Return the worst price at which a market order without one may trade."""
    book = side.book
    grid, collar_ticks = book.market.grid, book.market.collar_ticks
    last_ticks = book.last_price_ticks
    if last_ticks is None or collar_ticks is None:
        return grid.floor(grid.payout_ticks) if side.is_bids else grid.ceil(0)
    if side.is_bids:
        return grid.floor(last_ticks + collar_ticks)
    return grid.ceil(last_ticks - collar_ticks)


def would_match(side: BookSide, price_ticks: int) -> bool:
    """Whether an order at this price would meet the best one of the other side."""
    best = side.opposite.best
    return best is not None and best.key >= side.opposite.sign * price_ticks


def _reason_of_book(
    side: BookSide, position: Position, price_ticks: int, command: PlaceOrder
) -> RejectReason | None:
    """Return why an order does not fit the prices, the position or its own budget."""
    terms = command.terms
    if not terms.waits and admission.is_outside_collar(side.book, side.is_bids, price_ticks):
        return RejectReason.PRICE_OUTSIDE_COLLAR
    if (
        terms.reduce_only
        and not terms.waits
        and not position.reducible(side.is_bids, side.book.outcome)
    ):
        return RejectReason.REDUCE_ONLY
    if terms.post_only and would_match(side, price_ticks):
        return RejectReason.POST_ONLY
    if terms.may_rest and terms.max_cost_ticks is not None:
        unit_ticks = side.book.market.unit_ticks(side.is_bids, price_ticks)
        if command.quantity * unit_ticks > terms.max_cost_ticks:
            return RejectReason.MAX_COST
    return None


def _hold_ticks(
    side: BookSide, position: Position, terms: Terms, quantity: int, unit_ticks: int
) -> int:
    """Return what an order holds: no more than it may trade, and than it may cost."""
    if terms.reduce_only and not terms.waits:
        quantity = min(quantity, position.reducible(side.is_bids, side.book.outcome))
    hold_ticks = quantity * unit_ticks
    if terms.max_cost_ticks is None or terms.may_rest:
        return hold_ticks
    return min(hold_ticks, terms.max_cost_ticks)


def _rejected(
    seq: int | None, market: int | None, command: PlaceOrder, reason: RejectReason
) -> OrderRejected:
    return OrderRejected(seq, market, command.contract, command.order, command.account, reason)


def _refused(seq: int, market: Market, command: PlaceOrder, refusal: Refusal) -> OrderRejected:
    return OrderRejected(
        seq, market.market, command.contract, command.order, command.account, *refusal
    )
