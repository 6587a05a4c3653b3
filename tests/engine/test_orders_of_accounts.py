"""Whose orders are whose: kept only for accounts that were once asked about."""

import pytest

from exchange.engine import Engine, Side
from exchange.engine.commands import (
    CancelAll,
    CancelOrder,
    Fund,
    OpenMarket,
    PlaceOrder,
    SettleMarket,
    Terms,
)
from exchange.engine.views import AccountFacts

A, B = 7, 8
RICH = {A: AccountFacts(10**6), B: AccountFacts(10**6)}


@pytest.fixture
def engine():
    """Two markets, in both of which A has two orders."""
    engine = Engine(payout_ticks=100, unlimited_funds=True)
    for market in (1, 2):
        engine.apply(OpenMarket(market, (10 * market + 1,)))
    for order, contract, price in ((1, 11, 40), (2, 11, 41), (3, 21, 40), (4, 21, 42)):
        engine.apply(PlaceOrder(order, A, contract, Side.BUY, price, 10))
    return engine


def cancelled(engine, **scope):
    return [event.order for event in engine.apply(CancelAll(A, **scope))]


def test_cancel_all_finds_orders_from_before_it_was_ever_asked(engine):
    assert cancelled(engine) == [2, 1, 4, 3]
    assert cancelled(engine) == []


def test_cancel_all_finds_orders_placed_cancelled_and_filled_since(engine):
    assert cancelled(engine, market=2) == [4, 3]
    engine.apply(PlaceOrder(5, A, 21, Side.BUY, 30, 10))
    engine.apply(PlaceOrder(6, A, 21, Side.SELL, 60, 10))
    engine.apply(PlaceOrder(7, A, 11, Side.BUY, 44, 10, Terms("stop_limit", stop_ticks=50)))
    engine.apply(PlaceOrder(8, B, 21, Side.BUY, 60, 10))
    engine.apply(CancelOrder(1, A))
    engine.check_invariants()
    assert cancelled(engine) == [2, 7, 5]
    engine.check_invariants()


def test_rolling_back_a_settlement_brings_back_orders_that_cancel_all_never_saw(engine):
    engine.begin(RICH)
    engine.apply(SettleMarket(1, 11))
    assert cancelled(engine) == [4, 3]
    engine.rollback()
    engine.check_invariants()
    assert cancelled(engine) == [2, 1, 4, 3]


def test_rolling_back_what_cancel_all_did_keeps_what_it_learnt_true(engine):
    assert cancelled(engine, side=Side.SELL) == []
    engine.begin(RICH)
    engine.apply(PlaceOrder(5, A, 11, Side.BUY, 30, 10))
    engine.apply(PlaceOrder(6, B, 11, Side.SELL, 41, 10))
    assert cancelled(engine) == [1, 5, 4, 3]
    engine.rollback()
    engine.check_invariants()
    assert cancelled(engine) == [2, 1, 4, 3]


def test_cancel_that_is_wanted_until_later_is_carried_out(engine):
    (event,) = engine.apply(CancelOrder(1, A, valid_until=5))
    assert event.order == 1
    engine.apply(Fund(A, 1, time=6))
    (refused,) = engine.apply(CancelOrder(2, A, valid_until=5))
    assert refused.reason == "too_late"
