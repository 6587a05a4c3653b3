"""Bars that follow each other join to the bar of all their prints."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.marketdata.candles.bars import Print, bar_of, half_even, join_all, start_of


def prints_of(prices):
    return [
        Print(market=1, contract=1, trade=n, seq=n, price_ticks=price, quantity=quantity, time_s=n)
        for n, (price, quantity) in enumerate(prices, start=1)
    ]


PRICES = st.lists(st.tuples(st.integers(1, 9_999), st.integers(1, 10**9)), min_size=1, max_size=12)


@given(prices=PRICES, data=st.data())
def test_bars_join_to_the_same_wherever_they_are_cut(prices, data):
    bars = [bar_of(one) for one in prints_of(prices)]
    cut = data.draw(st.integers(0, len(bars)))
    halves = [join_all(bars[:cut]), join_all(bars[cut:])]

    joined = join_all(bar for bar in halves if bar is not None)

    assert joined == join_all(bars)
    only = [price for price, _ in prices]
    assert (joined.open_ticks, joined.close_ticks) == (only[0], only[-1])
    assert (joined.high_ticks, joined.low_ticks) == (max(only), min(only))
    assert (joined.price_sum_ticks, joined.trades) == (sum(only), len(only))
    assert joined.notional_ticks == sum(price * quantity for price, quantity in prices)
    assert joined.volume == sum(quantity for _, quantity in prices)
    assert (joined.first_trade, joined.last_trade, joined.last_seq) == (1, len(only), len(only))


def test_no_bars_join_to_none():
    assert join_all([]) is None


@given(numerator=st.integers(0, 10**18), denominator=st.integers(1, 10**12))
def test_half_even_rounds_as_fractions_do(numerator, denominator):
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("time_s", "interval_s", "start_s"),
    [(0, 300, 0), (299, 300, 0), (300, 300, 300), (86_399, 86_400, 0), (90_000, 3_600, 90_000)],
)
def test_window_begins_at_a_multiple_of_its_length(time_s, interval_s, start_s):
    assert start_of(time_s, interval_s) == start_s
