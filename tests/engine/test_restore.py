"""An engine restored from rows is the engine that lived on."""

import hashlib

import pytest

from exchange.engine import AccountFacts, Engine, MarketStatus, Side
from exchange.engine.commands import (
    CrossTrade,
    Fund,
    HaltMarket,
    OpenMarket,
    PlaceOrder,
    ResumeMarket,
    SetGroup,
    SettleMarket,
    Terms,
    Tick,
    VoidTrade,
)
from exchange.engine.snapshot import SnapshotError
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


def _halfway() -> Engine:
    """An engine in an auction, with a market that is over and a trade that may be voided."""
    engine = Engine(PAYOUT, keeps_trades=True)
    for market in (1, 2, 3):
        engine.apply(OpenMarket(market, (10 * market,), payout_ticks=None))
    for account in (7, 8):
        engine.apply(Fund(account, 1000, time=5))
    engine.apply(CrossTrade(20, 7, 8, 9, 3))
    engine.apply(SettleMarket(3, 30))
    engine.apply(HaltMarket(1))
    engine.apply(ResumeMarket(1, auction=True, auction_ends_at=50))
    engine.apply(PlaceOrder(1, 7, 10, Side.BUY, 9, 3))
    engine.apply(PlaceOrder(2, 8, 10, Side.SELL, 8, 3))
    return engine


def test_snapshot_in_an_auction_goes_on_as_the_engine_does():
    engine = _halfway()
    twin = Engine.restore(engine.snapshot())
    assert twin.digest() == engine.digest()
    for command in (
        Tick(time=60),
        VoidTrade(1),
        VoidTrade(1),
        PlaceOrder(3, 7, 30, Side.BUY, 9, 3),
    ):
        assert twin.apply(command) == engine.apply(command)
    twin.check_invariants()


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_snapshot_that_is_damaged_is_refused(cut):
    data = bytearray(_halfway().snapshot())
    del data[cut]
    with pytest.raises(SnapshotError, match="damaged or not whole"):
        Engine.restore(bytes(data))


def test_snapshot_of_another_version_is_refused():
    body = b"".join(_halfway().snapshot().splitlines(keepends=True)[:-1])
    body = body.replace(b'["engine",1,', b'["engine",9,', 1)
    end = f'["end","{hashlib.sha256(body).hexdigest()}"]\n'.encode()
    with pytest.raises(SnapshotError, match="of version 9, not 1"):
        Engine.restore(body + end)


def test_engine_that_keeps_no_trades_gives_the_same_events_but_voids_none():
    keeping, other = (Engine(PAYOUT, keeps_trades=keeps) for keeps in (True, False))
    given = [
        OpenMarket(1, (10,), payout_ticks=None),
        Fund(7, 1000, time=5),
        Fund(8, 1000),
        SetGroup(7, 1, 100, 60),
        CrossTrade(10, 7, 8, 9, 3),
        PlaceOrder(1, 7, 10, Side.BUY, 9, 3, Terms(group=1)),
        PlaceOrder(2, 8, 10, Side.SELL, 9, 2),
        HaltMarket(1),
        ResumeMarket(1, auction=True, auction_ends_at=50),
        PlaceOrder(3, 8, 10, Side.SELL, 9, 1),
        Tick(time=50),
    ]
    assert [keeping.apply(command) for command in given] == [
        other.apply(command) for command in given
    ]
    assert keeping.digest() == other.digest()
    for trade in (1, 2, 3):
        (voided,), (refused,) = keeping.apply(VoidTrade(trade)), other.apply(VoidTrade(trade))
        assert voided.trade == trade
        assert refused.reason == "unknown_trade"


def test_rolling_back_the_end_of_an_auction_lets_it_end_again():
    engine = _halfway()
    before = engine.digest()
    engine.begin({})
    first = engine.apply(Tick(time=50))
    engine.rollback()
    engine.check_invariants()
    assert engine.digest() == before
    assert engine.apply(Tick(time=50)) == first
