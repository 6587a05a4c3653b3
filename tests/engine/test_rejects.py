"""Reasons to refuse an order, walked in order of precedence."""

import pytest

from exchange.engine import AccountFacts, Engine, RejectReason, Side, commands
from exchange.engine.commands import OpenMarket, PlaceOrder
from exchange.engine.events import OrderAccepted, OrderRejected

# An order with every fault at once, and the repair of one fault after another, in order.
ALL_FAULTS = {
    "order": 1,
    "account": 7,
    "contract": 99,
    "side": Side.BUY,
    "price_ticks": 103,
    "quantity": 0,
}
REPAIRS = [
    ("unknown_contract", {"contract": 11}),
    ("duplicate_order", {"order": 2}),
    ("market_halted", commands.ResumeMarket(1)),
    ("invalid_price", {"price_ticks": 43}),
    ("price_off_tick", {"price_ticks": 40}),
    ("invalid_quantity", {"quantity": 10}),
    ("account_suspended", {"account": 8}),
    ("insufficient_funds", {"quantity": 9}),
]


def engine_to_refuse() -> Engine:
    """An engine with a halted market, order 1 in it, account 7 suspended, 8 with 360 ticks."""
    engine = Engine(payout_ticks=100)
    engine.apply(OpenMarket(1, (11,), payout_ticks=100, price_step_ticks=20))
    engine.begin({7: AccountFacts(100)})
    engine.apply(PlaceOrder(1, 7, 11, Side.BUY, 20, 1))
    engine.apply(commands.HaltMarket(1))
    engine.commit()
    engine.begin({7: AccountFacts(10**6, suspended=True), 8: AccountFacts(360)})
    return engine


def test_reasons_in_order_of_precedence():
    engine = engine_to_refuse()
    faulty = dict(ALL_FAULTS)
    for reason, repair in REPAIRS:
        command = PlaceOrder(**faulty)
        market = None if reason == "unknown_contract" else 1
        seq = None if market is None else engine.market_seq(1) + 1
        assert engine.apply(command) == [
            OrderRejected(
                seq,
                market,
                command.contract,
                command.order,
                command.account,
                RejectReason(reason),
            )
        ]
        if isinstance(repair, dict):
            faulty |= repair
        else:
            engine.apply(repair)
        engine.check_invariants()
    assert isinstance(engine.apply(PlaceOrder(**faulty))[0], OrderAccepted)


def test_the_walk_leaves_out_only_the_other_statuses():
    walked = [reason for reason, _ in REPAIRS]
    listed = list(RejectReason)[: list(RejectReason).index("insufficient_funds") + 1]
    others = ["market_closed", "market_settled", "market_voided"]
    assert [reason for reason in listed if reason not in others] == walked


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (commands.CloseMarket(1), "market_closed"),
        (commands.SettleMarket(1, 11), "market_settled"),
        (commands.VoidMarket(1), "market_voided"),
    ],
)
def test_a_market_that_has_ended_comes_before_the_rest(way, reason):
    engine = engine_to_refuse()
    engine.apply(way)
    faulty = ALL_FAULTS | {"contract": 11}
    assert engine.apply(PlaceOrder(**faulty))[0].reason == reason


@pytest.mark.parametrize("price_ticks", [-(10**30), -1, 0, 100, 101, 10**30])
def test_price_outside_the_payout(price_ticks):
    engine = Engine(payout_ticks=100, unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,), payout_ticks=None))
    (event,) = engine.apply(PlaceOrder(1, 7, 11, Side.SELL, price_ticks, 1))
    assert event.reason is RejectReason.INVALID_PRICE


@pytest.mark.parametrize("price_ticks", [1, 99])
@pytest.mark.parametrize("quantity", [1, 1_000_000_000])
@pytest.mark.parametrize("side", Side)
def test_the_last_price_and_quantity_that_are_good(price_ticks, quantity, side):
    engine = Engine(payout_ticks=100, unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,), payout_ticks=None))
    (event,) = engine.apply(PlaceOrder(1, 7, 11, side, price_ticks, quantity))
    assert isinstance(event, OrderAccepted)
    engine.check_invariants()


@pytest.mark.parametrize("quantity", [-1, 0, 1_000_000_001])
def test_quantity_out_of_bounds(quantity):
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    (event,) = engine.apply(PlaceOrder(1, 7, 11, Side.SELL, 10, quantity))
    assert event.reason is RejectReason.INVALID_QUANTITY


def test_suspension_holds_even_with_unlimited_funds():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    engine.begin({7: AccountFacts(0, suspended=True)})
    (event,) = engine.apply(PlaceOrder(1, 7, 11, Side.SELL, 10, 1))
    assert event.reason is RejectReason.ACCOUNT_SUSPENDED
