"""Waiting for the book's answer: what is received is never called lost."""

from concurrent.futures import Future

import pytest
from django.db import OperationalError

from core.errors import Code, Problem
from exchange.trading.answers import Answer
from exchange.trading.waiting import Waiters, wait_for

pytestmark = pytest.mark.django_db


def test_database_that_goes_away_leaves_the_command_pending(settings, monkeypatch):
    settings.REPLY_TIMEOUT_S = 0.1

    def fail(_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("exchange.trading.waiting.find_answer", fail)
    monkeypatch.setattr("exchange.trading.waiting.connection.close", lambda: None)
    assert wait_for(5, Future()) == Answer(command_id=5, pending=True)


def test_answer_reaches_who_waits():
    waiters = Waiters()
    with waiters.expect(5) as future:
        waiters.resolve(Answer(command_id=5, reason="market_halted"))
        waiters.resolve(Answer(command_id=6))
        assert future.result(0) == Answer(command_id=5, reason="market_halted")


def test_cancels_have_places_when_orders_have_none(settings):
    settings.REPLY_WAITERS_MAX = 2
    waiters = Waiters()
    with waiters.expect(1, is_order=True), waiters.expect(2, is_order=True):
        with pytest.raises(Problem) as refused, waiters.expect(3, is_order=True):
            pass
        assert refused.value.code is Code.UNAVAILABLE
        with waiters.expect(4):
            pass
    with waiters.expect(5, is_order=True):
        pass
