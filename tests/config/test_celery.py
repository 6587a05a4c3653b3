"""Celery's tasks and the database's connections: taken from the pool and given back to it."""

import pytest
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import task_postrun, task_prerun
from django.db import connection

from config.celery import app
from exchange.trading.tasks import reconcile_today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("signal", [task_prerun, task_postrun])
def test_connection_is_given_back_around_a_task(signal):
    connection.ensure_connection()

    signal.send(sender=reconcile_today)

    assert connection.connection is None


def test_connection_of_a_task_called_as_a_function_is_kept():
    connection.ensure_connection()
    reconcile_today.push_request(is_eager=True)
    try:
        task_postrun.send(sender=reconcile_today)
    finally:
        reconcile_today.pop_request()

    assert connection.connection is not None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no pool")
def test_pool_is_left_open_between_tasks():
    connection.ensure_connection()
    pool = connection.pool
    fixup = DjangoWorkerFixup(app)
    fixup.worker = type("Prefork", (), {"pool_cls": "celery.concurrency.prefork:TaskPool"})()

    fixup.on_task_prerun(reconcile_today)
    fixup.on_task_postrun(reconcile_today)

    assert connection.pool is pool
    assert not pool.closed
