"""Exposure against brute force over every way that orders may fill.

Its examples are told in tests/engine/scenarios/exposure.md.
"""

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.engine.exposure import exposure_ticks, outcome_worths

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
    assert exposure_ticks(cash, quantities, buys, sells, 10, other) == max(0, -min(worst))


def subsets(orders):
    return chain.from_iterable(combinations(orders, size) for size in range(len(orders) + 1))


def end_of(cash, quantities, filled, winner):
    for outcome, is_buy, price, quantity in filled:
        gain = (10 if outcome == winner else 0) - price
        cash += quantity * (gain if is_buy else -gain)
    return cash + (10 * quantities[winner] if winner is not None else 0)


@pytest.mark.parametrize(
    ("quantities", "buys", "sells"),
    [
        ([1, 2], [0], [0]),
        ([1], [0, 0], [0, 0]),
        ([1, 2], [0, 0], [0]),
        ([1], [0], [0, 0]),
        ([], [], []),
    ],
)
def test_numbers_for_other_outcomes_are_a_mistake_of_the_caller(quantities, buys, sells):
    with pytest.raises(AssertionError):
        outcome_worths(0, quantities, buys, sells, 10, other=True)
