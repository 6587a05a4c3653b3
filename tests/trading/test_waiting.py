"""Waiting for the book's answers: what is received is never called lost, and nobody looks alone."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from core.errors import Code, Problem
from exchange.trading import waiting
from exchange.trading.answers import Answer
from exchange.trading.models import Outcome
from exchange.trading.waiting import Waiters, wait_for
from tests.factories import WHEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiters(monkeypatch):
    """The waiters of a process that nobody has waited in before."""
    fresh = Waiters()
    monkeypatch.setattr(waiting, "waiters", fresh)
    return fresh


def decide(*command_ids):
    for command_id in command_ids:
        Outcome.objects.create(command_id=command_id, kind="CancelOrder", decided_at=WHEN)


def test_database_that_goes_away_leaves_the_command_pending(settings, monkeypatch, waiters):
    settings.REPLY_TIMEOUT_S = 0.1

    def fail(_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("exchange.trading.waiting.find_answers", fail)
    monkeypatch.setattr("exchange.trading.waiting.connection.close", lambda: None)
    with waiters.expect([5]) as wait:
        wait_for(wait)
        assert wait.answer_to(5) == Answer(command_id=5, pending=True)


def test_answer_reaches_who_waits(waiters):
    with waiters.expect([5]) as wait:
        waiters.resolve([Answer(command_id=5, reason="market_halted"), Answer(command_id=6)])
        wait_for(wait)
        assert wait.answers == {5: Answer(command_id=5, reason="market_halted")}


def test_several_commands_are_waited_for_until_the_last(waiters):
    with waiters.expect([1, 2]) as wait:
        waiters.resolve([Answer(command_id=2)])
        assert (wait.done.done(), wait.missing()) == (False, {1})
        waiters.resolve([Answer(command_id=1)])
        assert (wait.done.done(), wait.missing()) == (True, frozenset())


def test_command_sent_before_is_waited_for_under_its_first_id(waiters):
    with waiters.expect([1]) as first, waiters.expect([2, 3]) as again:
        waiters.received(again, [2, 3], [1, Problem(Code.CLIENT_ORDER_ID_REUSED)])
        waiters.resolve([Answer(command_id=2), Answer(command_id=3)])
        assert not again.done.done()
        waiters.resolve([Answer(command_id=1, reason="max_cost")])
        assert first.answer_to(1) == again.answer_to(1) == Answer(command_id=1, reason="max_cost")
        assert again.done.done()


def test_nothing_is_kept_of_who_waits_no_more(waiters):
    with waiters.expect([1, 2]) as wait:
        waiters.received(wait, [1, 2], [7, 2])
        waiters.resolve([Answer(command_id=2)])
    assert (waiters._waits, waiters._by_command) == ({}, {})


def test_cancels_have_places_when_orders_have_none(settings, waiters):
    settings.REPLY_WAITERS_MAX = 2
    with waiters.expect([1], is_order=True), waiters.expect([2], is_order=True):
        with pytest.raises(Problem) as refused, waiters.expect([3], is_order=True):
            pass
        assert refused.value.code is Code.UNAVAILABLE
        with waiters.expect([4]):
            pass
    with waiters.expect([5], is_order=True):
        pass


def test_lost_replies_of_many_are_found_by_one_look(waiters):
    decide(*range(1, 101))
    waits = [waiters.begin([command_id]) for command_id in range(1, 101)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        waiters.look_up()
    assert all(wait.done.done() for wait in waits)
    assert len(queries) == 1  # among the orders and the outcomes


def test_look_leaves_out_who_has_only_begun_to_wait(waiters, monkeypatch):
    waiters.channel = "replies.here"
    decide(1)
    wait = waiters.begin([1])
    assert not waiters.has_old()
    waiters.look_up()
    assert not wait.done.done()
    monkeypatch.setattr(waiting, "_LOOKS_S", (0.0,))
    assert waiters.has_old()
    waiters.look_up()
    assert wait.done.done()


def test_look_is_left_to_the_thread_that_looks_already(waiters):
    decide(1)
    wait = waiters.begin([1])
    with waiters._looking, CaptureQueriesContext(connection) as queries:
        waiters.look_up()
    assert (len(queries), wait.done.done()) == (0, False)
    waiters.look_up()
    assert wait.done.done()


def test_busy_exchange_is_given_more_time_before_an_answer_counts_as_lost(waiters, monkeypatch):
    waiters.channel = "replies.here"
    monkeypatch.setattr(waiting, "_LOOKS_S", (0.0,))
    assert waiters._patience_s() == 0
    slow = waiters.begin([1])
    slow.since_s -= 0.8  # as if it had begun so long ago
    waiters.resolve([Answer(command_id=1)], are_told=True)
    assert 0.15 <= waiters._patience_s() <= 0.2
    for command_id in range(2, 100):
        waiters.begin([command_id]).since_s -= 60
        waiters.resolve([Answer(command_id=command_id)], are_told=True)
    assert waiters._patience_s() == 2


def test_answers_that_had_to_be_looked_up_do_not_make_the_next_ones_later(waiters):
    waiters.channel = "replies.here"
    for command_id in range(1, 20):
        decide(command_id)
        wait = waiters.begin([command_id])
        wait.since_s -= 1  # its message is lost, and it has waited long enough
        waiters._looked_at_s = 0.0
        waiters.look_up()
        assert wait.done.done()
    assert waiters._patience_s() == 0.15


def test_command_sent_before_is_looked_up_at_once_and_teaches_nothing(waiters):
    # Its message may have come and gone: however busy the exchange is, none is waited for.
    waiters.channel, waiters._usual_s = "replies.here", 10.0
    decide(1)
    with waiters.expect([2]) as again:
        waiters.received(again, [2], [1])
        assert waiters.has_old()
        waiters.look_up()
        assert again.done.done()
    assert waiters._usual_s == 10.0
