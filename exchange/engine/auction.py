"""The call auction: one price at which what was collected trades, and then the market is open."""

from exchange.engine import funds, groups, living
from exchange.engine.book import Book, BookSide, Order
from exchange.engine.enums import CancelReason, MarketStatus
from exchange.engine.events import Event, MarketResumed, TradeExecuted
from exchange.engine.leaving import cancel, reduce
from exchange.engine.market import Market
from exchange.engine.state import State
from exchange.engine.working import follow_up


def resume(state: State, market: Market) -> list[Event]:
    """Uncross the books, open the market, and let follow what the trades set off.

    Groups that one book has filled trip before the next is uncrossed.
    """
    events: list[Event] = []
    for book in market.books.values():
        while book.is_crossed():
            _uncross(state, book, clearing_price(book), events)
        groups.trip(state, events)
    state.set_status(market, MarketStatus.OPEN)
    events.append(MarketResumed(state.next_seq(market), market.market))
    for book in market.books.values():
        follow_up(state, book, events)
    return events


def clearing_price(book: Book) -> int:
    """Return the price that trades most, then leaves least, then is nearest to the last price.

    Of two equally near the lower. O(prices between the best ask and the best bid + levels).
    """
    bid, ask = book.bids.best, book.asks.best
    assert bid is not None, "only a crossed book is uncrossed"
    assert ask is not None, "only a crossed book is uncrossed"
    low_ticks, high_ticks = ask.price_ticks, bid.price_ticks
    reference_ticks = low_ticks if book.last_price_ticks is None else book.last_price_ticks
    bids, asks = dict(book.bids.depth()), dict(book.asks.depth())
    demand = sum(quantity for price, quantity in bids.items() if price >= low_ticks)
    supply = 0
    candidates = []
    for price_ticks in book.market.grid.prices(low_ticks, high_ticks):
        supply += asks.get(price_ticks, 0)
        rank = (-min(demand, supply), abs(demand - supply), abs(price_ticks - reference_ticks))
        candidates.append((*rank, price_ticks))
        demand -= bids.get(price_ticks, 0)
    return min(candidates)[-1]


def _uncross(state: State, book: Book, price_ticks: int, events: list[Event]) -> None:
    """Let the best buy and the best sell trade for as long as both accept the price."""
    traded = False
    while True:
        buy, sell = _head(book.bids, price_ticks), _head(book.asks, price_ticks)
        if buy is None or sell is None:
            break
        maker, taker = (buy, sell) if buy.seq < sell.seq else (sell, buy)
        if buy.position is sell.position and taker.terms.stp != "allow":
            _meet_own(state, maker, taker, events)
        else:
            events.append(_trade(state, maker, taker, price_ticks))
            traded = True
    if traded:
        state.set_last_price(book, price_ticks)


def _head(side: BookSide, price_ticks: int) -> Order | None:
    """Return the first order of a side if it accepts the price."""
    level = side.best
    if level is None or level.key < side.sign * price_ticks:
        return None
    return level.head


def _trade(state: State, maker: Order, taker: Order, price_ticks: int) -> TradeExecuted:
    book = maker.side.book
    market = book.market
    quantity = min(maker.open_quantity, taker.open_quantity)
    number, state.next_trade = state.next_trade, state.next_trade + 1
    event = TradeExecuted(
        state.next_seq(market),
        market.market,
        number,
        "auction",
        book.contract,
        price_ticks,
        quantity,
        maker.order,
        taker.order,
        maker.position.account,
        taker.position.account,
        maker.side.side,
        maker.open_quantity - quantity,
        taker.open_quantity - quantity,
    )
    for order in (maker, taker):
        groups.count(state, order, quantity)
        if order.open_quantity == quantity:
            living.remove(state, order)
        else:
            living.shrink(state, order, quantity)
        hold_ticks = quantity * order.level.unit_ticks
        cost_ticks = quantity * price_ticks
        funds.fill(state, order.side, order.position, quantity, hold_ticks, cost_ticks)
    if state.keeps_trades:
        market.trades[number] = event
    return event


def _meet_own(state: State, maker: Order, taker: Order, events: list[Event]) -> None:
    """Keep an account from trading with itself, as the newer of the two orders wants it."""
    stp = taker.terms.stp
    if stp == "decrement":
        _decrement(state, maker, taker, events)
        return
    if stp != "cancel_newest":
        events.append(cancel(state, maker, CancelReason.SELF_TRADE))
    if stp != "cancel_oldest":
        events.append(cancel(state, taker, CancelReason.SELF_TRADE))


def _decrement(state: State, maker: Order, taker: Order, events: list[Event]) -> None:
    """Take the smaller open quantity off both where they stand, the older one first."""
    by = min(maker.open_quantity, taker.open_quantity)
    for order in (maker, taker):
        if order.open_quantity == by:
            events.append(cancel(state, order, CancelReason.SELF_TRADE))
        else:
            events.append(reduce(state, order, by))
