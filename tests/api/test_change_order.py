"""DELETE and PATCH orders/{id}/, and reading one order."""

import pytest

from exchange.trading.amendments import Change, carry_out
from exchange.trading.models import InboxCommand, Order
from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_order, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(alice, open_market):
    """The path of an order of ten that rests."""
    response = alice.post("orders/", order_of(first_contract(open_market)))
    return response["Location"].removeprefix("/api/v1/")


def test_cancel_gives_the_order_back_cancelled(alice, placed):
    before = alice.get(placed).json()

    response = alice.delete(placed)

    assert response.status_code == 200
    after = response.json()
    assert (after["status"], after["cancelled_quantity"], after["open_quantity"]) == (
        "cancelled", 10, 0,
    )  # fmt: skip
    assert after["market_seq"] > before["market_seq"]
    assert after["account_seq"] > before["account_seq"]
    assert after == alice.get(placed).json()


def test_cancel_of_an_order_that_is_not_open_is_409(alice, placed):
    alice.delete(placed)

    response = alice.delete(placed)

    assert problem(response) == (409, "unknown_order")
    assert response.json()["detail"] == "The order is not open. It is cancelled."
    assert response.json()["order"] == str(Order.objects.get().pk)
    assert {"market_seq", "account_seq"} <= set(response.json())


def test_new_total_sent_twice_at_once_counts_once(alice, placed, books):
    """Both requests saw 10 open before either was judged."""
    order, account = Order.objects.get(), Order.objects.get().account
    answers = [
        carry_out(Change(by=5, if_open_quantity=10), account=account, user=None, order=order)
        for _ in range(2)
    ]
    assert [answer.reason for answer in answers] == ["", "order_changed"]
    assert alice.get(placed).json()["open_quantity"] == 5
    assert alice.patch(placed, {"quantity": 5}).status_code == 200


@pytest.mark.parametrize("order_id", ["1", "0", "abc", "-1", "9" * 30, "%00", "１"])
def test_order_that_nobody_has_is_404(alice, order_id):
    for response in (
        alice.get(f"orders/{order_id}/"),
        alice.delete(f"orders/{order_id}/"),
        alice.patch(f"orders/{order_id}/", {"quantity": 1}),
    ):
        assert problem(response) == (404, "not_found")


def test_order_of_another_is_404_and_stays(charlie, placed):
    assert problem(charlie.get(placed)) == (404, "not_found")
    assert problem(charlie.delete(placed)) == (404, "not_found")
    assert problem(charlie.patch(placed, {"reduce_by": 1})) == (404, "not_found")
    assert Order.objects.get().open_quantity == 10


def test_order_of_nobody_or_without_an_account_is_401_or_403(anonymous, as_user, placed):
    unconfirmed = as_user(make_user("dora", confirmed=False))
    for client, expected in (
        (anonymous, (401, "not_authenticated")),
        (unconfirmed, (403, "email_not_confirmed")),
    ):
        assert problem(client.get(placed)) == expected
        assert problem(client.delete(placed)) == expected
        assert problem(client.patch(placed, {"reduce_by": 1})) == expected


def test_change_without_the_csrf_token_is_403(as_user, alice, placed):
    client = as_user(alice.user, csrf=True)

    assert problem(client.delete(placed)) == (403, "csrf_failed")
    assert problem(client.patch(placed, {"reduce_by": 1})) == (403, "csrf_failed")
    assert Order.objects.get().open_quantity == 10


@pytest.mark.parametrize("method", ["post", "put"])
def test_order_by_another_method_is_405_with_allow(alice, placed, method):
    response = alice.http.generic(method.upper(), f"/api/v1/{placed}")

    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, PATCH, DELETE, HEAD, OPTIONS"


def test_cancel_without_an_answer_in_time_is_202(alice, contract, settings):
    settings.REPLY_TIMEOUT_S = 0.05
    order = make_order(alice.user.account, contract)

    response = alice.delete(f"orders/{order.pk}/")

    assert response.status_code == 202
    assert response.json() == {"id": str(order.pk), "status": "pending_cancel"}
    assert (response["Location"], response["Retry-After"]) == (f"/api/v1/orders/{order.pk}/", "1")
    assert alice.patch(f"orders/{order.pk}/", {"quantity": 1}).json()["status"] == "pending_replace"


