"""POST orders/ against the real gateway and the real book."""

import json

import pytest

from exchange.ledger.models import Account
from exchange.trading.models import CommandKey, InboxCommand, Order
from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_market, make_user

pytestmark = pytest.mark.django_db


def test_place_order_that_rests_is_201_with_the_order_and_where_it_is(alice, open_market):
    contract = first_contract(open_market)

    response = alice.post("orders/", order_of(contract, client_order_id="mine-1"))

    assert response.status_code == 201
    order = Order.objects.get()
    assert response["Location"] == f"/api/v1/orders/{order.pk}/"
    times = {name: response.json()[name] for name in ("received_at", "journaled_at", "updated_at")}
    assert all(moment.endswith("Z") for moment in times.values())
    assert response.json() == times | {
        "id": str(order.pk),
        "status": "new",
        "market": open_market.slug,
        "contract": str(contract.pk),
        "contract_name": "Yes",
        "side": "buy",
        "type": "limit",
        "price": "0.4500",
        "quantity": 10,
        "filled_quantity": 0,
        "open_quantity": 10,
        "cancelled_quantity": 0,
        "expired_quantity": 0,
        "voided_quantity": 0,
        "average_price": None,
        "time_in_force": "GTC",
        "client_order_id": "mine-1",
        "reason": None,
        "market_seq": order.market_seq,
        "account_seq": order.account_seq,
        "stop_price": None,
        "is_waiting": False,
        "post_only": False,
        "reduce_only": False,
        "min_quantity": None,
        "max_cost": None,
        "expires_at": None,
        "on_halt": "keep",
        "stp": "cancel_newest",
        "group": None,
        "replaces": None,
    }
    assert alice.get(f"orders/{order.pk}/").json() == response.json()


def test_place_order_fills_at_the_makers_prices_and_averages_them(alice, bob, open_market):
    contract = first_contract(open_market)
    for price, quantity in (("0.4000", 1), ("0.4100", 2)):
        body = order_of(contract, side="sell", price=price, quantity=quantity)
        assert bob.post("orders/", body).status_code == 201

    order = alice.post("orders/", order_of(contract, quantity=3)).json()

    assert (order["status"], order["filled_quantity"], order["open_quantity"]) == ("filled", 3, 0)
    assert order["average_price"] == "0.4067"  # 1.22 / 3


def test_place_order_ioc_remainder_is_cancelled_and_still_201(alice, open_market):
    body = order_of(first_contract(open_market), time_in_force="IOC")

    response = alice.post("orders/", body)

    assert response.status_code == 201
    order = response.json()
    assert (order["status"], order["cancelled_quantity"]) == ("cancelled", 10)
    assert order["reason"] == "ioc_remainder"


def test_place_order_without_the_money_is_409_and_the_order_exists(alice, open_market):
    body = order_of(first_contract(open_market), quantity=10_000, client_order_id="big")

    response = alice.post("orders/", body)

    assert problem(response) == (409, "insufficient_funds")
    order = Order.objects.get()
    told = response.json()
    assert (told["have"], told["need"]) == ("1000.0000", "4500.0000")
    assert told["detail"] == "This order needs 4,500.00 and 1,000.00 is available."
    assert (told["order"], told["market_seq"]) == (str(order.pk), order.market_seq)
    assert told["account_seq"] == order.account_seq
    assert alice.get(f"orders/{order.pk}/").json()["status"] == "rejected"

    again = alice.post("orders/", body)
    assert problem(again) == (409, "insufficient_funds")
    assert again.json()["order"] == str(order.pk)
    assert Order.objects.count() == 1


def test_place_order_again_with_its_client_order_id_gives_the_same_answer(alice, open_market):
    body = order_of(first_contract(open_market), client_order_id="once")

    first, second = alice.post("orders/", body), alice.post("orders/", body)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Order.objects.count() == 1


