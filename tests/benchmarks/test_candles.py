"""The lag of candles is of every trade, from its commit to the first push that has it."""

from benchmarks.candles.measure import lags_ms


def test_each_trade_waits_for_the_first_push_that_has_it():
    committed = [0.0, 0.5, 0.5, 1.0]
    pushed = [(0.75, 2), (0.8, 2), (1.25, 4)]

    assert lags_ms(committed, pushed) == [750, 250, 750, 250]


def test_trade_that_was_never_pushed_has_no_lag():
    assert lags_ms([0.0, 1.0], [(0.5, 1)]) == [500]
