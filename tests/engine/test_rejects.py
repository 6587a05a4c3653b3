"""A command that is wrong is refused, for the first of its faults, and changes nothing."""

import pytest

from exchange.engine import AccountFacts, Engine, RejectReason, Side
from exchange.engine.commands import OpenMarket, PlaceOrder, Terms
from exchange.engine.events import CancelRejected, CommandRejected, OrderAccepted, OrderRejected
from tests.engine.faults import PLACE, REPLACE, TABLES

REJECTS = (OrderRejected, CancelRejected, CommandRejected)


def name_of(table, *faults):
    return " ".join([table.made.__name__, " before ".join(fault.reason for fault in faults)])


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_command_without_a_fault_is_carried_out(table):
    engine = table.engine()
    given = engine.apply(table.command())
    engine.check_invariants()
    assert not [event for event in given if isinstance(event, REJECTS)]


CASES = [
    *((table, fault) for table in TABLES for fault in table.faults()),
    *((table, *pair) for table in TABLES for pair in table.pairs()),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: name_of(*case))
def test_first_fault_is_the_reason(case):
    table, *faults = case
    engine, command = table.engine(*faults), table.command(*faults)
    before, digest = seen_of(engine), engine.digest()
    (event,) = engine.apply(command)
    engine.check_invariants()
    assert isinstance(event, REJECTS)
    assert event.reason is RejectReason(faults[0].reason)
    if event.seq is None:
        assert engine.digest() == digest
    else:
        before["seqs"][event.market] += 1
        assert event.seq == before["seqs"][event.market]
    assert seen_of(engine) == before


def seen_of(engine):
    """All that a command could have changed, the numbers of the events apart from the rest."""
    contracts, accounts = (11, 12, 21), (7, 8, 9)
    return {
        "seqs": {market: engine.market_seq(market) for market in (1, 2)},
        "statuses": [engine.market_status(market) for market in (1, 2)],
        "orders": [list(engine.open_orders(contract)) for contract in contracts],
        "stops": [list(engine.waiting_orders(contract)) for contract in contracts],
        "money": [engine.available_ticks(account) for account in accounts],
        "holdings": [engine.holding(account, market) for account in accounts for market in (1, 2)],
        "other markets": engine.has_market(3),
    }


def test_reasons_are_listed_in_their_order_of_precedence():
    listed = list(RejectReason)
    last = listed.index(RejectReason.LOSS_LIMIT)
    assert [fault.reason for fault in PLACE.faults()] == listed[: last + 1]
    found = {fault.reason for table in TABLES for fault in table.faults()}
    assert found == set(listed) - {RejectReason.INTERNAL_ERROR}


def test_missing_money_is_told():
    short = next(fault for fault in PLACE.faults() if fault.reason == "insufficient_funds")
    (event,) = PLACE.engine(short).apply(PLACE.command(short))
    # Two orders of ten at 40 are open; a million at 45 are wanted.
    assert (event.have_ticks, event.need_ticks) == (10_000 - 800, 45_000_000)
    (event,) = REPLACE.engine(short).apply(REPLACE.command(short))
    assert (event.have_ticks, event.need_ticks) == (10_000 - 800, 45_000_000 - 400)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (Terms(kind="stop"), "invalid_terms"),
        (Terms(kind="stop_limit"), "invalid_terms"),
        (Terms(stop_ticks=50), "invalid_terms"),
        (Terms(kind="market", stop_ticks=50), "invalid_terms"),
        (Terms(kind="market", tif="GTD", expires_at=500), "invalid_terms"),
        (Terms(), "invalid_price"),
        (Terms(kind="stop", stop_ticks=50), "invalid_price"),
        (Terms(kind="stop_limit", stop_ticks=50), "invalid_price"),
    ],
)
def test_order_without_a_price_that_lacks_something(terms, reason):
    engine = Engine(payout_ticks=100, unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,), payout_ticks=None))
    (event,) = engine.apply(PlaceOrder(1, 7, 11, Side.BUY, None, 1, terms))
    assert event.reason is RejectReason(reason)


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


def test_suspension_holds_even_with_unlimited_funds():
    engine = Engine(unlimited_funds=True)
    engine.apply(OpenMarket(1, (11,)))
    engine.begin({7: AccountFacts(0, suspended=True)})
    (event,) = engine.apply(PlaceOrder(1, 7, 11, Side.SELL, 10, 1))
    assert event.reason is RejectReason.ACCOUNT_SUSPENDED