@pytest.mark.parametrize(
    ("body", "open_quantity", "status"),
    [
        ({"quantity": 4}, 4, "new"),
        ({"reduce_by": 4}, 6, "new"),
        ({"quantity": 10}, 10, "new"),
        ({"reduce_by": 10}, 0, "cancelled"),
        ({"reduce_by": 99}, 0, "cancelled"),
    ],
)
def test_reduce_leaves_the_order_with_less(alice, placed, body, open_quantity, status):
    response = alice.patch(placed, body)

    assert response.status_code == 200
    order = response.json()
    assert (order["open_quantity"], order["status"]) == (open_quantity, status)
    assert order["quantity"] == 10 == order["open_quantity"] + order["cancelled_quantity"]


def test_reduce_to_a_quantity_counts_what_is_filled(alice, bob, open_market, placed):
    contract = first_contract(open_market)
    bob.post("orders/", order_of(contract, side="sell", quantity=3))

    order = alice.patch(placed, {"quantity": 5}).json()

    assert (order["filled_quantity"], order["open_quantity"]) == (3, 2)
    again = alice.patch(placed, {"quantity": 5}).json()
    assert again == order


def test_reduce_of_an_order_that_is_not_open_is_409(alice, placed):
    alice.delete(placed)

    assert problem(alice.patch(placed, {"reduce_by": 1})) == (409, "unknown_order")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"stop_price": "0.5000"}, 422, "amendment_not_supported"),
        ({"quantity": 5, "time_in_force": "IOC"}, 422, "amendment_not_supported"),
        ({"price": "1.5000"}, 422, "invalid_price"),
        ({"price": "0.4555"}, 422, "price_off_tick"),
        ({"price": "0.5000", "quantity": 2_000_000_000}, 422, "invalid_quantity"),
        ({"price": "0.5000", "reduce_by": 1}, 400, "invalid"),
        ({"quantity": 0}, 422, "invalid_quantity"),
        ({"reduce_by": 0}, 422, "invalid_quantity"),
        ({}, 400, "invalid"),
        ({"quantity": 5, "reduce_by": 5}, 400, "invalid"),
        ({"quantity": -1}, 400, "invalid"),
        ({"quantity": "5"}, 400, "invalid"),
        ({"quantity": 5.0}, 400, "invalid"),
        ({"quantity": True}, 400, "invalid"),
        ({"quantity": None}, 400, "invalid"),
        ({"reduce_by": 1.5}, 400, "invalid"),
        ({"price": 0.5}, 400, "invalid"),
        ({"quantity": 5, "side": "sell"}, 400, "unknown_field"),
        ([], 400, "malformed"),
    ],
)
def test_reduce_that_makes_no_sense_changes_nothing(alice, placed, body, status, code):
    response = alice.patch(placed, body)

    assert problem(response) == (status, code)
    assert Order.objects.get().open_quantity == 10
    assert not InboxCommand.objects.exists()


