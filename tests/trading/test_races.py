"""Many members at once, against real workers. Sums must hold whatever the interleaving."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading import inbox
from exchange.trading.checks import run_checks
from exchange.trading.gateway import (
    Answer,
    OrderRequest,
    place_order,
    place_order_command,
    submit_lifecycle,
    submit_many,
)
from exchange.trading.models import Order, Trade
from tests.factories import first_contract, make_account, make_market
from tests.running import start_command, wait_until, worker_thread

pytestmark = pytest.mark.django_db(transaction=True)


def open_market() -> Market:
    market = make_market(status="draft")
    assert submit_lifecycle(user=None, market=market, action="open").reason == ""
    market.refresh_from_db()
    return market


def place(account, contract, side, price_ticks, quantity, client_order_id="") -> Answer:
    request = OrderRequest(
        contract=contract,
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        client_order_id=client_order_id,
    )
    try:
        return place_order(account=account, user=None, order=request)
    finally:
        if threading.current_thread() is not threading.main_thread():
            connection.close()


def at_once(calls) -> list[Answer]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(*call) for call in calls]]


def assert_whole() -> None:
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


@pytest.fixture
def contract(transactional_db):
    with worker_thread():
        yield first_contract(open_market())
    assert_whole()


def test_hundred_members_race_for_one_offer_of_one(contract):
    seller = make_account()
    members = [make_account() for _ in range(100)]
    offer = place(seller, contract, "sell", 5_000, 1)
    answers = at_once([(place, member, contract, "buy", 5_000, 1) for member in members])
    assert not [answer for answer in answers if answer.pending or answer.reason]
    assert Trade.objects.count() == 1
    assert Order.objects.get(pk=offer.command_id).status == "filled"
    assert Order.objects.filter(side="buy", status="filled").count() == 1
    assert Order.objects.filter(side="buy", status="new").count() == 99


def test_parallel_orders_beyond_the_balance_never_overdraw(contract):
    member = make_account(balance_credits=10)
    answers = at_once([(place, member, contract, "buy", 5_000, 4) for _ in range(30)])
    assert sorted(answer.reason for answer in answers) == [""] * 5 + ["insufficient_funds"] * 25
    member.refresh_from_db()
    assert (member.balance_ticks, member.available_ticks) == (100_000, 0)


def test_same_client_order_id_in_parallel_is_one_order(contract):
    member = make_account()
    answers = at_once([(place, member, contract, "buy", 5_000, 1, "once") for _ in range(30)])
    assert len({answer.command_id for answer in answers}) == 1
    assert {answer.reason for answer in answers} == {""}
    assert Order.objects.count() == 1


def test_killed_worker_loses_and_doubles_nothing(transactional_db):
    market = make_market(status="draft")
    accounts = [make_account(balance_credits=100_000) for _ in range(4)]
    worker = start_command("runbooks", LEASE_TTL_MS="1000")
    try:
        assert submit_lifecycle(user=None, market=market, action="open").reason == ""
        contract = first_contract(Market.objects.get(pk=market.pk))
        received = []
        for _ in range(3):
            for number in range(400):
                account = accounts[number % 4]
                request = OrderRequest(
                    contract=contract,
                    side="buy" if number % 3 else "sell",
                    price_ticks=4_000 + 100 * (number % 20),
                    quantity=1 + number % 5,
                )
                received.append(_submit(account, contract, request))
                if number == 200:
                    worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = start_command("runbooks", LEASE_TTL_MS="1000")
        wait_until(lambda: inbox.depth() == 0)
    finally:
        worker.terminate()
        worker.wait()
    assert sorted(Order.objects.values_list("pk", flat=True)) == sorted(received)
    assert Account.objects.filter(kind="member", balance_ticks__lt=0).count() == 0
    assert_whole()


def _submit(account, contract, request) -> int:
    order_id = new_id()
    command = place_order_command(request, order_id=order_id, account_id=account.pk)
    shard = contract.market.shard
    submit_many(
        [inbox.new_row(command_id=order_id, shard=shard, command=command, account_id=account.pk)]
    )
    return order_id
