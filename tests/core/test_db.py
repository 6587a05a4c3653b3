"""Database helpers, on connections as commands find them."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from core.db import lend_connection, one_snapshot, run_after_commit
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_thread(work) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "held up by the reader"


def test_snapshot_stays_as_it_was_and_holds_up_no_writer():
    make_user("before")
    connection.close()
    with one_snapshot():
        assert User.objects.count() == 1
        in_a_thread(lambda: make_user("meanwhile"))
        assert User.objects.count() == 1
    assert User.objects.count() == 2


def test_connection_writes_again_after_a_snapshot():
    with one_snapshot():
        assert User.objects.count() == 0
    make_user("after")
    assert User.objects.count() == 1


def test_effect_outside_a_transaction_runs_at_once():
    done = []
    run_after_commit(done.append, 1)
    assert done == [1]


def test_lent_connection_is_taken_again_by_the_next_query():
    lend_connection()
    assert connection.connection is None
    assert User.objects.count() == 0
