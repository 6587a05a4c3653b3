"""When too many commands wait, new orders are told to come back, and whoever wants out gets out."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.errors import Code, Problem
from core.ids import new_id
from exchange.markets.models import Market
from exchange.trading import gateway, inbox, pressure
from exchange.trading.amendments import Change, carry_out
from exchange.trading.gateway import OrderRequest
from exchange.trading.models import InboxCommand
from exchange.trading.pressure import Pressure
from tests.factories import first_contract, make_account, make_market, make_member, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings, monkeypatch):
    """Three commands may wait, nobody waits for answers, every count is a fresh one."""
    settings.INBOX_COMMANDS_MAX = 3
    settings.REPLY_TIMEOUT_S = 0
    monkeypatch.setattr(pressure, "_PERIOD_S", 0.0)


@pytest.fixture
def market():
    return make_market()


def fill(shard, count):
    for _ in range(count):
        inbox.put([inbox.new_row(command_id=new_id(), shard=shard, command={"type": "Tick"})])


def request(market, **changes):
    return OrderRequest(
        contract=first_contract(market), **{"side": "buy", "price_ticks": 4_500, "quantity": 1}
        | changes,
    )  # fmt: skip


def place(market, account=None):
    return gateway.place_order(
        account=account or make_account(), user=None, order=request(market)
    ).command_id


def test_orders_are_taken_up_to_the_limit_and_then_told_to_come_back(market):
    taken = [place(market) for _ in range(3)]
    with pytest.raises(Problem) as refused:
        place(market)
    assert (refused.value.code, refused.value.retry_after_s) == (Code.UNAVAILABLE, 1)
    assert list(InboxCommand.objects.values_list("pk", flat=True).order_by("pk")) == taken


def test_orders_are_taken_again_when_fewer_wait(market):
    fill(market.shard, 2)
    place(market)
    with pytest.raises(Problem):
        place(market)
    InboxCommand.objects.order_by("pk")[:1].get().delete()
    place(market)
    assert inbox.depths() == {market.shard: 3}


def test_other_shards_take_orders_meanwhile(market):
    fill(market.shard, 4)
    place_first = make_market()
    Market.objects.filter(pk=place_first.pk).update(shard=market.shard + 1)
    pressure.pressure.look()
    with pytest.raises(Problem):
        place(market)
    place(Market.objects.get(pk=place_first.pk))
    assert inbox.depths() == {market.shard: 4, market.shard + 1: 1}


def test_cancels_and_reductions_pass(market):
    account = make_account()
    order = make_order(account, first_contract(market), quantity=5)
    fill(market.shard, 9)
    pressure.pressure.look()
    cancelled = gateway.cancel_order(account=account, user=None, order_id=order.pk)
    reduced = carry_out(Change(by=1), account=account, user=None, order=order)
    assert cancelled.pending
    assert reduced.pending
    kinds = InboxCommand.objects.exclude(kind="Tick").order_by("pk")
    assert [row.kind for row in kinds] == ["CancelOrder", "ReduceOrder"]


def test_api_says_503_for_orders_and_takes_cancels(market):
    member = make_member("alice")
    order = make_order(member.account, first_contract(market), quantity=5)
    browser = Client()
    browser.force_login(member)
    fill(market.shard, 3)
    pressure.pressure.look()
    body = {
        "contract": str(first_contract(market).pk), "side": "buy", "price": "0.45", "quantity": 1,
    }  # fmt: skip
    json = "application/json"
    response = browser.post("/api/v1/orders/", body, content_type=json)
    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert response.json()["code"] == "unavailable"
    response = browser.post("/api/v1/orders/batch/", {"orders": [body, {}]}, content_type=json)
    assert [result["status"] for result in response.json()["results"]] == [503, 400]
    assert browser.delete(f"/api/v1/orders/{order.pk}/").status_code == 202


def test_inbox_is_counted_once_for_many_orders(market, monkeypatch):
    monkeypatch.setattr(pressure, "_PERIOD_S", 60.0)
    account = make_account()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(5):
            place(market, account)
    assert len([one for one in queries if "COUNT" in one["sql"]]) == 1


def test_look_is_left_to_the_thread_that_looks_already(market):
    fill(market.shard, 3)
    fresh = Pressure()
    with fresh._looking:
        fresh.look()
    fresh.check(market.shard)
    fresh.look()
    with pytest.raises(Problem):
        fresh.check(market.shard)


def test_health_shows_what_waits_in_each_shard(market):
    fill(3, 2)
    fill(5, 1)
    figures = Client().get("/healthz").json()
    assert figures["commands_waiting"] == 3
    assert figures["commands_waiting_by_shard"] == {"3": 2, "5": 1}
