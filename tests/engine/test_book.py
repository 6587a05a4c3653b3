"""Reading books, and the invariants: that they see what is wrong."""

import pytest

from exchange.engine import Depth, Engine, Side
from exchange.engine.commands import PLAIN, Fund, OpenMarket, PlaceOrder, Terms

STOP = Terms(kind="stop", tif="GTD", stop_ticks=70, expires_at=500)


@pytest.fixture
def engine() -> Engine:
    """A book with three prices a side and two orders at the best bid; stops wait in another."""
    engine = Engine()
    engine.apply(OpenMarket(1, (11, 12)))
    for account in (7, 8):
        engine.apply(Fund(account, 10**6))
    orders = [(40, 5), (38, 6), (39, 7), (40, 8), (60, 1), (62, 2), (61, 3)]
    for number, (price, quantity) in enumerate(orders, start=1):
        side = Side.BUY if price < 50 else Side.SELL
        engine.apply(PlaceOrder(number, 7, 11, side, price, quantity))
    engine.apply(PlaceOrder(8, 7, 12, Side.BUY, 80, 4, STOP))
    engine.apply(PlaceOrder(9, 8, 12, Side.SELL, 10, 2, Terms(kind="stop_limit", stop_ticks=20)))
    return engine


def test_depth_is_best_first(engine):
    assert engine.depth(11) == Depth([(40, 13), (39, 7), (38, 6)], [(60, 1), (61, 3), (62, 2)])
    assert engine.depth(11, 2) == Depth([(40, 13), (39, 7)], [(60, 1), (61, 3)])
    assert engine.depth(11, 9) == engine.depth(11)
    assert engine.depth(11, 0) == engine.depth(12) == Depth([], [])


def test_open_orders_come_in_priority(engine):
    assert [order.order for order in engine.open_orders(11)] == [1, 4, 3, 2, 5, 7, 6]
    found = engine.find_order(4)
    assert found in list(engine.open_orders(11))
    assert (found.account, found.side, found.price_ticks) == (7, Side.BUY, 40)
    assert (found.quantity, found.open_quantity, found.seq) == (8, 8, 5)
    assert found.terms is PLAIN
    assert engine.find_order(99) is None


def test_waiting_orders_come_by_age_and_stand_in_no_book(engine):
    assert [order.order for order in engine.waiting_orders(12)] == [8, 9]
    found = engine.find_order(8)
    assert found == next(engine.waiting_orders(12))
    assert (found.price_ticks, found.open_quantity, found.terms) == (80, 4, STOP)
    assert list(engine.open_orders(12)) == list(engine.waiting_orders(11)) == []


def test_last_price_is_that_of_the_last_trade(engine):
    assert engine.last_price_ticks(11) is None
    engine.apply(PlaceOrder(20, 8, 11, Side.SELL, 39, 15))
    assert (engine.last_price_ticks(11), engine.last_price_ticks(12)) == (39, None)


def test_what_is_not_known_raises(engine):
    assert engine.contracts_of(1) == (11, 12)
    by_contract = (engine.depth, engine.open_orders, engine.waiting_orders, engine.last_price_ticks)
    by_market = (engine.market_status, engine.contracts_of, engine.market_seq)
    for read in (*by_contract, *by_market):
        with pytest.raises(KeyError):
            read(99)
    for read in (engine.exposure_ticks, engine.holding):
        with pytest.raises(KeyError):
            read(7, 99)
    assert engine.market_of(99) is None
    assert engine.available_ticks(99) == 0


def _first(engine):
    return engine._state.orders[1]


def _stop(engine):
    return engine._state.orders[8]


def _market(engine):
    return engine._state.markets[1]


BREAK = {
    "a quantity that is not in the level": lambda e: setattr(_first(e), "open_quantity", 4),
    "a level with a wrong sum": lambda e: setattr(_first(e).level, "quantity", 4),
    "a price that is not the level's": lambda e: setattr(_first(e).level, "price_ticks", 41),
    "a queue that lost its head": lambda e: setattr(_first(e).level, "head", None),
    "a queue that lost its tail": lambda e: setattr(_first(e).level, "tail", _first(e)),
    "a queue in the wrong order": lambda e: setattr(_first(e), "seq", 50),
    "prices out of order": lambda e: _first(e).side.keys.reverse(),
    "a best price that is not the best": lambda e: setattr(_first(e).side, "best", None),
    "an order that nobody knows": lambda e: e._state.orders.pop(1),
    "an order that its account forgot": lambda e: setattr(_first(e).position.owner, "orders", {}),
    "an order of an account that never had it": lambda e: setattr(
        _first(e).position.owner, "orders", {99: _first(e)}
    ),
    "a position that knows orders of its own": lambda e: setattr(
        _first(e).position, "orders", {1: _first(e)}
    ),
    "a stop in the book": lambda e: setattr(_first(e), "terms", STOP),
    "an order that rests though it may not": lambda e: setattr(
        _first(e), "terms", Terms(tif="IOC")
    ),
    "something else than a stop that waits": lambda e: setattr(_stop(e), "terms", PLAIN),
    "a stop that was reached": lambda e: setattr(_market(e).books[12], "last_price_ticks", 70),
    "an end that nobody awaits": lambda e: e._state.due.clear(),
    "an end that has passed": lambda e: setattr(e._state, "time_ms", 500),
    "an auction without a market": lambda e: setattr(_market(e), "auction_ends_at", 900),
    "a full group that nobody looked at": lambda e: e._state.filled_groups.add((7, 1)),
    "an exposure that is not up to date": lambda e: setattr(
        _first(e).position.portfolio, "exposure_ticks", 5
    ),
    "a hold that does not follow from orders": lambda e: setattr(
        _first(e).position, "bids_ticks", 5
    ),
    "cash from nowhere": lambda e: setattr(_first(e).position, "cash_ticks", 5),
    "an overdrawn account": lambda e: setattr(e._state.accounts[7], "available_ticks", -1),
    "a book that crossed": lambda e: setattr(_first(e).side.opposite, "best", _first(e).side.best),
    "a market under another number": lambda e: setattr(_market(e), "market", 2),
    "a market without its books": lambda e: _market(e).books.clear(),
}


@pytest.mark.parametrize("fault", BREAK)
def test_invariants_see(engine, fault):
    engine.check_invariants()
    BREAK[fault](engine)
    with pytest.raises(AssertionError):
        engine.check_invariants()


def test_quantity_is_conserved_over_trades_cancels_and_reduces(engine):
    for order in engine.open_orders(11):
        assert order.quantity == order.open_quantity
    engine.apply(PlaceOrder(20, 8, 11, Side.SELL, 39, 15))
    assert engine.find_order(3).open_quantity == 5
    assert engine.find_order(3).quantity == 7
