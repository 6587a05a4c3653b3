"""Batches: rolled back they leave no trace, committed they are as if there had been no batch."""

from itertools import islice

import pytest

from exchange.engine import AccountFacts, Engine, MarketStatus, Side, commands
from exchange.engine.commands import (
    CancelOrder,
    HaltMarket,
    OpenMarket,
    PlaceOrder,
    ResumeMarket,
    SettleMarket,
    Tick,
)
from tests.engine.plain import ACCOUNTS, CONTRACTS, PAYOUT, exposures_of, opening, plain_commands


def places_of(engine: Engine) -> dict[int, list]:
    return {contract: list(engine.open_orders(contract)) for contract in CONTRACTS}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [1, 7, 40])
def test_rolling_back_restores_everything_and_applying_again_gives_the_same(seed, size):
    engine, twin = Engine(PAYOUT), Engine(PAYOUT)
    stream = iter(plain_commands(seed, 160))
    for command in islice(stream, len(opening())):
        engine.apply(command)
        twin.apply(command)
    while batch := list(islice(stream, size)):
        facts = {account: AccountFacts(engine.available_ticks(account)) for account in ACCOUNTS}
        before = exposures_of(engine)
        digest, next_trade, places = engine.digest(), engine.next_trade, places_of(engine)
        engine.begin(facts)
        first = [engine.apply(command) for command in batch]
        touched = engine.touched()
        engine.check_invariants()
        engine.rollback()

        assert (engine.digest(), engine.next_trade) == (digest, next_trade)
        assert (places_of(engine), exposures_of(engine)) == (places, before)
        assert engine.touched() == {}
        engine.check_invariants()

        engine.begin(facts)
        assert [engine.apply(command) for command in batch] == first
        assert first == [twin.apply(command) for command in batch]
        assert engine.touched() == touched
        after = exposures_of(engine)
        changed = {key: (before[key], after[key]) for key in after if before[key] != after[key]}
        assert changed.items() <= touched.items()
        assert all(touched[key] == (before[key], after[key]) for key in touched)
        engine.commit()


def test_rolling_back_the_opening_and_settling_of_a_market():
    engine = Engine()
    before = engine.digest()
    engine.begin({7: AccountFacts(10**6), 8: AccountFacts(10**6)})
    engine.apply(OpenMarket(1, (11,)))
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 4500, 10))
    engine.apply(PlaceOrder(2, 8, 11, Side.SELL, 4500, 4))
    engine.apply(SettleMarket(1, 11))
    assert engine.available_ticks(7) == 10**6 + 4 * 5500
    assert engine.market_status(1) is MarketStatus.SETTLED
    engine.rollback()
    assert engine.digest() == before
    assert not engine.has_market(1)
    assert engine.find_order(1) is None
    engine.check_invariants()


def test_rolling_back_a_settlement_brings_positions_and_queues_back():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    for order, quantity in ((1, 5), (2, 6), (3, 7)):
        engine.apply(PlaceOrder(order, order, 11, Side.BUY, 4500, quantity))
    engine.apply(PlaceOrder(4, 9, 11, Side.SELL, 4500, 8))
    before, orders = engine.digest(), list(engine.open_orders(11))
    engine.begin({})
    engine.apply(SettleMarket(1, 11))
    assert engine.touched() == {
        (1, 1): (22500, 0),
        (2, 1): (27000, 0),
        (3, 1): (31500, 0),
        (9, 1): (44000, 0),
    }
    engine.rollback()
    assert engine.digest() == before
    assert list(engine.open_orders(11)) == orders
    engine.check_invariants()


def test_rolling_back_leaves_no_position_behind():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    engine.begin({})
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 4500, 10))
    engine.rollback()
    assert engine._state.markets[1].portfolios == {}


def test_facts_replace_the_known_funds_and_rollback_brings_them_back():
    engine = Engine()
    engine.apply(OpenMarket(1, (11,)))
    engine.apply(commands.Fund(7, 100_000))
    engine.begin({8: AccountFacts(50_000)})
    assert engine.available_ticks(7) == 0
    assert engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 1, 1))[0].reason == "insufficient_funds"
    assert engine.apply(PlaceOrder(1, 8, 11, Side.BUY, 4000, 10))[0].order == 1
    assert engine.available_ticks(8) == 10_000
    engine.rollback()
    assert (engine.available_ticks(7), engine.available_ticks(8)) == (100_000, 0)


def test_an_order_that_was_refused_touches_nobody():
    engine = Engine()
    engine.apply(OpenMarket(1, (11,)))
    engine.begin({7: AccountFacts(50_000)})
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 6000, 10))
    assert engine.touched() == {}
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 5000, 10))
    assert engine.touched() == {(7, 1): (0, 50_000)}
    engine.apply(CancelOrder(1, 7))
    assert engine.touched() == {}
    engine.commit()


def test_an_account_is_touched_even_when_its_exposure_stays():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 4500, 10))
    engine.begin({})
    engine.apply(PlaceOrder(2, 8, 11, Side.SELL, 4500, 10))
    assert engine.touched() == {(7, 1): (45_000, 45_000), (8, 1): (0, 55_000)}
    engine.commit()


@pytest.mark.parametrize("end", [Engine.commit, Engine.rollback])
def test_commands_after_a_batch_need_none(end):
    engine = Engine()
    engine.apply(OpenMarket(1, (11,)))
    engine.apply(commands.Fund(7, 100_000))
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 1000, 10))
    engine.begin({7: AccountFacts(90_000)})
    engine.apply(PlaceOrder(2, 7, 11, Side.BUY, 1000, 10))
    end(engine)
    engine.apply(PlaceOrder(3, 7, 11, Side.BUY, 1000, 10))
    engine.apply(commands.HaltMarket(1))
    engine.check_invariants()
    resting = [order.order for order in engine.open_orders(11)]
    assert resting == ([1, 2, 3] if end is Engine.commit else [1, 3])


def test_batches_do_not_overlap():
    engine = Engine()
    with pytest.raises(AssertionError):
        engine.commit()
    with pytest.raises(AssertionError):
        engine.rollback()
    engine.begin({})
    with pytest.raises(AssertionError):
        engine.begin({})
    with pytest.raises(AssertionError):
        engine.restore_market(1, (11,), False, 100, 1, MarketStatus.OPEN, 1)


def test_rolling_back_the_announcement_of_an_auction():
    engine = Engine()
    engine.apply(OpenMarket(1, (11,)))
    engine.apply(HaltMarket(1))
    before = engine.digest()
    engine.begin({})
    engine.apply(ResumeMarket(1, auction=True, auction_ends_at=1_000))
    assert engine.market_status(1) is MarketStatus.AUCTION
    engine.rollback()
    assert engine.digest() == before
    assert engine.apply(Tick(time=2_000)) == []
    assert engine.market_status(1) is MarketStatus.HALTED
