"""Matching an incoming order against the other side of its book: the innermost loop."""

from exchange.engine import groups, leaving
from exchange.engine.book import BookSide, Order
from exchange.engine.enums import CancelReason
from exchange.engine.events import Event, TradeExecuted
from exchange.engine.funds import touch
from exchange.engine.living import remove, shrink
from exchange.engine.market import Market
from exchange.engine.position import Position
from exchange.engine.state import State

# How much traded, for how much in all, and why it stopped early.
Matched = tuple[int, int, CancelReason | None]


def sweep(  # noqa: PLR0917 -- the innermost loop: keywords and calls cost a tenth
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
    nothing but its trades; its position must be touched. O(log levels) for each maker at most.
    """
    makers, market, account = side.opposite, side.market, position.account
    book, limit_key, level = makers.book, makers.sign * price_ticks, makers.best
    left, cost_ticks, last_ticks = wanted, 0, 0
    seq, trade = market.seq, state.next_trade
    while left and level is not None and level.key >= limit_key:
        maker = level.head
        assert maker is not None, "an empty level stayed in the book"
        its = maker.position
        if its is position and not allows_own:
            break
        quantity, last_ticks = maker.open_quantity, level.price_ticks
        if quantity > left:
            maker_left, quantity = quantity - left, left
            shrink(state, maker, quantity)
        else:
            maker_left = 0
            remove(state, maker)
        left, seq = left - quantity, seq + 1
        event = TradeExecuted(
            seq, market.market, trade, "book", book.contract, last_ticks, quantity, maker.order,
            order, its.account, account, makers.side, maker_left, left + beyond,
        )  # fmt: skip
        events.append(event)
        if state.keeps_trades or state.groups:
            _note(state, market, maker, event)
        trade += 1
        # What funds.fill does: a buy costs what it held for, a sell the rest of the payout.
        if not its.is_stale:
            touch(state, market, its)
        trade_ticks, level = quantity * last_ticks, makers.best
        cost_ticks += trade_ticks
        if makers.is_bids:
            its.bids_ticks -= trade_ticks
            its.cash_ticks -= trade_ticks
            its.quantity += quantity
        else:
            its.asks_ticks -= quantity * market.payout_ticks - trade_ticks
            its.cash_ticks += trade_ticks
            its.quantity -= quantity
    if last_ticks:
        market.seq, state.next_trade = seq, trade
        state.set_last_price(book, last_ticks)
    return wanted - left, cost_ticks


def _note(state: State, market: Market, maker: Order, trade: TradeExecuted) -> None:
    """Let a trade be voidable, where trades are, and count in the maker's group."""
    if state.keeps_trades:
        market.trades[trade.trade] = trade
    if state.groups:
        groups.count(state, maker, trade.quantity)


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
