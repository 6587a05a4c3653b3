"""Orders of every kind over REST: placed, previewed, told the same by every answer."""

import pytest

from exchange.trading.models import Order
from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(open_market):
    return first_contract(open_market)


KINDS = [
    {"time_in_force": "FOK"},
    {"time_in_force": "GTD", "expires_at": "2099-01-01T00:00:00Z"},
    {"post_only": True},
    {"post_only": True, "group": "7", "stp": "cancel_both"},
    {"on_halt": "cancel"},
    {"type": "market", "price": None},
    {"type": "stop", "price": None, "stop_price": "0.6000"},
    {"type": "stop_limit", "stop_price": "0.4000", "time_in_force": "GTC"},
    {"min_quantity": 2},
    {"max_cost": "5"},
    {"valid_until": "2099-01-01T00:00:00Z"},
]


@pytest.mark.parametrize("terms", KINDS, ids=str)
def test_order_of_each_kind_is_taken_and_told_the_same_everywhere(alice, contract, terms):
    body = order_of(contract, **terms)

    placed = alice.post("orders/", body)

    assert placed.status_code == 201, placed.content
    told = placed.json()
    for name, value in terms.items():
        if value is not None and name not in {"max_cost", "valid_until"}:
            assert told[name] == value
    assert alice.get(f"orders/{told['id']}/").json() == told
    [batched] = alice.post("orders/batch/", {"orders": [body]}).json()["results"]
    assert batched["status"] == 201
    assert batched["body"].keys() == told.keys()
    assert alice.post("orders/preview/", body).status_code == 200


def test_order_without_a_price_is_placed_at_the_worst(alice, contract):
    body = order_of(contract, type="market", price=None)
    assert alice.post("orders/", body).json()["price"] == "0.9900"
    assert alice.post("orders/", body | {"side": "sell"}).json()["price"] == "0.0100"


def test_stop_waits_and_says_so(alice, contract):
    body = order_of(contract, type="stop_limit", stop_price="0.6000")
    told = alice.post("orders/", body).json()
    assert (told["status"], told["is_waiting"]) == ("new", True)
    assert alice.get(f"markets/{contract.market.slug}/book/").json()["contracts"][0]["bids"] == []


@pytest.mark.parametrize(
    ("terms", "status", "code"),
    [
        ({"type": "stop_limit"}, 422, "invalid_terms"),
        ({"stop_price": "0.5000"}, 422, "invalid_terms"),
        ({"type": "stop", "stop_price": "0.5550"}, 422, "invalid_stop_price"),
        ({"min_quantity": 11}, 422, "invalid_min_quantity"),
        ({"max_cost": "0"}, 422, "invalid_max_cost"),
        ({"max_cost": "1"}, 409, "max_cost"),
        ({"time_in_force": "GTD", "expires_at": "2020-01-01T00:00:00Z"}, 422, "invalid_expiry"),
        ({"valid_until": "2020-01-01T00:00:00Z"}, 409, "too_late"),
        ({"valid_until": "0001-01-01T00:00:00Z"}, 409, "too_late"),
        ({"reduce_only": True, "time_in_force": "IOC"}, 409, "reduce_only"),
        ({"price": None}, 400, "invalid"),
        ({"post_only": 1}, 400, "invalid"),
        ({"post_only": "true"}, 400, "invalid"),
        ({"stp": "allow"}, 400, "invalid"),
        ({"group": "mine"}, 400, "invalid"),
        ({"group": 7}, 400, "invalid"),
        ({"expires_at": "soon"}, 400, "invalid"),
        ({"expires_at": 5}, 400, "invalid"),
        ({"trailing": "0.1"}, 400, "unknown_field"),
    ],
)
def test_terms_that_cannot_be_are_refused_with_their_code(alice, contract, terms, status, code):
    assert problem(alice.post("orders/", order_of(contract, **terms))) == (status, code)


def test_post_only_order_that_would_match_is_409_also_in_the_preview(alice, bob, contract):
    bob.post("orders/", order_of(contract, side="sell"))
    body = order_of(contract, post_only=True)
    assert problem(alice.post("orders/", body)) == (409, "post_only")
    assert problem(alice.post("orders/preview/", body)) == (409, "post_only")


@pytest.mark.parametrize(
    ("terms", "fills"),
    [
        ({"time_in_force": "FOK"}, 0),
        ({"time_in_force": "FOK", "quantity": 4}, 4),
        ({"min_quantity": 5}, 0),
        ({"min_quantity": 4}, 4),
        ({"time_in_force": "IOC", "max_cost": "1.00"}, 2),
        ({"type": "stop", "stop_price": "0.9000"}, 0),
        ({"time_in_force": "IOC", "reduce_only": True}, 3),
    ],
)
def test_preview_expects_what_the_terms_let_fill(alice, bob, contract, terms, fills):
    bob.post("orders/", order_of(contract, side="sell", quantity=4))
    make_position(alice.user.account, contract, quantity=-3, cash_ticks=3_000)
    told = alice.post("orders/preview/", order_of(contract, **terms)).json()
    assert told["fills_now_quantity"] == fills


def test_idempotency_key_stands_for_the_client_order_id(alice, contract):
    body = order_of(contract)
    first = alice.post("orders/", body, **{"Idempotency-Key": "k-1"})
    again = alice.post("orders/", body, **{"Idempotency-Key": '"k-1"'})
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert first.json()["client_order_id"] == "k-1"
    assert Order.objects.count() == 1
    other = alice.post("orders/", order_of(contract, quantity=3), **{"Idempotency-Key": "k-1"})
    assert problem(other) == (422, "client_order_id_reused")


@pytest.mark.parametrize("key", ["", '""', "two words", "x" * 65, "é"])
def test_idempotency_key_that_is_none_or_differs_from_the_body_is_400(alice, contract, key):
    response = alice.post("orders/", order_of(contract), **{"Idempotency-Key": key})
    assert problem(response) == (400, "invalid")
    body = order_of(contract, client_order_id="mine")
    assert problem(alice.post("orders/", body, **{"Idempotency-Key": "other"})) == (400, "invalid")
    assert not Order.objects.exists()


def test_orders_are_listed_by_group_and_by_their_clients_id(alice, contract):
    one = alice.post("orders/", order_of(contract, group="7", client_order_id="a")).json()["id"]
    alice.post("orders/", order_of(contract, client_order_id="b"))
    for query in ("group=7", "client_order_id=a", "group=7&status=open"):
        found = alice.get(f"orders/?{query}").json()["results"]
        assert [order["id"] for order in found] == [one]
    assert problem(alice.get("orders/?group=x")) == (400, "invalid")
