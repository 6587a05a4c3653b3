"""The book that the engine is measured against must be a right one, and do the same work."""

from collections import Counter

import pytest

from benchmarks.engine.feeding import check
from benchmarks.engine.floor import Book
from benchmarks.engine.stream import AMEND, CANCEL, DEEP, PLACE, STEADY, make_stream


def test_better_prices_trade_first_then_older_orders():
    book = Book()
    for number, price in ((1, 51), (2, 50), (3, 50), (4, 52)):
        book.place(number, False, price, 10)
    assert book.place(5, True, 51, 25) == [(2, 50, 10), (3, 50, 10), (1, 51, 5)]
    assert book.place(6, True, 51, 9) == [(1, 51, 5)]
    assert book.place(7, False, 51, 5) == [(6, 51, 4)]


def test_a_cancelled_order_is_gone_wherever_it_stood():
    book = Book()
    for number in range(1, 5):
        book.place(number, True, 50, 10)
    assert [book.cancel(number) for number in (2, 1, 4, 4)] == [10, 10, 10, 0]
    assert book.place(5, False, 50, 20) == [(3, 50, 10)]


def test_only_a_smaller_order_keeps_its_place():
    book = Book()
    for number in (1, 2, 3):
        book.place(number, False, 50, 10)
    book.amend(1, 11, 50, 4)
    book.amend(2, 12, 50, 11)
    assert book.place(9, True, 50, 25) == [(11, 50, 4), (3, 50, 10), (12, 50, 11)]


@pytest.mark.parametrize("mix", [DEEP._replace(resting=3_000), STEADY], ids=lambda mix: mix.name)
def test_the_engine_fills_as_the_floor_does(mix):
    stream = make_stream(mix, 5_000, seed=7)
    assert check(stream.load, stream.commands) > 1_000


@pytest.mark.parametrize("mix", [DEEP, STEADY], ids=lambda mix: mix.name)
def test_a_stream_is_as_mixed_as_it_says(mix):
    kinds = Counter(step.kind for step in make_stream(mix._replace(resting=1_000), 5_000).commands)
    assert kinds[PLACE] / 50 == pytest.approx(mix.places, abs=3)
    assert kinds[CANCEL] / 50 == pytest.approx(mix.cancels, abs=3)
    assert kinds[AMEND] / 50 == pytest.approx(100 - mix.places - mix.cancels, abs=3)
