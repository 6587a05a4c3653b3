"""POST orders/batch/: each order is answered as it would be alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.trading.models import CommandKey, InboxCommand, Order
from tests.api.conftest import order_of, problem
from tests.factories import first_contract, make_market, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(open_market):
    return first_contract(open_market)


def post(client, *orders, **headers):
    return client.post("orders/batch/", {"orders": list(orders)}, **headers)


def results(response):
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return [(result["status"], result["body"]) for result in response.json()["results"]]


def test_each_order_is_answered_in_its_place(alice, contract):
    answered = results(
        post(
            alice,
            order_of(contract, price="0.4500", quantity=10),
            order_of(contract, price="0.4555"),
            order_of(contract, price="0.4600", quantity=0),
            {"side": "buy"},
            "nonsense",
            order_of(contract, contract="999999"),
            order_of(contract, quantity=1_000_000),
        )
    )
    assert [status for status, _ in answered] == [201, 422, 422, 400, 400, 404, 409]
    assert [body.get("code") for _, body in answered] == [
        None, "price_off_tick", "invalid_quantity", "invalid", "invalid", "unknown_contract",
        "insufficient_funds",
    ]  # fmt: skip
    assert {body["instance"] for status, body in answered if status >= 400} == {
        "/api/v1/orders/batch/"
    }


def test_order_is_told_as_a_get_tells_it(alice, bob, contract):
    sells = results(post(bob, order_of(contract, side="sell", price="0.4400", quantity=3)))
    buys = results(post(alice, order_of(contract, client_order_id="a-1"), order_of(contract)))
    for client, (status, body) in ((bob, sells[0]), (alice, buys[0]), (alice, buys[1])):
        assert status == 201
        told = client.get(f"orders/{body['id']}/").json()
        late = {"status", "filled_quantity", "open_quantity", "average_price", "updated_at",
                "account_seq", "market_seq"}  # fmt: skip
        ignored = late if client is bob else set()
        assert {name: value for name, value in body.items() if name not in ignored} == {
            name: value for name, value in told.items() if name not in ignored
        }
    assert [body["filled_quantity"] for _, body in buys] == [3, 0]
    assert buys[0][1]["average_price"] == "0.4400"


def test_orders_are_judged_in_the_order_of_the_request(alice, contract):
    answered = results(post(alice, *[order_of(contract, quantity=n) for n in range(1, 21)]))
    seqs = [Order.objects.get(pk=body["id"]).accepted_seq for _, body in answered]
    assert seqs == sorted(seqs)
    assert [body["quantity"] for _, body in answered] == list(range(1, 21))


def test_same_client_order_id_gets_the_same_answer(alice, contract):
    first = order_of(contract, client_order_id="mine")
    other = order_of(contract, client_order_id="mine", quantity=11)
    answered = results(post(alice, first, first, other))
    again = results(post(alice, first))
    assert [status for status, _ in answered] == [201, 201, 422]
    assert answered[0] == answered[1] == again[0]
    assert answered[2][1]["code"] == "client_order_id_reused"
    assert answered[2][1]["order"] == answered[0][1]["id"]
    assert (Order.objects.count(), CommandKey.objects.count()) == (1, 1)


def test_rejected_orders_say_what_was_lacking_as_alone(alice, contract):
    dear = order_of(contract, price="0.9900", quantity=1_000_000)
    alone = alice.post("orders/", dear).json()
    answered = results(post(alice, *[dear] * 12))
    assert {status for status, _ in answered} == {409}
    own = {"order", "instance", "market_seq", "account_seq"}
    told = [
        {name: value for name, value in body.items() if name not in own} for _, body in answered
    ]
    assert told[:10] == [{name: value for name, value in alone.items() if name not in own}] * 10
    # To say what is lacking costs queries: the rest of a long batch is told without the sums.
    assert {body["detail"] for body in told[10:]} == {"There was not enough available."}


def test_what_is_asked_of_the_database_does_not_grow_with_the_orders(alice, market, settings):
    settings.REPLY_TIMEOUT_S = 0  # no worker serves the market: only the web process asks
    contract = first_contract(market)
    post(alice, order_of(contract))
    asked = []
    for count in (1, 30):
        with CaptureQueriesContext(connection) as queries:
            post(alice, *[order_of(contract) for _ in range(count)])
        asked.append(len([one for one in queries if "COUNT" not in one["sql"]]))
    assert asked[0] == asked[1]
    assert InboxCommand.objects.count() == 32


def test_orders_not_judged_in_time_are_pending(alice, market, settings):
    settings.REPLY_TIMEOUT_S = 0.05
    contract = first_contract(market)  # which no worker serves
    answered = results(post(alice, order_of(contract), order_of(contract)))
    ids = [str(pk) for pk in InboxCommand.objects.order_by("pk").values_list("pk", flat=True)]
    assert answered == [(202, {"id": pk, "status": "pending_new"}) for pk in ids]
    assert alice.get(f"orders/{ids[0]}/").json()["status"] == "pending_new"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"orders": []}, 400, "invalid"),
        ({"orders": {}}, 400, "invalid"),
        ({"orders": None}, 400, "invalid"),
        ({"orders": [{}] * 501}, 400, "invalid"),
        ({"orders": [{}], "more": 1}, 400, "unknown_field"),
        ([], 400, "malformed"),
    ],
)
def test_bad_body_is_refused_whole(alice, body, status, code):
    assert problem(alice.post("orders/batch/", body)) == (status, code)


def test_strangers_and_the_unconfirmed_place_nothing(anonymous, as_user, contract):
    assert problem(post(anonymous, order_of(contract))) == (401, "not_authenticated")
    newcomer = as_user(make_user("newcomer"))
    assert problem(post(newcomer, order_of(contract))) == (403, "email_not_confirmed")
    assert not InboxCommand.objects.exists()


def test_only_post_is_allowed(alice):
    response = alice.get("orders/batch/")
    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "POST, OPTIONS"


def test_draft_is_unknown_and_a_market_that_opens_is_known_at_once(alice, books):
    market = make_market(status="draft")
    contract = first_contract(market)
    [(status, body)] = results(post(alice, order_of(contract)))
    assert (status, body["code"]) == (404, "unknown_contract")
    books.open(market)
    assert [status for status, _ in results(post(alice, order_of(contract)))] == [201]


def test_batches_have_a_budget_of_their_own(alice, contract, settings):
    rates = {"orders": "1/h", "batches": "2/h"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    assert alice.post("orders/", order_of(contract)).status_code == 201
    assert alice.post("orders/", order_of(contract)).status_code == 429
    statuses = [post(alice, order_of(contract)).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