def test_place_another_order_with_a_used_client_order_id_is_422(alice, open_market):
    contract = first_contract(open_market)
    alice.post("orders/", order_of(contract, client_order_id="once"))

    response = alice.post("orders/", order_of(contract, quantity=11, client_order_id="once"))

    assert problem(response) == (422, "client_order_id_reused")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("action", ["halt", "close", "settle", "void"])
def test_place_order_in_a_market_that_does_not_trade_is_409(alice, open_market, action):
    from exchange.trading.gateway import submit_lifecycle

    contract = first_contract(open_market)
    if action == "settle":
        submit_lifecycle(user=None, market=open_market, action="close")
    assert not submit_lifecycle(user=None, market=open_market, action=action).reason

    response = alice.post("orders/", order_of(contract))

    ends = {"halt": "halted", "close": "closed", "settle": "settled", "void": "voided"}
    assert problem(response) == (409, f"market_{ends[action]}")
    assert Order.objects.get().status == "rejected"


def test_place_order_of_a_suspended_account_is_409(alice, open_market):
    Account.objects.filter(pk=alice.user.account.pk).update(is_suspended=True)

    response = alice.post("orders/", order_of(first_contract(open_market)))

    assert problem(response) == (409, "account_suspended")


def test_place_order_without_an_answer_in_time_is_202_and_can_be_read(alice, market, settings):
    settings.REPLY_TIMEOUT_S = 0.05
    contract = first_contract(market)

    response = alice.post("orders/", order_of(contract, client_order_id="slow"))

    assert response.status_code == 202
    waiting = InboxCommand.objects.get()
    assert response.json() == {"id": str(waiting.pk), "status": "pending_new"}
    assert (response["Retry-After"], response["Location"]) == ("1", f"/api/v1/orders/{waiting.pk}/")
    read = alice.get(f"orders/{waiting.pk}/").json()
    assert (read["status"], read["open_quantity"], read["market_seq"]) == ("pending_new", 10, None)


GOOD = {"side": "sell", "price": "0.45", "quantity": 1}
BAD_FIELDS = [
    *[("price", value) for value in (
        0.45, 1, None, True, [], {}, "", "NaN", "nan", "Infinity", "1e-1", "1e9", " 0.45", "0.45 ",
        "+0.45", "-0.45", ".45", "0.", "0,45", "0.45001", "0x1", "\uff10.\uff14\uff15", "\u0660.4",
        "1" + "0" * 30, "0.45\n", "0.45\x00", "½",
    )],
    *[("quantity", value) for value in (
        "10", 10.0, 1.5, -1, -(10**30), True, None, [], {}, "", float("1e30"),
    )],
    *[("contract", value) for value in (1, None, True, "", [], {}, 1.5, "9" * 41)],
    *[("side", value) for value in ("BUY", "Buy", "yes", "", 1, None, True, [])],
    *[("type", value) for value in ("trailing", "LIMIT", "", 1, None, [])],
    *[("time_in_force", value) for value in ("gtc", "DAY", "", 1, None, [])],
    *[("client_order_id", value) for value in (
        "", " ", "a b", "x" * 65, "a\x00", "a\n", "ä", 7, None, True, [],
    )],
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS)
def test_place_order_with_a_malformed_field_is_400_and_names_it(alice, contract, field, value):
    response = alice.post("orders/", json.dumps(order_of(contract) | {field: value}))

    assert problem(response) == (400, "invalid")
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert not InboxCommand.objects.exists()


@pytest.mark.parametrize("field", ["contract", "side", "price", "quantity"])
def test_place_order_without_a_field_is_400(alice, contract, field):
    response = alice.post("orders/", order_of(contract, **{field: None}))

    assert problem(response) == (400, "invalid")
    assert response.json()["errors"] == [
        {"field": field, "code": "required", "detail": "This field is required."}
    ]


