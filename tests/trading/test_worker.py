"""The book worker's loop, with what goes wrong around it."""

import asyncio

import pytest
from django.db import connection

from core.failpoints import arm
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle
from exchange.trading.models import Order
from exchange.trading.worker import BookWorker
from tests.factories import first_contract, make_account, make_market
from tests.running import worker_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def disarmed_afterwards():
    yield
    arm("")


def test_worker_goes_on_when_the_database_was_away_for_a_moment(settings):
    settings.REPLY_TIMEOUT_S = 15
    account, market = make_account(), make_market(status="draft")
    with worker_thread():
        assert submit_lifecycle(user=None, market=market, action="open").reason == ""
        contract = first_contract(market)
        contract.market.refresh_from_db()
        arm("batch.judged=fail@1")
        request = OrderRequest(contract=contract, side="buy", price_ticks=4_000, quantity=3)
        answer = place_order(account=account, user=None, order=request)
    assert (answer.pending, answer.reason) == (False, "")
    assert Order.objects.get(pk=answer.command_id).open_quantity == 3


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
