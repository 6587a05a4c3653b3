"""PlaceOrder: check, hold the money, then match at once or wait."""

from exchange.engine import admission
from exchange.engine.admission import QUANTITY_MAX
from exchange.engine.book import BookSide, Level, Order
from exchange.engine.commands import PlaceOrder
from exchange.engine.enums import MarketStatus, RejectReason
from exchange.engine.events import Event, OrderAccepted, OrderRejected
from exchange.engine.funds import Refusal, hold, touch
from exchange.engine.living import rest, wait
from exchange.engine.market import Market
from exchange.engine.matching import sweep
from exchange.engine.position import Position
from exchange.engine.state import State
from exchange.engine.terms import Terms
from exchange.engine.working import follow_up, work, work_at_once


def place_order(state: State, command: PlaceOrder) -> list[Event]:
    """Return OrderAccepted and all that follows from it, or OrderRejected.

    Money is held in full before anything matches. O(log levels), and as much for each trade.
    For plain orders of accounts that are in the book and have money enough, all that
    `_place_carefully` asks is settled here, and what `hold` does is written out.
    """
    book, number = state.books.get(command.contract), command.order
    if book is None:
        return _place_carefully(state, command)
    position, market = book.positions.get(command.account), book.market
    terms, price_ticks, quantity = command.terms, command.price_ticks, command.quantity
    if not (
        (position is not None and terms.is_plain and price_ticks is not None)
        and market.calm_low_ticks <= price_ticks < market.payout_ticks
        and (0 < quantity <= QUANTITY_MAX and number not in state.orders)
        and command.valid_until is None
    ):
        return _place_carefully(state, command)
    if command.side == "buy":
        side, unit_ticks, best = book.bids, price_ticks, book.asks.best
        meets = best is not None and best.price_ticks <= price_ticks
    else:
        side, unit_ticks, best = book.asks, market.payout_ticks - price_ticks, book.bids.best
        meets = best is not None and best.price_ticks >= price_ticks
    level = side.levels.get(price_ticks)
    # Where orders rest already is a price of the grid.
    if level is None and price_ticks % market.grid.step_ticks:
        return _place_carefully(state, command)
    owner, hold_ticks = position.owner, quantity * unit_ticks
    free_ticks = owner.free_ticks - hold_ticks
    if free_ticks < 0:
        return _place_carefully(state, command)
    owner.free_ticks = free_ticks
    if not position.is_stale:
        touch(state, market, position)
    market.seq = seq = market.seq + 1
    accepted = OrderAccepted(seq, market.market, book.contract, number, position.account)
    if meets or not terms.may_rest:
        events: list[Event] = [accepted]
        _take(state, command, position, side, seq, events)
        return events
    if level is None:
        level = Level(side, price_ticks)
    if side.is_bids:
        position.bids_ticks += hold_ticks
    else:
        position.asks_ticks += hold_ticks
    rest(state, Order(number, position, level, quantity, quantity, seq, terms))
    return [accepted]


def _take(  # noqa: PLR0917 -- called for a third of all orders: keywords cost a tenth
    state: State,
    command: PlaceOrder,
    position: Position,
    side: BookSide,
    seq: int,
    events: list[Event],
) -> None:
    """Match a plain order for which money is free, and let what is left hold it.

    An order that is filled at once needs no Order, and holds nothing in between.
    """
    number, quantity, price_ticks = command.order, command.quantity, command.price_ticks
    assert price_ticks is not None
    filled, cost_ticks = sweep(
        state, side, position, number, price_ticks, quantity, 0, False, events  # noqa: FBT003 -- as above
    )  # fmt: skip
    if side.is_bids:
        position.quantity += filled
        position.cash_ticks -= cost_ticks
    else:
        position.quantity -= filled
        position.cash_ticks += cost_ticks
    left = quantity - filled
    if left:
        level = side.level_at(price_ticks)
        position.add_order(side.is_bids, left * level.unit_ticks)
        order = Order(number, position, level, quantity, left, seq, command.terms)
        if command.terms.may_rest and not would_match(side, price_ticks):
            rest(state, order)
        else:
            work(state, order, events)
    if side.book.stops.count or state.filled_groups:
        follow_up(state, side.book, events)


def _place_carefully(state: State, command: PlaceOrder) -> list[Event]:
    """Place any order: ask for every reason to refuse it, in order."""
    market = state.market_of.get(command.contract)
    if market is None:
        return [_rejected(None, None, command, RejectReason.UNKNOWN_CONTRACT)]
    owner = state.account(command.account)
    reason = admission.reason_to_reject(state, market, owner, command)
    if reason is not None:
        return [_rejected(state.next_seq(market), market.market, command, reason)]
    side = market.books[command.contract].side(command.side)
    position = state.position_of(side.book, command.account)
    price_ticks = command.price_ticks
    if price_ticks is None:
        price_ticks = protection_ticks(side)
    reason = _reason_of_book(side, position, price_ticks, command)
    if reason is not None:
        return [_rejected(state.next_seq(market), market.market, command, reason)]
    level, quantity, terms = side.level_at(price_ticks), command.quantity, command.terms
    held_ticks = _hold_ticks(side, position, terms, quantity, level.unit_ticks)
    refusal = hold(state, side, position, held_ticks)
    if refusal is not None:
        return [_refused(state.next_seq(market), market, command, refusal)]
    seq, number = state.next_seq(market), command.order
    order = Order(number, position, level, quantity, quantity, seq, terms)
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
    if terms.reduce_only and not terms.waits and not position.reducible(side.is_bids):
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
        quantity = min(quantity, position.reducible(side.is_bids))
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
