"""`Engine.explain`: what an order would do to its account's worst outcome."""

import pytest

from exchange.engine import Engine, Side
from exchange.engine.commands import Fund, OpenMarket, PlaceOrder, SettleMarket, Terms

A, B = 7, 8


@pytest.fixture
def engine():
    """Three outcomes of 100; B sold A ten of the first at 40, and A bids for the second."""
    engine = Engine(payout_ticks=100)
    engine.apply(OpenMarket(1, (11, 12), other=True, payout_ticks=None))
    for account in (A, B):
        engine.apply(Fund(account, 5000))
    engine.apply(PlaceOrder(1, A, 11, Side.BUY, 40, 10))
    engine.apply(PlaceOrder(2, B, 11, Side.SELL, 40, 10))
    engine.apply(PlaceOrder(3, A, 12, Side.BUY, 20, 5))
    return engine


def test_explain_a_buy(engine):
    found = engine.explain(PlaceOrder(9, A, 12, Side.BUY, 30, 4))
    assert found.worths_before_ticks == (500, -400, -500)
    assert found.worths_after_ticks == (380, -400, -620)
    assert (found.exposure_before_ticks, found.exposure_after_ticks) == (500, 620)
    assert (found.worst_outcome_before, found.worst_outcome_after) == (None, None)
    assert found.available_ticks == 4500


def test_explain_a_sell_that_frees_nothing_until_it_fills(engine):
    found = engine.explain(PlaceOrder(9, A, 11, Side.SELL, 45, 10))
    assert found.worths_after_ticks == (-50, -400, -500)
    assert (found.exposure_before_ticks, found.exposure_after_ticks) == (500, 500)


def test_explain_names_the_contract_of_the_worst_outcome(engine):
    found = engine.explain(PlaceOrder(9, B, 12, Side.SELL, 10, 20))
    assert found.worths_before_ticks == (-600, 400, 400)
    assert found.worths_after_ticks == (-600, -1400, 400)
    assert (found.worst_outcome_before, found.worst_outcome_after) == (11, 12)


def test_explain_a_market_order_at_its_protection(engine):
    found = engine.explain(PlaceOrder(9, A, 12, Side.SELL, None, 1, Terms("market", "IOC")))
    assert found.worths_after_ticks == (500, -499, -500)


def test_explain_changes_nothing_and_agrees_with_what_then_happens(engine):
    before, order = engine.digest(), PlaceOrder(9, B, 12, Side.SELL, 25, 20)
    found = engine.explain(order)
    assert engine.digest() == before
    assert engine.exposure_ticks(B, 1) == found.exposure_before_ticks
    engine.apply(order)
    assert engine.exposure_ticks(B, 1) == found.exposure_after_ticks
    engine.check_invariants()


def test_explain_somebody_who_has_nothing(engine):
    found = engine.explain(PlaceOrder(9, 99, 12, Side.BUY, 30, 4))
    assert found.worths_before_ticks == (0, 0, 0)
    assert found.exposure_after_ticks == 120
    assert found.available_ticks == 0


def test_explain_an_unknown_contract_and_one_of_a_market_that_is_over(engine):
    with pytest.raises(KeyError):
        engine.explain(PlaceOrder(9, A, 99, Side.BUY, 30, 4))
    engine.apply(SettleMarket(1, 11))
    with pytest.raises(KeyError):
        engine.explain(PlaceOrder(9, A, 11, Side.BUY, 30, 4))
