"""The tasks as Celery runs them: in threads, at once, and killed in between."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.embedded import start_tasks
from exchange.trading.models import JournalBatch, Shard
from exchange.trading.subscribing.models import JournalCursor
from notifications import services
from notifications.models import Mail, Notification
from notifications.tasks import follow_journal, send_due_mail
from tests.factories import make_member
from tests.notifications.conftest import wait_until
from tests.notifications.scenes import open_market, place


def trade_a_little():
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    for _ in range(5):
        place(alice, market, "sell", 6_000, 1)
        place(bob, market, "buy", 6_000, 1)


COUNTS = {"Accepted": 10, "Filled": 10}


def counted(sink):
    """How often each thing is told in the mails, in all."""
    texts = [message.get_body(("plain",)).get_content() for message in sink.messages]
    words = re.findall(r"^(Accepted|Filled): ", "\n".join(texts), re.MULTILINE)
    return {word: words.count(word) for word in sorted(set(words))}


@pytest.mark.django_db
def test_tasks_run_in_turn_deliver_everything_once(books, sink):
    trade_a_little()
    for _ in range(2):
        follow_journal()
        send_due_mail()
    assert counted(sink) == COUNTS


@pytest.mark.django_db(transaction=True)
def test_follow_journal_by_four_at_once_writes_each_mail_once(books, sink):
    trade_a_little()
    start = threading.Barrier(4)

    def run():
        start.wait()
        try:
            return services.follow_journal()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        written = [future.result() for future in [pool.submit(run) for _ in range(4)]]

    assert sum(written) == Notification.objects.count() == 20
    send_due_mail()
    assert counted(sink) == COUNTS


@pytest.mark.django_db(transaction=True)
def test_follow_journal_killed_before_its_commit_has_done_nothing_and_loses_nothing(
    books, sink, monkeypatch
):
    trade_a_little()
    with monkeypatch.context() as patched:
        patched.setattr(Notification.objects, "bulk_create", kill)
        with pytest.raises(KeyboardInterrupt):
            services.follow_journal()
    assert not Notification.objects.exists()
    assert not Mail.objects.exists()
    assert JournalCursor.objects.get().number == 0

    follow_journal()
    send_due_mail()
    assert counted(sink) == COUNTS


def kill(*_args, **_kwargs):
    raise KeyboardInterrupt


@pytest.mark.django_db
def test_follow_journal_killed_after_its_commit_leaves_the_mails_to_the_next_run(books, sink):
    trade_a_little()
    services.follow_journal()  # the process is gone before it asks for the sending
    send_due_mail()
    assert counted(sink) == COUNTS


@pytest.mark.django_db
def test_follow_journal_catches_up_over_many_batches(books):
    alice = make_member("alice")
    market = open_market()
    for _ in range(50):
        place(alice, market, "buy", 1_000, 1)
    assert services.follow_journal() == 50
    end = Shard.objects.get(number=market.shard).journal_number
    assert JournalCursor.objects.get(shard=market.shard).number == end
    assert JournalBatch.objects.filter(shard=market.shard).count() == end


@pytest.mark.django_db(transaction=True)
def test_embedded_worker_delivers_by_itself_and_stops_within_two_seconds(books, sink):
    trade_a_little()
    before = set(threading.enumerate())
    stop = start_tasks()
    try:
        wait_until(lambda: counted(sink) == COUNTS)
    finally:
        started = time.monotonic()
        stop()
        took = time.monotonic() - started
    assert took < 2.2
    # Nobody waits for a task that takes longer; its worker ends after it.
    wait_until(lambda: left_since(before) <= {"pushes"})


def left_since(before):
    """The threads that are there since.

    A process without a loop of its own gets one for pushes, which lives as long as it does.
    """
    return {thread.name for thread in threading.enumerate() if thread not in before}


@pytest.mark.django_db(transaction=True)
def test_embedded_worker_stopped_while_it_starts_is_gone_too():
    before = set(threading.enumerate())
    stop = start_tasks()
    stop()
    # One that has not come to listen by then ends when it does.
    wait_until(lambda: left_since(before) <= {"pushes"})


@pytest.mark.django_db(transaction=True)
def test_embedded_worker_starts_again_after_a_stop(books, sink):
    start_tasks()()
    stop = start_tasks()
    try:
        trade_a_little()
        wait_until(lambda: counted(sink) == COUNTS)
    finally:
        stop()
