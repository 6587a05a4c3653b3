"""The journal's subscribers are told of each batch soon, and not of each one by one."""

import time
from collections import Counter

import pytest
from celery import current_app
from structlog.testing import capture_logs

from exchange.trading import nudging
from exchange.trading.nudging import Nudging, nudge_journal_subscribers


@pytest.fixture
def sent(monkeypatch, settings):
    """When which task was sent; only what this test nudges counts."""
    settings.JOURNAL_SUBSCRIBERS = {"one": "tasks.one", "two": "tasks.two", "slow": "tasks.slow"}
    settings.JOURNAL_SUBSCRIBERS |= {"late": "tasks.late"}
    settings.JOURNAL_NUDGED = {"one": 0.5, "two": 0.5, "slow": 1.2}
    found: list[tuple[str, float]] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, **_: found.append((name, time.monotonic()))
    )
    own = Nudging()
    monkeypatch.setattr(nudging, "_nudging", own)
    yield found
    while own._is_waiting:  # what is owed yet would be told in the next test
        time.sleep(0.01)


def wait_for(sent, count):
    deadline = time.monotonic() + 10
    while len(sent) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    assert len(sent) == count


def test_burst_sends_each_task_once_and_what_follows_it_once_more_in_its_time(sent):
    for _ in range(50):
        nudge_journal_subscribers()
    wait_for(sent, 3)
    for _ in range(50):
        nudge_journal_subscribers()
    wait_for(sent, 6)

    assert [name for name, _ in sent] == ["tasks.one", "tasks.two", "tasks.slow"] * 2
    assert sent[5][1] - sent[2][1] >= 1.0  # sent late, and then in time


def test_steady_stream_is_told_to_each_as_often_as_its_period_allows(sent):
    started = time.monotonic()
    deadline = started + 2
    while time.monotonic() < deadline:
        nudge_journal_subscribers()
        time.sleep(0.005)

    counts = Counter(name for name, _ in sent)
    took_s = time.monotonic() - started
    periods = {"tasks.one": 0.5, "tasks.two": 0.5, "tasks.slow": 1.2}
    assert counts.keys() == periods.keys()
    # One may be sent late on a busy machine, and the next in time: only their number is certain.
    for name, period_s in periods.items():
        assert 1 < counts[name] <= took_s / period_s + 1


def test_broker_that_is_away_is_logged_and_tried_again(sent, monkeypatch):
    def be_away(name, **_):
        sent.append((name, time.monotonic()))
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", be_away)

    with capture_logs() as logs:
        nudge_journal_subscribers()
        wait_for(sent, 3)

    assert [line["event"] for line in logs] == ["subscriber_not_nudged"] * 3
    nudge_journal_subscribers()
    wait_for(sent, 6)
