"""Two worker processes: one dies or stops, the other goes on, and no order is refused."""

import signal
import threading
import time

import pytest
from django.db import connection

from exchange.trading.checks import run_checks
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle
from exchange.trading.models import Follower, Order, Shard, Worker
from tests.factories import first_contract, make_account, make_market
from tests.running import start_command, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="one process writes to SQLite"),
]


class Workers:
    """Book workers as processes of their own, by label."""

    def __init__(self):
        self.processes = {}

    def start(self, label):
        self.processes[label] = start_command("runbooks", "--label", label)

    def stop(self, label, number=signal.SIGTERM):
        process = self.processes.pop(label)
        process.send_signal(number)
        return process

    def stop_all(self):
        for label in list(self.processes):
            self.stop(label).wait(20)


@pytest.fixture
def workers(transactional_db):
    running = Workers()
    yield running
    running.stop_all()
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def label_of_owner(shard):
    owner = Shard.objects.get(number=shard).owner
    return Worker.objects.filter(name=owner).values_list("label", flat=True).first()


def is_followed(shard):
    row = Shard.objects.get(number=shard)
    warm = Follower.objects.filter(shard=shard, is_warm=True, journal_number=row.journal_number)
    return row.owner and warm.exists()


@pytest.fixture
def contract(workers):
    """A market in the books of one of two workers, the other following."""
    for label in ("a", "b"):
        workers.start(label)
    market = make_market(status="draft")
    wait_until(lambda: Worker.objects.count() == 2, 30)
    assert submit_lifecycle(user=None, market=market, action="open").reason == ""
    market.refresh_from_db()
    wait_until(lambda: is_followed(market.shard), 30)
    return first_contract(market)


def place(account, contract, side="buy"):
    request = OrderRequest(contract=contract, side=side, price_ticks=4_500, quantity=1)
    return place_order(account=account, user=None, order=request)


def take_over_s(contract, stop):
    """Return how long an order waits that is placed as the owner goes."""
    account = make_account()
    assert place(account, contract).reason == ""
    wait_until(lambda: is_followed(contract.market.shard))
    epoch = Shard.objects.get(number=contract.market.shard).epoch
    owner = stop(label_of_owner(contract.market.shard))
    started = time.monotonic()
    answer = place(account, contract)
    took_s = time.monotonic() - started
    owner.wait(20)
    assert (answer.pending, answer.reason) == (False, "")
    assert Shard.objects.get(number=contract.market.shard).epoch == epoch + 1
    return took_s


def test_owner_that_is_killed_is_followed_by_its_standby(workers, contract):
    assert take_over_s(contract, lambda label: workers.stop(label, signal.SIGKILL)) < 4.5


def test_owner_that_is_stopped_hands_over_at_once(workers, contract):
    # A lease that had to run out would take longer.
    assert take_over_s(contract, workers.stop) < 2


def test_rolling_restart_refuses_no_order(workers, contract):
    stopping, answers = threading.Event(), []
    account = make_account(balance_credits=100_000)

    def trade():
        try:
            while not stopping.is_set():
                answers.append(place(account, contract, "sell" if len(answers) % 3 else "buy"))
        finally:
            connection.close()

    trading = threading.Thread(target=trade)
    trading.start()
    try:
        for label in ("a", "b"):
            workers.stop(label).wait(20)
            workers.start(label)
            wait_until(lambda: Worker.objects.count() == 2, 30)
            wait_until(lambda: is_warm(contract.market.shard), 30)
    finally:
        stopping.set()
        trading.join(20)
    assert len(answers) > 10
    assert {(answer.pending, answer.reason) for answer in answers} == {(False, "")}
    assert Order.objects.count() == len(answers)


def is_warm(shard):
    owned = Shard.objects.exclude(owner="").filter(number=shard).exists()
    return owned and Follower.objects.filter(shard=shard, is_warm=True).exists()
