"""What is true of every state between two commands, recomputed the slow and obvious way."""

from collections import defaultdict
from itertools import pairwise

from exchange.engine.book import Book, BookSide, Order
from exchange.engine.enums import MarketStatus
from exchange.engine.exposure import exposure_ticks, outcome_worths
from exchange.engine.market import Market
from exchange.engine.position import Portfolio
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
    owned = dict(state.orders)
    for number, account in state.accounts.items():
        assert account.account == number, "an account stands under another number"
        if account.orders is not None:
            mine = {order: owned.pop(order, None) for order in account.orders}
            assert mine == account.orders, "an account's orders are not those that live"
            assert all(order.position.orders is account.orders for order in account.orders.values())
    for order in owned.values():
        assert order.position.owner.orders is None, "an account has forgotten an order"
        assert order.position.orders is None, "a position knows orders of an account that has none"


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
    assert not (over and market.portfolios), "a market that is over keeps positions"
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
    prices = [side.sign * key for key in side.keys]
    assert sorted(side.levels, key=lambda price: side.sign * price) == prices, "prices out of order"
    best = side.levels[prices[-1]] if prices else None
    assert side.best is best, "the best level is not the best"
    count = 0
    for price_ticks, level in side.levels.items():
        assert price_ticks == level.price_ticks, "a level is at a wrong price"
        assert level.key == side.sign * price_ticks, "a level has a wrong key"
        orders = list(level)
        assert orders, "an empty level stayed in the book"
        assert level.head is orders[0], "a queue has a wrong head"
        assert level.tail is orders[-1], "a queue has a wrong tail"
        assert all(b.prev is a and a.seq < b.seq for a, b in pairwise(orders)), "queue out of order"
        assert level.quantity == sum(order.open_quantity for order in orders), "level quantity"
        for order in orders:
            assert order.level is level, "an order is at another level"
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
    assert order.level.unit_ticks == market.unit_ticks(side.is_bids, order.price_ticks)
    assert 0 < order.open_quantity <= order.quantity, "an order's quantities are wrong"
    assert order.seq <= market.seq, "an order is newer than its market"
    assert side.book.positions.get(order.position.account) is order.position


def _check_positions(market: Market) -> None:
    buy_cost_ticks, sell_collateral_ticks = _holds(market)
    for account, portfolio in market.portfolios.items():
        assert portfolio.account == account, "a portfolio stands under another account"
        holds = (buy_cost_ticks[account], sell_collateral_ticks[account])
        _check_exposure(market, portfolio, *holds)
    _check_joined(market)
    cash_ticks = sum(portfolio.cash_ticks() for portfolio in market.portfolios.values())
    assert cash_ticks == 0, "cash was made or lost in trades"
    for book in market.books.values():
        quantity = sum(position.quantity for position in book.positions.values())
        assert quantity == 0, "contracts were made or lost in trades"


def _check_joined(market: Market) -> None:
    """Check that books and portfolios know the same positions."""
    for book in market.books.values():
        for account, position in book.positions.items():
            portfolio = market.portfolios[account]
            assert position.is_known, "a position of a book does not know it"
            assert position.portfolio is portfolio, "a position is of another portfolio"
            assert portfolio.positions[book.outcome] is position, "a position is not in its own"
    in_books = sum(len(book.positions) for book in market.books.values())
    in_portfolios = sum(len(portfolio.positions) for portfolio in market.portfolios.values())
    assert in_books == in_portfolios, "a portfolio has a position that its book does not know"


def _holds(market: Market) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return the cost of open buys and the collateral of open sells: account -> by outcome."""
    nothing = [0] * len(market.contracts)
    buys: dict[int, list[int]] = defaultdict(nothing.copy)
    sells: dict[int, list[int]] = defaultdict(nothing.copy)
    for outcome, book in enumerate(market.books.values()):
        for order in book.orders():
            holds = buys if order.side.is_bids else sells
            holds[order.position.account][outcome] += order.hold_ticks
    return buys, sells


def _check_exposure(
    market: Market,
    portfolio: Portfolio,
    buy_cost_ticks: list[int],
    sell_collateral_ticks: list[int],
) -> None:
    terms = (
        portfolio.cash_ticks(),
        portfolio.quantities(len(market.contracts)),
        buy_cost_ticks,
        sell_collateral_ticks,
        market.payout_ticks,
        market.other,
    )
    worths = portfolio.worths()
    assert worths == outcome_worths(*terms), "what is held does not follow from the open orders"
    assert portfolio.exposure_ticks == exposure_ticks(*terms), "an exposure is not up to date"
