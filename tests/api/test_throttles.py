"""Budgets: one for reads, one for orders, one for cancels, by member or by address."""

import pytest
from django.core.cache import cache

from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def rates(settings):
    """Two calls an hour for each budget."""
    scopes = ("anonymous", "reads", "orders", "cancels")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_THROTTLE_RATES": dict.fromkeys(scopes, "2/h")
    }


def test_strangers_share_their_address_budget(anonymous, alice, rates):
    statuses = [anonymous.get("markets/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    response = anonymous.get("markets/")
    assert problem(response) == (429, "throttled")
    assert int(response["Retry-After"]) > 1
    assert alice.get("markets/").status_code == 200


def test_answers_tell_how_much_of_the_budget_is_left(anonymous, alice, rates):
    told = [anonymous.get("markets/") for _ in range(3)]

    assert {response["RateLimit-Policy"] for response in told} == {'"anonymous";q=2;w=3600'}
    left = [response["RateLimit"].rpartition(";t=")[0] for response in told]
    assert left == ['"anonymous";r=1', '"anonymous";r=0', '"anonymous";r=0']
    assert 3_590 <= int(told[0]["RateLimit"].rpartition(";t=")[2]) <= 3_600
    assert alice.get("account/")["RateLimit"].startswith('"reads";r=1;t=')
    assert alice.post("orders/", {})["RateLimit"].startswith('"orders";r=1;t=')


def test_cancels_go_on_when_the_orders_are_used_up(alice, open_market, rates):
    contract = first_contract(open_market)
    for _ in range(2):
        placed = alice.post("orders/", order_of(contract))

    assert problem(alice.post("orders/", order_of(contract))) == (429, "throttled")
    path = placed["Location"].removeprefix("/api/v1/")
    assert alice.delete(path).status_code == 200
    assert alice.get("orders/").status_code == 200


def test_replacement_counts_with_the_orders_and_a_reduction_does_not(alice, open_market, settings):
    rates = dict.fromkeys(("reads", "cancels"), "9/h") | {"orders": "2/h"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    placed = alice.post("orders/", order_of(first_contract(open_market)))
    path = placed["Location"].removeprefix("/api/v1/")

    replaced = alice.patch(path, {"price": "0.4400"})
    assert (replaced.status_code, replaced["RateLimit"][:12]) == (200, '"orders";r=0')
    path = f"orders/{replaced.json()['id']}/"
    refused = alice.patch(path, {"price": "0.4300"})
    assert problem(refused) == (429, "throttled")
    assert int(refused["Retry-After"]) > 1
    for body in ({"reduce_by": 2}, {"quantity": 5}):
        reduced = alice.patch(path, body)
        assert (reduced.status_code, reduced["RateLimit"][:10]) == (200, '"cancels";')
    assert alice.get(path).json()["open_quantity"] == 5


def test_previews_are_reads(alice, contract, rates):
    make_order(alice.user.account, contract)
    for _ in range(2):
        assert alice.post("orders/preview/", order_of(contract)).status_code == 200

    assert problem(alice.post("orders/preview/", order_of(contract))) == (429, "throttled")
    assert problem(alice.get("account/")) == (429, "throttled")


def test_cache_that_is_away_stops_nobody(alice, rates, monkeypatch):
    def be_away(*_):
        raise ConnectionError

    monkeypatch.setattr(type(cache._connections[cache._alias]), "get", be_away)

    assert [alice.get("account/").status_code for _ in range(3)] == [200] * 3


def test_no_rate_is_no_limit(alice, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {"reads": None}}

    assert [alice.get("account/").status_code for _ in range(3)] == [200] * 3
