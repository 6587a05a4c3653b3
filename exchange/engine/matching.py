"""Matching an incoming order against the other side of its book: the innermost loop."""

from exchange.engine import groups, leaving
from exchange.engine.book import BookSide, Order
from exchange.engine.enums import CancelReason
from exchange.engine.events import Event, TradeExecuted
from exchange.engine.funds import touch
from exchange.engine.living import remove, shrink
from exchange.engine.position import Position
from exchange.engine.state import State

# How much traded, for how much in all, and why it stopped early.
Matched = tuple[int, int, CancelReason | None]


def sweep(  # noqa: PLR0917 -- the innermost call: keywords cost a tenth
    state: State,
    side: BookSide,
    position: Position,
    order: int,
    price_ticks: int,
    wanted: int,
    beyond: int,
    allows_own: bool,  # noqa: FBT001 -- as above
    events: list[Event],
) -> tuple[int, int]:
    """Let an incoming order trade at the makers' prices; return how much and for how much in all.

    Best price first, oldest first, at most wanted contracts (beyond is what it has open besides),
    up to an order of the same account. The makers are dealt with in full, of the incoming order
    nothing but its trades. O(log levels) for each maker at most.
    """
    makers, market, account = side.opposite, side.market, position.account
    book, limit_key, level = makers.book, makers.sign * price_ticks, makers.best
    left, cost_ticks, last_ticks = wanted, 0, 0
    while left and level is not None and level.key >= limit_key:
        maker = level.head
        assert maker is not None, "an empty level stayed in the book"
        its = maker.position
        if its is position and not allows_own:
            break
        quantity, last_ticks, maker_left = maker.open_quantity, level.price_ticks, 0
        if quantity > left:
            quantity, maker_left = left, quantity - left
        left -= quantity
        market.seq = seq = market.seq + 1
        trade = state.next_trade
        state.next_trade = trade + 1
        event = TradeExecuted(
            seq, market.market, trade, "book", book.contract, last_ticks, quantity, maker.order,
            order, its.account, account, makers.side, maker_left, left + beyond,
        )  # fmt: skip
        events.append(event)
        if state.keeps_trades:
            market.trades[trade] = event
        if state.groups:
            groups.count(state, maker, quantity)
        if maker_left:
            shrink(state, maker, quantity)
        else:
            remove(state, maker)
            level = makers.best
        cost_ticks += _settle_maker(state, makers, its, quantity, last_ticks)
    if last_ticks:
        state.set_last_price(book, last_ticks)
    return wanted - left, cost_ticks


def _settle_maker(
    state: State, side: BookSide, position: Position, quantity: int, price_ticks: int
) -> int:
    """Turn a maker's hold into a trade at its own price; return the cost in ticks.

    Of the sums of `funds.fill` is left what does not cancel out: a buy costs just what it held
    for, and a sell brings what the payout has more than it held for.
    """
    if not position.is_stale:
        touch(state, side.market, position)
    cost_ticks, outcome = quantity * price_ticks, side.outcome
    if side.is_bids:
        position.cash_ticks -= cost_ticks
        position.quantities[outcome] += quantity
        position.if_wins_ticks[outcome] += quantity * side.market.payout_ticks - cost_ticks
    else:
        position.cash_ticks += cost_ticks
        position.base_ticks += cost_ticks
        position.quantities[outcome] -= quantity
        position.if_wins_ticks[outcome] -= cost_ticks
    return cost_ticks


def match(
    state: State, taker: Order, wanted: int, budget_ticks: int | None, events: list[Event]
) -> Matched:
    """Let an order trade at most wanted contracts, as its terms have it with its own account.

    Adds the events and counts down taker.open_quantity; the money of the taker is the caller's
    affair. budget_ticks bounds what its trades may cost it.
    """
    side, position, allows_own = taker.side, taker.position, taker.terms.stp == "allow"
    makers, number = side.opposite, taker.order
    limit_key = makers.sign * taker.price_ticks
    filled, cost_ticks = 0, 0
    while wanted and makers.best is not None and makers.best.key >= limit_key:
        level = makers.best
        if level.head is not None and level.head.position is position and not allows_own:
            ending = _meet_own(state, level.head, taker, events)
            if ending is not None:
                return filled, cost_ticks, ending
            wanted = min(wanted, taker.open_quantity)
            continue
        price_ticks, at_once = taker.price_ticks, wanted
        if budget_ticks is not None:
            price_ticks = level.price_ticks
            unit_ticks = side.market.unit_ticks(side.is_bids, price_ticks)
            at_once = min(wanted, budget_ticks // unit_ticks)
            if not at_once:
                return filled, cost_ticks, CancelReason.MAX_COST
        beyond = taker.open_quantity - at_once
        quantity, cost = sweep(
            state, side, position, number, price_ticks, at_once, beyond, allows_own, events
        )
        if budget_ticks is not None:
            budget_ticks -= quantity * unit_ticks
        taker.open_quantity -= quantity
        wanted -= quantity
        filled += quantity
        cost_ticks += cost
        if state.groups:
            groups.count(state, taker, quantity)
    return filled, cost_ticks, None


def fillable(taker: Order, wanted: int, budget_ticks: int | None) -> int:
    """Return how many contracts `match` would trade. Linear in the makers it passes."""
    makers = taker.side.opposite
    limit_key = makers.sign * taker.price_ticks
    found, open_quantity, stp = 0, taker.open_quantity, taker.terms.stp
    for level in makers.best_first():
        if level.key < limit_key:
            break
        for maker in level:
            if not wanted:
                return found
            if maker.position is taker.position and stp != "allow":
                if stp in {"cancel_newest", "cancel_both"}:
                    return found
                if stp == "decrement":
                    open_quantity -= min(open_quantity, maker.open_quantity)
                    wanted = min(wanted, open_quantity)
                continue
            quantity = min(wanted, maker.open_quantity)
            if budget_ticks is not None:
                unit_ticks = makers.market.unit_ticks(taker.side.is_bids, level.price_ticks)
                if budget_ticks < quantity * unit_ticks:
                    return found + budget_ticks // unit_ticks
                budget_ticks -= quantity * unit_ticks
            found += quantity
            open_quantity -= quantity
            wanted -= quantity
    return found


def _meet_own(state: State, maker: Order, taker: Order, events: list[Event]) -> CancelReason | None:
    """Keep an account from trading with itself; return a reason where the taker must stop."""
    stp = taker.terms.stp
    if stp == "cancel_newest":
        return CancelReason.SELF_TRADE
    if stp == "decrement":
        decrement(state, maker, taker, events)
        return None
    events.append(leaving.cancel(state, maker, CancelReason.SELF_TRADE))
    return CancelReason.SELF_TRADE if stp == "cancel_both" else None


def decrement(state: State, maker: Order, taker: Order, events: list[Event]) -> None:
    """Take the smaller open quantity off both; what the taker holds is dealt with apart."""
    by = min(maker.open_quantity, taker.open_quantity)
    if by == maker.open_quantity:
        events.append(leaving.cancel(state, maker, CancelReason.SELF_TRADE))
    else:
        events.append(leaving.reduce(state, maker, by))
    taker.open_quantity -= by
    if taker.open_quantity:
        events.append(leaving.reduced(state, taker, by))
    else:
        events.append(leaving.cancelled(state, taker, by, CancelReason.SELF_TRADE))
