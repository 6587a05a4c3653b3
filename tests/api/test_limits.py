"""GET account/limits/: budgets, costs, and what is left."""

import pytest

from accounts.keys.services import create_key
from tests.api.conftest import order_of, problem
from tests.factories import first_contract

pytestmark = pytest.mark.django_db


def budgets(client):
    return {one["budget"]: one for one in client.get("account/limits/").json()["budgets"]}


def test_limits_say_each_budget_and_what_is_left(alice, open_market):
    before = budgets(alice)
    assert before.keys() == {"reads", "orders", "cancels", "batches"}
    assert before["cancels"]["limit"] > before["orders"]["limit"]
    alice.post("orders/", order_of(first_contract(open_market)))
    told = budgets(alice)["orders"]
    assert told["left"] in {told["limit"] - 1, told["limit"]}  # a second may have passed


def test_limits_say_what_each_endpoint_costs(alice):
    costs = alice.get("account/limits/").json()["costs"]
    found = {
        (one["method"], one["path"]): (one["budget"], one["cost"])
        for one in costs
        if not one["when"]
    }
    assert found["POST", "/api/v1/orders/"] == ("orders", 1)
    assert found["DELETE", "/api/v1/orders/{order_id}/"] == ("cancels", 1)
    assert found["POST", "/api/v1/orders/cancel-all/"] == ("cancels", 10)
    assert found["POST", "/api/v1/orders/batch/"] == ("batches", 1)
    assert found["POST", "/api/v1/orders/preview/"] == ("reads", 1)
    assert found["PATCH", "/api/v1/comments/{comment_id}/"] == ("orders", 1)
    assert found["GET", "/api/v1/comments/{comment_id}/"] == ("reads", 1)
    assert found["DELETE", "/api/v1/comments/{comment_id}/"] == ("cancels", 1)
    assert found["GET", "/api/v1/account/export/"] == ("reads", 100)
    changes = [
        one for one in costs if one["method"] == "PATCH" and one["path"].endswith("order_id}/")
    ]
    assert [(one["budget"], one["cost"], one["when"]) for one in changes] == [
        ("cancels", 1, ""),
        ("orders", 1, "Another order takes its place."),
    ]


def test_what_costs_more_takes_more(alice, settings):
    rates = dict.fromkeys(("reads", "orders", "cancels", "batches", "anonymous"), "150/h")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    assert alice.get("account/export/")["RateLimit"].startswith('"reads";r=50;')
    refused = alice.get("account/export/")
    assert problem(refused) == (429, "throttled")
    assert refused["RateLimit"].startswith('"reads";r=50;')
    assert alice.get("account/").status_code == 200


def test_limits_are_the_members_not_the_keys(alice, as_user, settings):
    rates = dict.fromkeys(("reads", "orders", "cancels", "batches", "anonymous"), "3/h")
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    keys = [create_key(user=alice.user, name=name, scopes=["read"]) for name in ("a", "b")]
    stranger = as_user()
    statuses = [
        stranger.get("account/", Authorization=f"Token {made.secret}").status_code
        for made in (*keys, *keys)
    ]
    assert statuses == [200, 200, 200, 429]


def test_limits_are_a_members_own(anonymous, alice):
    assert problem(anonymous.get("account/limits/")) == (401, "not_authenticated")
    assert problem(alice.post("account/limits/", {})) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    "path", ["markets/", "events/", "account/", "account/ledger/", "account/positions/", "orders/"]
)
def test_read_again_unchanged_is_304(alice, market, path):
    first = alice.get(path)
    same = alice.get(path, **{"If-None-Match": first["ETag"]})
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")
    assert same["ETag"] == first["ETag"]
    assert alice.get(path, **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path", ["", "book/", "trades/", "candles/?interval=5m", "activity/", "comments/"]
)
def test_market_is_read_once_it_has_come_so_far(anonymous, market, settings, path):
    settings.REPLY_TIMEOUT_S = 0.05
    link = "&" if "?" in path else "?"
    start = f"markets/{market.slug}/{path}{link}min_seq="
    assert anonymous.get(f"{start}1").status_code == 200
    assert problem(anonymous.get(f"{start}2")) == (503, "unavailable")
    assert problem(anonymous.get(f"{start}x")) == (400, "invalid")
    elsewhere = anonymous.get(f"markets/nowhere/{path}{link}min_seq=5")
    assert problem(elsewhere) == (404, "unknown_market")
