"""Matching an incoming order against the other side of its book: the innermost loop."""

from exchange.engine import groups, leaving
from exchange.engine.book import Order
from exchange.engine.enums import CancelReason
from exchange.engine.events import Event, TradeExecuted
from exchange.engine.funds import touch
from exchange.engine.living import remove, shrink
from exchange.engine.state import State

# How much traded, for how much in all, and why it stopped early.
Matched = tuple[int, int, CancelReason | None]


def match(
    state: State, taker: Order, wanted: int, budget_ticks: int | None, events: list[Event]
) -> Matched:
    """Trade at most wanted contracts, best price first, oldest first, at the makers' prices.

    Adds the events, counts down taker.open_quantity, and deals with the money of the makers; that
    of the taker is the caller's affair. budget_ticks bounds what its trades may cost it.
    O(log levels) for each maker at most.
    """
    makers = taker.side.opposite
    limit_key = makers.sign * taker.price_ticks
    level = makers.best
    filled, cost_ticks, price_ticks = 0, 0, 0
    ending = None
    guards_self = taker.terms.stp != "allow"
    while wanted and level is not None and level.key >= limit_key:
        maker = level.head
        assert maker is not None, "an empty level stayed in the book"
        if maker.position is taker.position and guards_self:
            ending = _meet_own(state, maker, taker, events)
            if ending is not None:
                break
            wanted = min(wanted, taker.open_quantity)
            level = makers.best
            continue
        quantity = maker.open_quantity
        if quantity > wanted:  # noqa: PLR1730 -- twice as fast as min()
            quantity = wanted
        if budget_ticks is not None:
            unit_ticks = _cost_of_one(taker, level.price_ticks)
            quantity = min(quantity, budget_ticks // unit_ticks)
            if not quantity:
                ending = CancelReason.MAX_COST
                break
            budget_ticks -= quantity * unit_ticks
        price_ticks = level.price_ticks
        wanted -= quantity
        filled += quantity
        cost_ticks += quantity * price_ticks
        taker.open_quantity -= quantity
        events.append(_trade(state, maker, taker, quantity))
        level = makers.best
    if filled:
        state.set_last_price(makers.book, price_ticks)
    return filled, cost_ticks, ending


def _trade(state: State, maker: Order, taker: Order, quantity: int) -> TradeExecuted:
    """Let a resting order trade at its price; the taker's open quantity and money are dealt with.

    The sums of position.py stand written out, with what is special of a maker: it trades at the
    price that it held for, so a buy costs just its hold and a sell brings the rest of the payout.
    """
    side, position, price_ticks = maker.side, maker.position, maker.price_ticks
    book, market = side.book, side.market
    market.seq = seq = market.seq + 1
    trade = state.next_trade
    state.next_trade = trade + 1
    left = maker.open_quantity - quantity
    event = TradeExecuted(
        seq,
        market.market,
        trade,
        "book",
        book.contract,
        price_ticks,
        quantity,
        maker.order,
        taker.order,
        position.account,
        taker.position.account,
        side.side,
        left,
        taker.open_quantity,
    )
    if state.keeps_trades:
        market.trades[trade] = event
    if state.groups:
        groups.count(state, maker, quantity)
        groups.count(state, taker, quantity)
    if left:
        shrink(state, maker, quantity)
    else:
        remove(state, maker)
    if not position.is_stale:
        touch(state, market, position)
    cost_ticks, outcome = quantity * price_ticks, side.outcome
    if side.is_bids:
        position.cash_ticks -= cost_ticks
        position.quantities[outcome] += quantity
        position.if_wins_ticks[outcome] += quantity * market.payout_ticks - cost_ticks
    else:
        position.cash_ticks += cost_ticks
        position.base_ticks += cost_ticks
        position.quantities[outcome] -= quantity
        position.if_wins_ticks[outcome] -= cost_ticks
    return event


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
                unit_ticks = _cost_of_one(taker, level.price_ticks)
                if budget_ticks < quantity * unit_ticks:
                    return found + budget_ticks // unit_ticks
                budget_ticks -= quantity * unit_ticks
            found += quantity
            open_quantity -= quantity
            wanted -= quantity
    return found


def _cost_of_one(taker: Order, price_ticks: int) -> int:
    """Return what a contract at this price costs the taker at worst."""
    return taker.side.market.unit_ticks(taker.side.is_bids, price_ticks)


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
