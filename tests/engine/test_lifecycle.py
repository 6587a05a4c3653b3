"""Every command on a market in every status, and what a market is when it is over."""

from itertools import product

import pytest

from exchange.engine import Engine, MarketStatus, RejectReason, commands
from exchange.engine.commands import (
    CloseMarket,
    HaltMarket,
    OpenMarket,
    ResumeMarket,
    SettleMarket,
    VoidMarket,
)
from exchange.engine.events import CommandRejected

OPEN, HALTED, AUCTION, CLOSED, SETTLED, VOIDED = MarketStatus
COLLECT = ResumeMarket(1, auction=True, auction_ends_at=9000)

# How to get there, and what each command then does: a new status, or a reason.
WAY = {
    OPEN: [],
    HALTED: [HaltMarket(1)],
    AUCTION: [HaltMarket(1), COLLECT],
    CLOSED: [CloseMarket(1)],
    SETTLED: [SettleMarket(1, 11)],
    VOIDED: [VoidMarket(1)],
}
COMMANDS = (
    HaltMarket(1),
    ResumeMarket(1),
    COLLECT,
    CloseMarket(1),
    SettleMarket(1, 11),
    VoidMarket(1),
)
TABLE = {
    #         halt             resume         resume with auction  close     settle     void
    OPEN: ("halted", "market_open", "market_open", "closed", "settled", "voided"),
    HALTED: ("market_halted", "open", "auction", "closed", "settled", "voided"),
    AUCTION: ("halted", "open", "market_in_auction", "closed", "settled", "voided"),
    CLOSED: ("market_closed",) * 4 + ("settled", "voided"),
    SETTLED: ("market_settled",) * 6,
    VOIDED: ("market_voided",) * 6,
}
# The only event whose name is not that of the new status.
NAMES = {OPEN: "MarketResumed", AUCTION: "AuctionStarted"}


def engine_with(status: MarketStatus) -> Engine:
    engine = Engine()
    for command in (OpenMarket(1, (11,)), *WAY[status]):
        engine.apply(command)
    assert engine.market_status(1) is status
    return engine


@pytest.mark.parametrize(("status", "index"), list(product(MarketStatus, range(len(COMMANDS)))))
def test_transition(status, index):
    engine = engine_with(status)
    command, outcome = COMMANDS[index], TABLE[status][index]
    seq = engine.market_seq(1)
    (event,) = engine.apply(command)
    assert event.seq == seq + 1
    if outcome in set(MarketStatus):
        assert engine.market_status(1) == outcome
        assert type(event).__name__ == NAMES.get(outcome, f"Market{outcome.capitalize()}")
    else:
        name = type(command).__name__
        assert event == CommandRejected(seq + 1, 1, name, RejectReason(outcome))
        assert engine.market_status(1) is status
    engine.check_invariants()


@pytest.mark.parametrize("command", COMMANDS)
def test_unknown_market_is_refused_without_seq(command):
    (event,) = Engine().apply(command)
    name = type(command).__name__
    assert event == CommandRejected(None, 1, name, RejectReason.UNKNOWN_MARKET)


def test_payout_is_the_engines_unless_the_market_says_another():
    engine = Engine(payout_ticks=100)
    engine.apply(OpenMarket(1, (11,), payout_ticks=None))
    engine.apply(OpenMarket(2, (21,)))
    for contract, price, reason in ((11, 100, "invalid_price"), (21, 100, "insufficient_funds")):
        order = commands.PlaceOrder(1, 7, contract, "buy", price, 1)
        assert engine.apply(order)[0].reason == reason


@pytest.mark.parametrize("status", [SETTLED, VOIDED])
def test_market_that_is_over_keeps_only_status_and_seq(status):
    engine = engine_with(status)
    assert list(engine.open_orders(11)) == list(engine.waiting_orders(11)) == []
    assert engine.depth(11).bids == []
    assert engine.holding(7, 1).quantities == (0,)
    assert engine.exposure_ticks(7, 1) == 0
    assert engine.market_of(11) == 1
    market = engine._state.markets[1]
    assert (market.books, market.portfolios) == ({}, {})
