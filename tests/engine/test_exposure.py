"""Exposure: examples from the field, and brute force over every way that orders may fill."""

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.engine.exposure import exposure_ticks, outcome_worths
from tests.engine.dsl import play

# The Smarkets example lays 10 against A at odds of 3.15 and 10 against B at 2.52. Odds are
# payout / price and 10 is what comes in, so with a payout of 63 ticks and 630 ticks to the credit:
# 315 A sold at 20 and 252 B sold at 25.
PAYOUT = 63
CREDIT = 630


def test_lays_on_two_outcomes_hold_the_worst_one_only():
    worths = outcome_worths(20 * 315 + 25 * 252, [-315, -252], [0, 0], [0, 0], PAYOUT, True)
    assert worths == [-11.5 * CREDIT, -5.2 * CREDIT, 20 * CREDIT]
    held = exposure_ticks(20 * 315 + 25 * 252, [-315, -252], [0, 0], [0, 0], PAYOUT, True)
    assert held == 11.5 * CREDIT


def test_open_lays_hold_the_larger_not_the_sum():
    collateral = [315 * (PAYOUT - 20), 252 * (PAYOUT - 25)]
    assert exposure_ticks(0, [0, 0], [0, 0], collateral, PAYOUT, True) == 21.5 * CREDIT


def test_long_holds_its_price_and_short_the_rest():
    assert exposure_ticks(-10 * 40, [10], [0], [0], 100, True) == 400
    assert exposure_ticks(10 * 40, [-10], [0], [0], 100, True) == 600
    assert exposure_ticks(0, [0], [10 * 40], [0], 100, True) == 400
    assert exposure_ticks(0, [0], [0], [10 * 60], 100, True) == 600


def test_complete_set_needs_nothing_where_no_other_outcome_can_win():
    paid = -(30 + 30 + 40) * 5
    assert exposure_ticks(paid, [5, 5, 5], [0] * 3, [0] * 3, 100, False) == 0
    assert exposure_ticks(paid, [5, 5, 5], [0] * 3, [0] * 3, 100, True) == 500


def test_profit_that_is_locked_in_gives_no_credit():
    assert exposure_ticks(500, [0, 0], [0, 0], [0, 0], 100, False) == 0


def test_bids_on_every_outcome_hold_all_but_the_cheapest():
    play("""
        > open 1: 11 12 13
            opened 1
        > fund alice 100
        > alice buys 1 @ 30 of 11 #1
            accepted #1
        > alice buys 1 @ 40 of 12 #2
            accepted #2
        > alice buys 1 @ 50 of 13 #3
            accepted #3
        alice: exposure 90, available 10, cash 0, holds 0 0 0
    """)


def test_selling_one_leg_of_a_complete_set_needs_money():
    play("""
        > open 1: 11 12
            opened 1
        > fund alice 100
        > fund bob 1000
        > bob sells 1 @ 40 of 11 #1
            accepted #1
        > bob sells 1 @ 60 of 12 #2
            accepted #2
        > alice buys 1 @ 40 of 11 #3
            accepted #3
            traded 1 @ 40: #1 0 left, #3 0 left
        > alice buys 1 @ 60 of 12 #4
            accepted #4
            traded 1 @ 60: #2 0 left, #4 0 left
        alice: exposure 0, available 100, cash -100, holds 1 1
        > alice sells 1 @ 45 of 11 #5
            accepted #5
        alice: exposure 55, available 45, cash -100, holds 1 1
    """)


open_orders = st.lists(
    st.tuples(st.integers(0, 2), st.booleans(), st.integers(1, 9), st.integers(1, 5)),
    max_size=5,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    cash=st.integers(-40, 40),
    quantities=st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    orders=open_orders,
    other=st.booleans(),
)
def test_worth_is_the_worst_over_every_way_that_orders_may_fill(cash, quantities, orders, other):
    buys, sells = [0, 0, 0], [0, 0, 0]
    for outcome, is_buy, price, quantity in orders:
        held = buys if is_buy else sells
        held[outcome] += quantity * (price if is_buy else 10 - price)
    winners = [0, 1, 2, None] if other else [0, 1, 2]
    worst = [
        min(end_of(cash, quantities, filled, winner) for filled in subsets(orders))
        for winner in winners
    ]
    assert outcome_worths(cash, quantities, buys, sells, 10, other) == worst


def subsets(orders):
    return chain.from_iterable(combinations(orders, size) for size in range(len(orders) + 1))


def end_of(cash, quantities, filled, winner):
    for outcome, is_buy, price, quantity in filled:
        gain = (10 if outcome == winner else 0) - price
        cash += quantity * (gain if is_buy else -gain)
    return cash + (10 * quantities[winner] if winner is not None else 0)
