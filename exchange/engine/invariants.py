"""What is true of every state between two commands, recomputed the slow and obvious way."""

from collections import defaultdict
from itertools import pairwise

from exchange.engine.book import Book, BookSide, Order
from exchange.engine.enums import MarketStatus
from exchange.engine.exposure import exposure_ticks, outcome_worths
from exchange.engine.market import Market
from exchange.engine.position import Position
from exchange.engine.state import RANK_AUCTION, RANK_ORDER, State


def check_invariants(state: State) -> None:
    """Raise AssertionError, saying what is broken, unless the whole state is consistent.

    Linear in the state, with a logarithm: for tests and audits, not for every command live.
    """
    state.refresh()
    living = 0
    for number, market in state.markets.items():
        assert market.market == number, "a market stands under another number"
        assert all(state.market_of[contract] is market for contract in market.contracts)
        assert market.seq > 0, "a market opens with its first event"
        _check_status(market)
        for book in market.books.values():
            living += _check_book(state, book)
        _check_positions(market)
    assert living == len(state.orders), "an order is known that lives in no book"
    _check_owned(state)
    _check_due(state)
    assert not state.filled_groups, "a group was filled and not asked whether it trips"
    if not state.unlimited_funds:
        overdrawn = any(account.available_ticks < 0 for account in state.accounts.values())
        assert not overdrawn, "an account is overdrawn"


def _check_owned(state: State) -> None:
    owned: dict[int, Order] = {}
    for number, account in state.accounts.items():
        assert account.account == number, "an account stands under another number"
        mine = {order.order: order for order in account.orders()}
        assert all(order.position.owner is account for order in mine.values())
        owned |= mine
    assert owned == state.orders, "an account's orders are not those that live"


def _check_due(state: State) -> None:
    """Check that exactly the ends of living orders and auctions are due, and none has passed."""
    expected = [
        (order.terms.expires_at, RANK_ORDER, number)
        for number, order in state.orders.items()
        if order.terms.expires_at is not None
    ]
    for number, market in state.markets.items():
        in_auction = market.status is MarketStatus.AUCTION
        assert in_auction == (market.auction_ends_at is not None), "an auction without an end"
        if market.auction_ends_at is not None:
            expected.append((market.auction_ends_at, RANK_AUCTION, number))
    assert list(state.due) == sorted(expected), "what is due does not follow from what lives"
    assert not state.due or state.due[0][0] > state.time_ms, "something due did not happen"


def _check_status(market: Market) -> None:
    over = market.status in (MarketStatus.SETTLED, MarketStatus.VOIDED)
    expected = () if over else market.contracts
    assert tuple(market.books) == expected, "books do not follow the market's status"
    assert not (over and market.positions), "a market that is over keeps positions"
    if market.status is MarketStatus.CLOSED:
        assert not any(True for book in market.books.values() for _ in book.orders())


def _check_book(state: State, book: Book) -> int:
    if book.market.status is MarketStatus.OPEN:
        assert not book.is_crossed(), "the book is locked or crossed"
    return _check_side(state, book.bids) + _check_side(state, book.asks) + _check_stops(state, book)


def _check_stops(state: State, book: Book) -> int:
    """Check that what waits is known, and that no stop waits whose price was reached."""
    last_ticks, is_open = book.last_price_ticks, book.market.status is MarketStatus.OPEN
    waiting = list(book.stops.by_seq())
    if last_ticks is not None and is_open:
        assert not book.stops.reached(last_ticks), "a stop was reached and did not trigger"
    for order in waiting:
        assert order.terms.waits, "an order waits that is no stop"
        _check_order(state, order.side, order)
    return len(waiting)


def _check_side(state: State, side: BookSide) -> int:
    assert sorted(side.levels) == side.keys, "prices are not in order"
    best = side.levels[side.keys[-1]] if side.keys else None
    assert side.best is best, "the best level is not the best"
    count = 0
    for key, level in side.levels.items():
        assert key == level.key == side.sign * level.price_ticks, "a level is at a wrong price"
        orders = list(level)
        assert orders, "an empty level stayed in the book"
        assert level.head is orders[0], "a queue has a wrong head"
        assert level.tail is orders[-1], "a queue has a wrong tail"
        assert all(b.prev is a and a.seq < b.seq for a, b in pairwise(orders)), "queue out of order"
        assert level.quantity == sum(order.open_quantity for order in orders), "level quantity"
        for order in orders:
            assert order.level is level, "an order is at another level"
            assert order.price_ticks == level.price_ticks, "an order is at a wrong price"
            assert order.terms.may_rest, "an order rests that may not"
            assert not order.terms.waits, "a stop rests that did not trigger"
            _check_order(state, side, order)
        count += len(orders)
    return count


def _check_order(state: State, side: BookSide, order: Order) -> None:
    market = side.book.market
    assert state.orders.get(order.order) is order, "a living order is not known"
    assert order.side is side, "an order is on another side"
    assert market.grid.has(order.price_ticks), "an order is off the grid"
    assert order.unit_ticks == market.unit_ticks(side.is_bids, order.price_ticks)
    assert 0 < order.open_quantity <= order.quantity, "an order's quantities are wrong"
    assert order.seq <= market.seq, "an order is newer than its market"
    assert market.positions.get(order.position.account) is order.position


def _check_positions(market: Market) -> None:
    buy_cost_ticks, sell_collateral_ticks = _holds(market)
    for account, position in market.positions.items():
        assert position.account == account, "a position stands under another account"
        _check_exposure(market, position, buy_cost_ticks[account], sell_collateral_ticks[account])
    cash_ticks = sum(position.cash_ticks for position in market.positions.values())
    assert cash_ticks == 0, "cash was made or lost in trades"
    for outcome in range(len(market.books)):
        quantities = (position.quantities[outcome] for position in market.positions.values())
        assert sum(quantities) == 0, "contracts were made or lost in trades"


def _holds(market: Market) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the cost of open buys and the collateral of open sells: account -> by outcome."""
    nothing = [0] * len(market.contracts)
    buys: dict[int, list[int]] = defaultdict(nothing.copy)
    sells: dict[int, list[int]] = defaultdict(nothing.copy)
    for outcome, book in enumerate(market.books.values()):
        for order in book.orders():
            holds = buys if order.side.is_bids else sells
            holds[order.position.account][outcome] += order.open_quantity * order.unit_ticks
    return buys, sells


def _check_exposure(
    market: Market,
    position: Position,
    buy_cost_ticks: list[int],
    sell_collateral_ticks: list[int],
) -> None:
    terms = (
        position.cash_ticks,
        position.quantities,
        buy_cost_ticks,
        sell_collateral_ticks,
        market.payout_ticks,
        market.other,
    )
    worths = [position.base_ticks + ticks for ticks in position.if_wins_ticks]
    assert worths == outcome_worths(*terms), "what is held does not follow from the open orders"
    assert position.exposure_ticks == exposure_ticks(*terms), "an exposure is not up to date"