def test_order_read_again_unchanged_is_304(alice, placed):
    etag = alice.get(placed)["ETag"]

    same = alice.get(placed, **{"If-None-Match": etag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)

    alice.patch(placed, {"reduce_by": 1})
    changed = alice.get(placed, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_change_of_an_order_that_moved_on_is_412(alice, placed):
    etag = alice.get(placed)["ETag"]
    assert alice.patch(placed, {"reduce_by": 1}, **{"If-Match": etag}).status_code == 200

    assert problem(alice.patch(placed, {"reduce_by": 1}, **{"If-Match": etag})) == (
        412, "precondition_failed",
    )  # fmt: skip
    assert problem(alice.delete(placed, **{"If-Match": etag})) == (412, "precondition_failed")
    assert Order.objects.get().open_quantity == 9


def test_another_price_puts_another_order_in_its_place(alice, placed):
    old = alice.get(placed).json()

    response = alice.patch(placed, {"price": "0.4600"})

    assert response.status_code == 200
    new = response.json()
    assert (new["replaces"], new["price"], new["open_quantity"]) == (old["id"], "0.4600", 10)
    assert response["Location"] == f"/api/v1/orders/{new['id']}/"
    assert alice.get(placed).json()["reason"] == "replaced"
    assert alice.get(f"orders/{new['id']}/").json() == new
    assert {"market_seq", "account_seq"} <= new.keys()


def test_more_of_it_is_another_order_and_counts_what_is_filled(alice, bob, open_market, placed):
    bob.post("orders/", order_of(first_contract(open_market), side="sell", quantity=3))

    new = alice.patch(placed, {"quantity": 15}).json()

    assert (new["quantity"], new["open_quantity"], new["price"]) == (12, 12, "0.4500")
    ended = alice.patch(placed, {"quantity": 15})
    assert problem(ended) == (409, "unknown_order")


def test_another_price_for_less_than_is_filled_is_422(alice, bob, open_market, placed):
    bob.post("orders/", order_of(first_contract(open_market), side="sell", quantity=3))

    response = alice.patch(placed, {"quantity": 3, "price": "0.4000"})

    assert problem(response) == (422, "invalid_quantity")


def test_replacement_sent_again_with_its_key_is_answered_the_same(alice, placed):
    key = {"Idempotency-Key": '"again-1"'}
    first = alice.patch(placed, {"price": "0.4600"}, **key)
    assert alice.patch(placed, {"price": "0.4600"}, **key).json() == first.json()
    other = alice.patch(f"orders/{first.json()['id']}/", {"price": "0.4700"}, **key)
    assert problem(other) == (422, "client_order_id_reused")


@pytest.mark.parametrize(
    "body",
    [{"price": "0.5000"}, {"price": "0.4600", "quantity": 11}, {"quantity": 12}, {"reduce_by": 1}],
)
def test_key_of_a_replacement_is_no_others(alice, placed, body):
    key = {"Idempotency-Key": '"again-2"'}
    first = alice.patch(placed, {"price": "0.4600", "quantity": 12}, **key)
    assert first.status_code == 200
    assert problem(alice.patch(placed, body, **key)) == (422, "client_order_id_reused")
    again = alice.patch(placed, {"price": "0.4600", "quantity": 12}, **key)
    assert again.json() == first.json()


def test_reduction_sent_again_with_its_key_is_done_once(alice, placed):
    key = {"Idempotency-Key": '"less-1"'}
    for _ in range(2):
        answer = alice.patch(placed, {"reduce_by": 4}, **key)
        assert (answer.status_code, answer.json()["open_quantity"]) == (200, 6)
    assert problem(alice.patch(placed, {"reduce_by": 3}, **key)) == (422, "client_order_id_reused")
    assert alice.get(placed).json()["open_quantity"] == 6


def test_queue_says_what_is_ahead(alice, bob, open_market, placed):
    contract = first_contract(open_market)
    for price in ("0.4600", "0.4500", "0.4400"):
        response = bob.post("orders/", order_of(contract, price=price, quantity=5))
    behind = response["Location"].removeprefix("/api/v1/")

    assert alice.get(f"{placed}queue/").json() | {"market_seq": 0} == {
        "id": str(Order.objects.earliest("pk").pk),
        "open_quantity": 10,
        "ahead_quantity": 5,
        "ahead_orders": 1,
        "ahead_at_price_quantity": 0,
        "market_seq": 0,
    }
    told = bob.get(f"{behind}queue/").json()
    assert (told["ahead_quantity"], told["ahead_orders"]) == (20, 3)
    assert problem(bob.get(f"{placed}queue/")) == (404, "not_found")
    alice.delete(placed)
    assert problem(alice.get(f"{placed}queue/")) == (409, "unknown_order")


def test_queues_of_a_market_are_told_together(
    alice, bob, open_market, placed, django_assert_num_queries
):
    contract = first_contract(open_market)
    path = f"orders/queues/?market={open_market.slug}"
    assert bob.get(path).json()["queues"] == []
    for price in ("0.4500", "0.4600", "0.4400"):
        bob.post("orders/", order_of(contract, price=price, quantity=5))
    third, second, first = Order.objects.filter(account__owner__handle="bob").order_by("-pk")
    with django_assert_num_queries(8):  # who asks, the market, the orders, and two of queues
        told = bob.get(path).json()
    assert told["market_seq"] == 5
    assert {one["id"]: (one["ahead_quantity"], one["ahead_orders"]) for one in told["queues"]} == {
        str(first.pk): (15, 2),
        str(second.pk): (0, 0),
        str(third.pk): (20, 3),
    }
    with django_assert_num_queries(8):
        told = alice.get(path).json()
    assert [one["ahead_quantity"] for one in told["queues"]] == [5]


def test_queues_are_a_members_own_and_of_a_market(anonymous, alice, open_market):
    path = f"orders/queues/?market={open_market.slug}"
    assert problem(anonymous.get(path)) == (401, "not_authenticated")
    assert problem(alice.post(path, {})) == (405, "method_not_allowed")
    assert problem(alice.get("orders/queues/")) == (400, "invalid")
    assert problem(alice.get("orders/queues/?market=none")) == (404, "unknown_market")
