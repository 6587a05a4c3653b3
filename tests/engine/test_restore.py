"""An engine restored from rows is the engine that lived on."""

import pytest

from exchange.engine import AccountFacts, Engine, MarketStatus, Side
from exchange.engine.commands import OpenMarket, PlaceOrder
from tests.engine.plain import ACCOUNTS, MARKETS, PAYOUT, plain_commands


def restored(engine: Engine) -> Engine:
    """A new engine from what a database would keep of this one."""
    twin = Engine(PAYOUT, next_trade=engine.next_trade)
    for market, (contracts, other) in MARKETS.items():
        status, seq = engine.market_status(market), engine.market_seq(market)
        last = {contract: engine.last_price_ticks(contract) for contract in contracts}
        twin.restore_market(market, contracts, other, PAYOUT, 1, status, seq, last)
        for account in ACCOUNTS:
            held = engine.holding(account, market)
            if held.cash_ticks or any(held.quantities):
                quantities = dict(zip(contracts, held.quantities, strict=True))
                twin.restore_holding(account, market, held.cash_ticks, quantities)
        orders = [order for contract in contracts for order in engine.open_orders(contract)]
        for order in sorted(orders, key=lambda order: order.seq):
            twin.restore_order(
                order.order,
                order.account,
                order.contract,
                order.side,
                order.price_ticks,
                order.quantity,
                order.open_quantity,
                order.seq,
                order.terms,
            )
    return twin


@pytest.mark.parametrize("seed", range(3))
def test_restored_engine_has_the_same_digest_and_goes_on_alike(seed):
    engine = Engine(PAYOUT)
    for number, command in enumerate(plain_commands(seed, 200)):
        engine.apply(command)
        if number > 10 and number % 20 == 0:
            twin = restored(engine)
            twin.check_invariants()
            assert twin.digest() == engine.digest()
    facts = {account: AccountFacts(engine.available_ticks(account)) for account in ACCOUNTS}
    twin = restored(engine)
    for each in (engine, twin):
        each.begin(facts)
    for command in plain_commands(seed + 100, 50):
        assert twin.apply(command) == engine.apply(command)
    assert twin.digest() == engine.digest()


def test_digest_tells_queue_places_apart():
    digests = []
    for orders in ((1, 2), (2, 1)):
        engine = Engine(unlimited_funds=True)
        engine.apply(OpenMarket(1, (11,)))
        for order in orders:
            engine.apply(PlaceOrder(order, 7, 11, Side.BUY, 4500, 10))
        digests.append(engine.digest())
    assert digests[0] != digests[1]


def test_digest_does_not_know_funds_or_accounts_that_never_traded():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    twin = Engine()
    twin.restore_market(1, (11,), False, 10_000, 1, MarketStatus.OPEN, 1)
    twin.restore_holding(7, 1, 0, {11: 0})
    assert twin.digest() == engine.digest()


@pytest.mark.parametrize(("cash_ticks", "quantity"), [(5, 0), (0, 1), (-300, 10)])
def test_digest_knows_cash_and_quantities(cash_ticks, quantity):
    digests = []
    for held in ((cash_ticks, quantity), (0, 0)):
        engine = Engine()
        engine.restore_market(1, (11,), False, 100, 1, MarketStatus.OPEN, 5)
        engine.restore_holding(7, 1, held[0], {11: held[1]})
        digests.append(engine.digest())
    assert digests[0] != digests[1]


def test_market_that_is_over_takes_no_holdings():
    engine = Engine()
    engine.restore_market(1, (11,), False, 100, 1, MarketStatus.SETTLED, 5)
    with pytest.raises(AssertionError):
        engine.restore_holding(7, 1, 5, {11: 1})


def test_restored_holding_and_orders_count_together_in_any_order():
    twins = []
    for holding_first in (True, False):
        twin = Engine()
        twin.restore_market(1, (11, 12), False, 100, 1, MarketStatus.HALTED, 5)
        for step in (holding_first, not holding_first):
            if step:
                twin.restore_holding(7, 1, -300, {11: 10})
                twin.restore_holding(8, 1, 300, {11: -10})
            else:
                twin.restore_order(3, 7, 12, Side.SELL, 40, 5, 4, 4)
        twin.check_invariants()
        twins.append((twin.digest(), twin.exposure_ticks(7, 1)))
    assert twins[0] == twins[1]
    assert twins[0][1] == 540
