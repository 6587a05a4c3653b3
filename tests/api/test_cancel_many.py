"""POST orders/cancel-all/ and orders/batch/cancel/."""

import pytest

from exchange.trading.models import Order
from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_market, make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(open_market):
    return first_contract(open_market)


def place(client, contract, **changes):
    return client.post("orders/", order_of(contract, **changes)).json()["id"]


def test_cancel_all_says_what_it_cancelled(alice, bob, contract):
    one = place(alice, contract, client_order_id="a")
    two = place(alice, contract, side="sell", price="0.6000")
    his = place(bob, contract, price="0.3000")

    response = alice.post("orders/cancel-all/", {})

    assert response.status_code == 200
    told = response.json()
    assert [order["id"] for order in told["cancelled"]] == [two, one]
    seq = Order.objects.get(pk=one).market_seq
    assert told["cancelled"][1] == {
        "id": one,
        "client_order_id": "a",
        "market": contract.market.slug,
        "contract": str(contract.pk),
        "side": "buy",
        "price": "0.4500",
        "status": "cancelled",
        "cancelled_quantity": 10,
        "market_seq": seq,
    }
    assert told["account_seq"] == Order.objects.get(pk=one).account_seq
    assert Order.objects.get(pk=his).open_quantity == 10


def test_cancel_all_is_narrowed(alice, contract, books):
    elsewhere = first_contract(books.open(make_market(status="draft")))
    buy, sell = place(alice, contract), place(alice, contract, side="sell", price="0.6000")
    grouped, other = place(alice, contract, group="5"), place(alice, elsewhere)

    def cancelled(**body):
        answer = alice.post("orders/cancel-all/", body).json()
        return [order["id"] for order in answer["cancelled"]]

    assert cancelled(group="5") == [grouped]
    assert cancelled(side="sell", contract=str(contract.pk)) == [sell]
    assert cancelled(market=elsewhere.market.slug) == [other]
    assert cancelled(contract=str(contract.pk), market=contract.market.slug) == [buy]
    assert cancelled() == []


def test_cancel_all_of_a_market_says_its_seq(alice, contract):
    place(alice, contract)
    told = alice.post("orders/cancel-all/", {"market": contract.market.slug}).json()
    contract.market.refresh_from_db()
    assert told["market_seq"] == contract.market.seq


def test_cancel_all_without_an_answer_in_time_is_202(alice, market, settings):
    settings.REPLY_TIMEOUT_S = 0.05
    make_order(alice.user.account, first_contract(market))
    response = alice.post("orders/cancel-all/", {})
    assert (response.status_code, response["Retry-After"]) == (202, "1")
    assert response.json()["cancelled"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"market": "no-such"}, 404, "unknown_market"),
        ({"contract": "999"}, 404, "unknown_contract"),
        ({"side": "both"}, 400, "invalid"),
        ({"group": "x"}, 400, "invalid"),
        ({"all": True}, 400, "unknown_field"),
        ([], 400, "malformed"),
    ],
)
def test_cancel_all_that_makes_no_sense_cancels_nothing(alice, contract, body, status, code):
    place(alice, contract)
    assert problem(alice.post("orders/cancel-all/", body)) == (status, code)
    assert Order.objects.get().open_quantity == 10


def test_contract_of_another_market_is_404(alice, contract, market):
    body = {"contract": str(contract.pk), "market": make_market().slug}
    assert problem(alice.post("orders/cancel-all/", body)) == (404, "unknown_contract")


def test_several_are_cancelled_each_with_its_own_answer(alice, bob, contract):
    mine, named = place(alice, contract), place(alice, contract, client_order_id="n")
    his = place(bob, contract, price="0.3000")
    body = {"orders": [{"id": mine}, {"client_order_id": "n"}, {"id": his}, {"id": mine},
                       {"client_order_id": "never"}, {"id": "abc"}]}  # fmt: skip

    results = alice.post("orders/batch/cancel/", body).json()["results"]

    assert [one["status"] for one in results] == [200, 200, 404, 409, 404, 404]
    assert [one["body"]["id"] for one in results[:2]] == [mine, named]
    assert [one["body"]["status"] for one in results[:2]] == ["cancelled", "cancelled"]
    assert results[3]["body"]["code"] == "unknown_order"
    assert Order.objects.get(pk=his).open_quantity == 10


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"orders": []}, "invalid"),
        ({"orders": [{}]}, "invalid"),
        ({"orders": [{"id": "1", "client_order_id": "a"}]}, "invalid"),
        ({"orders": ["1"]}, "invalid"),
        ({"orders": [{"id": "1", "side": "buy"}]}, "unknown_field"),
        ({"orders": [{"id": "1"}] * 501}, "invalid"),
    ],
)
def test_list_that_names_no_orders_is_400(alice, body, code):
    assert problem(alice.post("orders/batch/cancel/", body)) == (400, code)


@pytest.mark.parametrize("path", ["orders/cancel-all/", "orders/batch/cancel/"])
def test_cancelling_asks_for_an_account_and_for_post(anonymous, alice, as_user, path):
    unconfirmed = as_user(make_user("dora", confirmed=False))
    assert problem(anonymous.post(path, {})) == (401, "not_authenticated")
    assert problem(unconfirmed.post(path, {})) == (403, "email_not_confirmed")
    assert problem(as_user(alice.user, csrf=True).post(path, {})) == (403, "csrf_failed")
    assert problem(alice.get(path)) == (405, "method_not_allowed")