@pytest.mark.parametrize("name", ["tif", "Price", "leverage", "x" * 500, "\x00"])
def test_place_order_with_an_unknown_field_is_400(alice, contract, name):
    response = alice.post("orders/", json.dumps(order_of(contract) | {name: 1}))

    assert problem(response) == (400, "unknown_field")
    assert not InboxCommand.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", "7", '"x"', "true", "NaN", '{"price": NaN}',
        '{"quantity": Infinity}',
        "{'side': 'buy'}", '{"side": "buy", "side": "sell"}', "[" * 200_000, b"\xff\xfe", "\x00",
        '{"client_order_id": "\\ud800"}', '{"\\ud800": 1}', '{"quantity": ' + "9" * 5_000 + "}",
    ],
    ids=lambda body: repr(body)[:20],
)  # fmt: skip
def test_place_order_with_a_body_that_is_no_json_object_is_400(alice, body):
    response = alice.http.post("/api/v1/orders/", body, content_type="application/json")

    assert response.status_code == 400
    assert problem(response)[1] in {"malformed", "invalid"}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"price": "0"}, 422, "invalid_price"),
        ({"price": "0.0000"}, 422, "invalid_price"),
        ({"price": "1"}, 422, "invalid_price"),
        ({"price": "999999999999"}, 422, "invalid_price"),
        ({"price": "0.4550"}, 422, "price_off_tick"),
        ({"price": "0.0001"}, 422, "price_off_tick"),
        ({"quantity": 0}, 422, "invalid_quantity"),
        ({"quantity": 10**9 + 1}, 422, "invalid_quantity"),
        ({"quantity": 10**30}, 422, "invalid_quantity"),
        ({"contract": "0"}, 404, "unknown_contract"),
        ({"contract": "999999999"}, 404, "unknown_contract"),
        ({"contract": "9" * 19}, 404, "unknown_contract"),
        ({"contract": "9" * 40}, 404, "unknown_contract"),
        ({"contract": "-1"}, 404, "unknown_contract"),
        ({"contract": "abc"}, 404, "unknown_contract"),
        ({"contract": "1 "}, 404, "unknown_contract"),
        ({"contract": "\uff11"}, 404, "unknown_contract"),
        ({"contract": "a\x00"}, 404, "unknown_contract"),
    ],
)
def test_place_order_refused_at_the_door_makes_no_order(alice, contract, change, status, code):
    response = alice.post("orders/", order_of(contract, client_order_id="x") | change)

    assert problem(response) == (status, code)
    assert not InboxCommand.objects.exists()
    assert not CommandKey.objects.exists()


def test_place_order_off_the_tick_names_the_two_nearest(alice, contract):
    told = alice.post("orders/", order_of(contract, price="0.4550")).json()

    assert (told["tick"], told["nearest"]) == ("0.0100", ["0.4500", "0.4600"])


def test_place_order_in_a_draft_is_404(alice):
    contract = first_contract(make_market(status="draft"))

    assert problem(alice.post("orders/", order_of(contract))) == (404, "unknown_contract")


def test_place_order_of_a_stranger_is_401(anonymous, contract):
    response = anonymous.post("orders/", order_of(contract))

    assert problem(response) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


def test_place_order_without_a_confirmed_address_is_403(as_user, contract):
    client = as_user(make_user("dora", confirmed=False))

    assert problem(client.post("orders/", order_of(contract))) == (403, "email_not_confirmed")


def test_place_order_without_the_csrf_token_is_403(as_user, alice, contract):
    client = as_user(alice.user, csrf=True)

    assert problem(client.post("orders/", order_of(contract))) == (403, "csrf_failed")
    assert not InboxCommand.objects.exists()


def test_place_order_with_the_csrf_token_is_taken(as_user, alice, open_market):
    client = as_user(alice.user, csrf=True)
    client.http.cookies["csrftoken"] = "a" * 32

    response = client.post(
        "orders/", order_of(first_contract(open_market)), **{"X-CSRFToken": "a" * 32}
    )

    assert response.status_code == 201


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x" * 300])
def test_place_order_in_another_media_type_is_415(alice, kind):
    response = alice.http.post("/api/v1/orders/", "a=b", content_type=kind)

    assert problem(response) == (415, "unsupported_media_type")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_orders_by_another_method_is_405_with_allow(alice, method):
    response = alice.http.generic(method.upper(), "/api/v1/orders/")

    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
