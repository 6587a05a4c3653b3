"""Every command on a market in every status; what settling and voiding do to orders and money."""

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
from tests.engine.dsl import play

OPEN, HALTED, CLOSED, SETTLED, VOIDED = MarketStatus

# How to get there, and what each command then does: a new status, or a reason.
WAY = {
    OPEN: [],
    HALTED: [HaltMarket(1)],
    CLOSED: [CloseMarket(1)],
    SETTLED: [SettleMarket(1, 11)],
    VOIDED: [VoidMarket(1)],
}
TABLE = {
    #         halt               resume             close              settle             void
    OPEN: ("halted", "market_open", "closed", "settled", "voided"),
    HALTED: ("market_halted", "open", "closed", "settled", "voided"),
    CLOSED: ("market_closed", "market_closed", "market_closed", "settled", "voided"),
    SETTLED: ("market_settled",) * 5,
    VOIDED: ("market_voided",) * 5,
}
COMMANDS = (HaltMarket(1), ResumeMarket(1), CloseMarket(1), SettleMarket(1, 11), VoidMarket(1))


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
        assert type(event).__name__.startswith("Market")
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


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (OpenMarket(1, ()), "market_exists"),
        (OpenMarket(2, ()), "invalid_contracts"),
        (OpenMarket(2, (11, 11)), "invalid_contracts"),
        (OpenMarket(2, (21, 11), payout_ticks=1), "contract_exists"),
        (OpenMarket(2, (21,), payout_ticks=1, price_step_ticks=0), "invalid_payout"),
        (OpenMarket(2, (21,), payout_ticks=-5), "invalid_payout"),
        (OpenMarket(2, (21,), price_step_ticks=0), "invalid_price_step"),
        (OpenMarket(2, (21,), price_step_ticks=10_000), "invalid_price_step"),
    ],
)
def test_market_that_cannot_be_opened(command, reason):
    engine = engine_with(OPEN)
    before = engine.digest()
    (event,) = engine.apply(command)
    seq = 2 if reason == "market_exists" else None
    assert event == CommandRejected(seq, command.market, "OpenMarket", RejectReason(reason))
    assert not engine.has_market(2)
    assert engine.market_of(21) is None
    assert (engine.digest() == before) is (seq is None)


def test_payout_is_the_engines_unless_the_market_says_another():
    engine = Engine(payout_ticks=100)
    engine.apply(OpenMarket(1, (11,), payout_ticks=None))
    engine.apply(OpenMarket(2, (21,)))
    engine.begin({})
    for contract, price, reason in ((11, 100, "invalid_price"), (21, 100, "insufficient_funds")):
        order = commands.PlaceOrder(1, 7, contract, "buy", price, 1)
        assert engine.apply(order)[0].reason == reason


def test_halted_market_lets_orders_go_but_not_come():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > alice buys 2 @ 45 #1
            accepted #1
        > alice buys 2 @ 44 #2
            accepted #2
        > halt 1
            halted 1
        > alice buys 1 @ 45 #3
            rejected #3: market_halted
        > alice reduces #1 by 1
            reduced #1 by 1: 1 left
        > alice cancels #2
            cancelled #2: 2, member
        > resume 1
            resumed 1
        > alice buys 1 @ 45 #3
            accepted #3
        book 11
            buy 1 @ 45 #1 alice
            buy 1 @ 45 #3 alice
    """)


def test_close_cancels_by_contract_then_side_then_priority():
    play("""
        > open 1: 12 11
            opened 1
        > fund alice 9000
        > alice sells 1 @ 60 of 11 #1
            accepted #1
        > alice buys 1 @ 40 of 11 #2
            accepted #2
        > alice sells 1 @ 61 of 12 #3
            accepted #3
        > alice sells 1 @ 60 of 12 #4
            accepted #4
        > alice buys 1 @ 40 of 12 #5
            accepted #5
        > alice buys 1 @ 41 of 12 #6
            accepted #6
        > close 1
            cancelled #6: 1, market_closed
            cancelled #5: 1, market_closed
            cancelled #4: 1, market_closed
            cancelled #3: 1, market_closed
            cancelled #2: 1, market_closed
            cancelled #1: 1, market_closed
            closed 1
        > alice buys 1 @ 41 of 12 #7
            rejected #7: market_closed
        alice: exposure 0, available 9000, cash 0, holds 0 0
    """)


def test_settlement_cancels_then_pays_in_order_of_account():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > fund charlie 1000
        > bob buys 10 @ 40 #1
            accepted #1
        > alice sells 6 @ 40 #2
            accepted #2
            traded 6 @ 40: #1 4 left, #2 0 left
        > charlie buys 1 @ 30 #3
            accepted #3
        > settle 1: 11
            cancelled #1: 4, market_settled
            cancelled #3: 1, market_settled
            settled alice: -360
            settled bob: 360
            settled 1: 11
        book 11
        alice: exposure 0, available 640, cash 0, holds 0
        bob: exposure 0, available 1360, cash 0, holds 0
        charlie: exposure 0, available 1000, cash 0, holds 0
        > alice buys 1 @ 30 #9
            rejected #9: market_settled
        > alice cancels #1
            refused #1: unknown_order
    """)


def test_settlement_on_the_outcome_without_a_book():
    play("""
        > open 1: 11 12 other
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice buys 5 @ 40 of 12 #1
            accepted #1
        > bob sells 5 @ 40 of 12 #2
            accepted #2
            traded 5 @ 40: #1 0 left, #2 0 left
        > settle 1: 13
            refused SettleMarket: invalid_winner
        > settle 1: none
            settled alice: -200
            settled bob: 200
            settled 1: none
    """)


def test_no_outcome_without_a_book_where_the_market_has_none():
    play("""
        > open 1: 11 12
            opened 1
        > settle 1: none
            refused SettleMarket: invalid_winner
        > settle 1: 12
            settled 1: 12
        > settle 1: none
            refused SettleMarket: market_settled
    """)


def test_settlement_of_an_account_that_comes_out_even_is_not_an_event():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > alice buys 5 @ 40 #1
            accepted #1
        > bob sells 5 @ 40 #2
            accepted #2
            traded 5 @ 40: #1 0 left, #2 0 left
        > bob buys 5 @ 40 #3
            accepted #3
        > alice sells 5 @ 40 #4
            accepted #4
            traded 5 @ 40: #3 0 left, #4 0 left
        > settle 1: 11
            settled 1: 11
    """)


def test_void_moves_no_money():
    play("""
        > open 1: 11
            opened 1
        > fund alice 1000
        > fund bob 1000
        > bob buys 10 @ 40 #1
            accepted #1
        > alice sells 6 @ 40 #2
            accepted #2
            traded 6 @ 40: #1 4 left, #2 0 left
        > void 1
            cancelled #1: 4, market_voided
            voided 1
        alice: exposure 0, available 1000, cash 0, holds 0
        bob: exposure 0, available 1000, cash 0, holds 0
        > bob buys 1 @ 40 #3
            rejected #3: market_voided
    """)


def test_market_that_is_over_keeps_only_status_and_seq():
    engine = engine_with(SETTLED)
    assert list(engine.open_orders(11)) == []
    assert engine.depth(11).bids == []
    assert engine.holding(7, 1).quantities == (0,)
    assert engine.exposure_ticks(7, 1) == 0
    assert engine.market_of(11) == 1
    market = engine._state.markets[1]
    assert (market.books, market.positions) == ({}, {})
