"""Keys over the API: what each may do, everywhere, and their own endpoints."""

import json
import re

import pytest
from django.test import Client

from accounts.keys.models import ApiKey
from accounts.keys.services import create_key, find_key
from accounts.models import User
from tests.api.conftest import JSON, order_of, problem
from tests.factories import first_contract, make_member, make_order

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/account/keys/"
# Keys need the member's session, programs that log in have no key yet.
WITHOUT_KEYS = ("/api/v1/account/keys/", "/api/v1/device/")


class ByKey:
    """A program with a key, that knows no cookie."""

    def __init__(self, user, *scopes):
        self.key = create_key(user=user, name="bot", scopes=scopes)
        self.http = Client(enforce_csrf_checks=True)

    def ask(self, method, path, body=None, secret=None, scheme="Token"):
        headers = {"Authorization": f"{scheme} {secret or self.key.secret}"}
        data = "" if body is None else json.dumps(body)
        return self.http.generic(method, path, data, content_type=JSON, headers=headers)


@pytest.fixture
def dora(db):
    return make_member("dora", password="a long enough phrase 7")


@pytest.fixture
def fresh(dora):
    """Dora's browser, just logged in by password."""
    browser = Client()
    browser.post("/accounts/login/", {"login": dora.email, "password": "a long enough phrase 7"})
    return browser


def test_key_stands_for_its_member_without_a_cookie(dora):
    bot = ByKey(dora, "read")
    told = bot.ask("GET", "/api/v1/account/")
    assert told.json()["id"] == str(dora.account.pk)
    assert "Set-Cookie" not in told


@pytest.mark.parametrize("scheme", ["token", "TOKEN"])
def test_scheme_is_read_in_any_case(dora, scheme):
    assert ByKey(dora, "read").ask("GET", "/api/v1/account/", scheme=scheme).status_code == 200


@pytest.mark.parametrize("secret", ["nonsense", "lk_" + "a" * 43, "lk_" + "a" * 500, "é"])
@pytest.mark.parametrize("path", ["/api/v1/account/", "/api/v1/markets/"])
def test_bad_key_is_401_even_where_no_key_is_needed(dora, path, secret):
    refused = ByKey(dora, "read").ask("GET", path, secret=secret)
    assert problem(refused) == (401, "not_authenticated")
    assert refused["WWW-Authenticate"] == "Token"
    assert secret not in refused.content.decode()


def test_other_schemes_are_nobodys(dora):
    refused = ByKey(dora, "read").ask("GET", "/api/v1/account/", scheme="Bearer")
    assert problem(refused) == (401, "not_authenticated")


def test_key_of_an_unconfirmed_member_reads_no_account(db):
    from tests.factories import make_user

    refused = ByKey(make_user("new"), "read").ask("GET", "/api/v1/account/")
    assert problem(refused) == (403, "email_not_confirmed")


CASES = [
    ("read", "GET", True),
    ("trade", "GET", False),
    ("cancel", "GET", False),
    ("read", "POST", False),
    ("trade", "POST", True),
    ("cancel", "POST", False),
    ("read", "DELETE", False),
    ("trade", "DELETE", True),
    ("cancel", "DELETE", True),
    ("read", "PATCH", False),
    ("trade", "PATCH", True),
    ("cancel", "PATCH", False),
]


@pytest.mark.parametrize(("scope", "method", "is_allowed"), CASES)
def test_orders_by_scope(dora, open_market, scope, method, is_allowed):
    contract = first_contract(open_market)
    trader = ByKey(dora, "trade")
    placed = trader.ask("POST", "/api/v1/orders/", order_of(contract)).json()
    path = "/api/v1/orders/" if method == "POST" else f"/api/v1/orders/{placed['id']}/"
    body = {"POST": order_of(contract), "PATCH": {"reduce_by": 1}}.get(method)
    response = ByKey(dora, scope).ask(method, path, body)
    if is_allowed:
        assert response.status_code in {200, 201}
    else:
        assert problem(response) == (403, "key_scope_missing")
        assert response.json()["have"] == [scope]


def test_preview_reads(dora, contract):
    path = "/api/v1/orders/preview/"
    assert ByKey(dora, "read").ask("POST", path, order_of(contract)).status_code == 200
    assert problem(ByKey(dora, "cancel").ask("POST", path, {})) == (403, "key_scope_missing")


def _operations():
    """Every operation of the API, by its description."""
    response = Client().get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
    paths = json.loads(response.content)["paths"]
    for path, operations in paths.items():
        if path.startswith("/api/v1/") and not path.startswith(WITHOUT_KEYS):
            for method in operations:
                yield method.upper(), re.sub(r"{\w+}", "1", path)


