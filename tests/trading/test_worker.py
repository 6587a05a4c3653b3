"""The loop of a book worker: what it does when the database has gone away."""

import asyncio

import pytest
from django.db import connection

from exchange.trading.worker import BookWorker

pytestmark = pytest.mark.django_db(transaction=True)


def connect():
    connection.ensure_connection()
    return connection.connection


def connected():
    return connection.connection


async def test_broken_connection_of_the_books_is_forgotten_in_their_own_thread():
    worker, loop = BookWorker([0]), asyncio.get_running_loop()
    broken = await loop.run_in_executor(worker._thread, connect)
    assert await loop.run_in_executor(worker._thread, connected) is broken
    await worker._forget_connection()
    assert await loop.run_in_executor(worker._thread, connected) is None
    worker._thread.shutdown()