def test_no_endpoint_forgets_the_scope(dora):
    reader, writer = ByKey(dora, "read"), ByKey(dora, "trade")
    answers = {
        (method, path): (writer if method == "GET" else reader).ask(method, path, {})
        for method, path in _operations()
        if path != "/api/v1/orders/preview/"
    }
    assert len(answers) > 15
    open_to_it = [
        asked
        for asked, response in answers.items()
        if (response.status_code, response.json()["code"]) != (403, "key_scope_missing")
    ]
    assert open_to_it == []


def test_limits_count_by_member_not_by_key(dora, monkeypatch):
    from rest_framework.settings import api_settings

    rates = api_settings.DEFAULT_THROTTLE_RATES | {"reads": "2/min"}
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", rates)
    codes = [ByKey(dora, "read").ask("GET", "/api/v1/account/").status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_key_makes_no_keys_and_sees_none(dora):
    bot = ByKey(dora, "read", "trade", "cancel")
    for method, path in (("GET", KEYS), ("POST", KEYS), ("DELETE", f"{KEYS}{bot.key.key.pk}/")):
        assert problem(bot.ask(method, path, {})) == (401, "not_authenticated")


def test_key_is_made_and_told_once(fresh, dora):
    made = fresh.post(KEYS, {"name": "bot", "scopes": ["trade", "read"]}, content_type=JSON)
    body = made.json()
    assert made.status_code == 201
    assert made["Location"] == f"{KEYS}{body['id']}/"
    assert made["Cache-Control"] == "no-store"
    assert find_key(body["key"]).user == dora
    told = fresh.get(made["Location"]).json()
    assert told == {name: value for name, value in body.items() if name != "key"} | {
        "last_used_at": told["last_used_at"]
    }
    assert told["scopes"] == ["read", "trade"]
    assert (told["expires_at"], told["is_live"]) == (None, True)
    assert [row["id"] for row in fresh.get(KEYS).json()["results"]] == [body["id"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "invalid"),
        ({"name": None}, "invalid"),
        ({"name": "n" * 61}, "invalid"),
        ({"scopes": []}, "invalid"),
        ({"scopes": ["admin"]}, "invalid"),
        ({"scopes": "read"}, "invalid"),
        ({"scopes": ["read"] * 4}, "invalid"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "invalid"),
        ({"expires_at": "soon"}, "invalid"),
        ({"user": 1}, "unknown_field"),
    ],
)
def test_bad_key_request_is_refused(fresh, change, code):
    body = {"name": "bot", "scopes": ["read"]} | change
    assert problem(fresh.post(KEYS, body, content_type=JSON)) == (400, code)
    assert not ApiKey.objects.exists()


def test_making_a_key_takes_a_fresh_log_in(alice):
    refused = alice.post("account/keys/", {"name": "bot", "scopes": ["read"]})
    assert problem(refused) == (403, "reauthentication_required")


def test_key_is_revoked_at_once(alice):
    bot = ByKey(alice.user, "read")
    assert alice.delete(f"account/keys/{bot.key.key.pk}/").status_code == 204
    assert problem(bot.ask("GET", "/api/v1/account/")) == (401, "not_authenticated")
    assert problem(alice.delete(f"account/keys/{bot.key.key.pk}/")) == (404, "not_found")


def test_keys_of_others_are_not_there(alice, charlie):
    pk = ByKey(alice.user, "read").key.key.pk
    for asked in (charlie.get(f"account/keys/{pk}/"), charlie.delete(f"account/keys/{pk}/")):
        assert problem(asked) == (404, "not_found")
    assert charlie.get("account/keys/").json()["results"] == []


def test_keys_are_for_members(anonymous):
    for asked in (anonymous.get("account/keys/"), anonymous.post("account/keys/", {})):
        assert problem(asked) == (401, "not_authenticated")


@pytest.mark.parametrize(
    ("method", "path"), [("put", "account/keys/"), ("post", "account/keys/1/")]
)
def test_wrong_method_is_405(alice, method, path):
    response = getattr(alice.http, method)(f"/api/v1/{path}", {}, content_type=JSON)
    assert problem(response) == (405, "method_not_allowed")


@pytest.mark.parametrize("count", [1, 3])
def test_keys_take_a_fixed_number_of_queries(alice, count, django_assert_num_queries):
    for _ in range(count):
        ByKey(alice.user, "read")
    with django_assert_num_queries(3):
        alice.get("account/keys/")


def test_order_by_key_costs_no_query_more_than_by_session(dora, django_assert_num_queries):
    make_order(dora.account, first_contract_of_a_market())
    bot = ByKey(dora, "read")
    bot.ask("GET", "/api/v1/orders/")  # notes the use
    with django_assert_num_queries(3):  # the key with its user, account, orders
        bot.ask("GET", "/api/v1/orders/")
    assert User.objects.get(pk=dora.pk).last_login is None


def first_contract_of_a_market():
    from tests.factories import make_market

    return first_contract(make_market())
