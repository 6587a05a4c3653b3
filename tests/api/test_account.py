"""GET account/ and what belongs to it, GET orders/, POST orders/preview/."""

from urllib.parse import urlencode

import pytest

from exchange.ledger.models import Account
from tests.api.conftest import order_of, problem
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_order,
    make_position,
    make_trade,
    make_user,
)

pytestmark = pytest.mark.django_db
READS = ["account/", "account/ledger/", "account/positions/", "account/fills/", "orders/"]


def test_account_shows_balance_exposure_and_what_is_available(alice, contract):
    account = alice.user.account
    make_order(account, contract)

    assert alice.get("account/").json() == {
        "id": str(account.pk),
        "balance": "1000.0000",
        "exposure": "4.5000",
        "available": "995.5000",
        "is_suspended": False,
        "account_seq": 2,
    }


@pytest.mark.parametrize("path", READS)
def test_account_reads_are_for_members_only(anonymous, as_user, path):
    response = anonymous.get(path)
    assert problem(response) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"
    unconfirmed = as_user(make_user("dora", confirmed=False))
    assert problem(unconfirmed.get(path)) == (403, "email_not_confirmed")


@pytest.mark.parametrize("path", [path for path in READS if path != "orders/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_account_reads_by_another_method_is_405(alice, path, method):
    response = alice.http.generic(method.upper(), f"/api/v1/{path}")

    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", READS[1:])
def test_account_lists_are_empty_for_a_stranger(charlie, alice, bob, path):
    contract = first_contract(make_market())
    maker = make_order(alice.user.account, contract, filled=4)
    make_trade(maker, make_order(bob.user.account, contract, side="sell"))
    make_position(alice.user.account, contract, quantity=4, cash_ticks=-1)

    told = charlie.get(path).json()

    count = 1 if path == "account/ledger/" else 0  # the sign-up credits
    assert len(told["results"]) == count
    assert told["next"] is None


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", READS[1:])
def test_account_lists_take_a_fixed_number_of_queries(
    alice, bob, path, count, django_assert_num_queries
):
    for _ in range(count):
        contract = first_contract(make_market())
        maker = make_order(alice.user.account, contract, filled=4)
        make_trade(maker, make_order(bob.user.account, contract, side="sell"))
        make_position(alice.user.account, contract, quantity=4, cash_ticks=-1)

    with django_assert_num_queries(4):  # session, user, account, and the list
        alice.get(path)


def test_ledger_is_signed_as_the_account_sees_it(alice):
    from exchange.ledger.services import transfer

    account, house = alice.user.account, Account.objects.get(code="commission")
    transfer(debit=account, credit=house, amount_ticks=15_000, kind="correction", reference="x")

    newest, grant = alice.get("account/ledger/").json()["results"]

    assert newest == {
        "id": newest["id"],
        "kind": "correction",
        "amount": "-1.5000",
        "reference": "x",
        "created_at": newest["created_at"],
    }
    assert (grant["kind"], grant["amount"]) == ("grant", "1000.0000")


def test_fills_tell_both_sides_their_own_part(alice, bob, contract):
    maker = make_order(alice.user.account, contract, filled=10)
    taker = make_order(bob.user.account, contract, side="sell", price_ticks=4_000, filled=10)
    trade = make_trade(maker, taker)

    (mine,), (theirs,) = (who.get("account/fills/").json()["results"] for who in (alice, bob))

    assert mine == {
        "id": str(trade.pk),
        "order": str(maker.pk),
        "market": "will-it-rain",
        "contract": str(contract.pk),
        "contract_name": "Yes",
        "side": "buy",
        "kind": "book",
        "liquidity": "maker",
        "price": "0.4500",
        "quantity": 10,
        "market_seq": trade.market_seq,
        "executed_at": "2026-03-01T12:00:00Z",
    }
    assert theirs == mine | {"order": str(taker.pk), "side": "sell", "liquidity": "taker"}


def test_fills_of_one_order(alice, bob, contract):
    account = alice.user.account
    makers = [make_order(account, contract, filled=10) for _ in range(2)]
    taker = make_order(bob.user.account, contract, side="sell", price_ticks=4_000, filled=10)
    trade, _ = (make_trade(maker, taker) for maker in makers)
    first, _ = makers
    first.market_seq = trade.market_seq  # as the book leaves it
    first.save()

    def fills_of(order_id):
        return alice.get(f"account/fills/?order={order_id}").json()["results"]

    assert [fill["id"] for fill in fills_of(first.pk)] == [str(trade.pk)]
    for nothing in (taker.pk, "12345", "x"):  # another's, and none at all
        assert fills_of(nothing) == []


def test_positions_are_by_market_and_paged(alice):
    account, older, newer = alice.user.account, make_market(outcomes="ABC"), make_market()
    for contract in older.contracts.all():
        make_position(account, contract, quantity=2, cash_ticks=-5_000)
    make_position(account, first_contract(newer), quantity=-3, cash_ticks=16_500)

    first = alice.get("account/positions/?limit=2").json()
    second = alice.get(f"account/positions/?limit=2&cursor={first['next']}").json()

    names = [row["contract_name"] for row in first["results"] + second["results"]]
    assert names == ["Yes", "A", "B", "C"]
    assert second["next"] is None
    assert first["results"][0] == {
        "market": newer.slug,
        "market_title": newer.title,
        "contract": str(first_contract(newer).pk),
        "contract_name": "Yes",
        "quantity": -3,
        "cash": "1.6500",
        "last_price": None,
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 4), ("?status=open", 2), ("?status=filled", 1), ("?status=cancelled", 1),
     ("?status=rejected", 0), ("?market=will-it-rain", 4), ("?market=other", 0),
     ("?status=open&market=will-it-rain&limit=200", 2)],
)  # fmt: skip
def test_orders_are_narrowed(alice, contract, query, count):
    for filled, cancelled in ((0, 0), (4, 0), (10, 0), (0, 10)):
        make_order(alice.user.account, contract, filled=filled, cancelled=cancelled)

    assert len(alice.get(f"orders/{query}").json()["results"]) == count


@pytest.mark.parametrize("query", ["status=x", "status=%00", "market=%00", "limit=0"])
def test_orders_by_a_bad_query_is_400(alice, query):
    assert problem(alice.get(f"orders/?{query}")) == (400, "invalid")


def test_orders_are_paged_newest_first(alice, contract):
    ids = [str(make_order(alice.user.account, contract).pk) for _ in range(3)]

    first = alice.get("orders/?limit=2").json()
    second = alice.get(f"orders/?limit=2&cursor={first['next']}").json()

    assert [row["id"] for row in first["results"] + second["results"]] == ids[::-1]


@pytest.mark.parametrize("path", READS)
def test_min_account_seq_waits_or_gives_up(alice, path, settings):
    settings.REPLY_TIMEOUT_S = 0.05

    assert alice.get(f"{path}?min_account_seq=1").status_code == 200
    assert problem(alice.get(f"{path}?min_account_seq=2")) == (503, "unavailable")
    assert problem(alice.get(f"{path}?min_account_seq=x")) == (400, "invalid")


def test_preview_says_what_an_order_would_do(alice, contract):
    make_order(make_account(), contract, quantity=4)

    response = alice.post("orders/preview/", order_of(contract))

    assert response.status_code == 200
    assert response.json() == {
        "cost": "4.5000",
        "available": "1000.0000",
        "affordable": True,
        "worst_outcome_before": "Yes",
        "worst_before": "0.0000",
        "worst_outcome_after": "No",
        "worst_after": "-4.5000",
        "payout": "10.0000",
        "profit": "5.5000",
        "fee": "0.0000",
        "queue_ahead": 4,
        "fills_now_quantity": 0,
        "rests_quantity": 10,
        "average_fill_price": None,
        "expected_cost": "4.5000",
        "closes_quantity": 0,
        "closing_proceeds": "0.0000",
        "opens_quantity": 10,
        "opening_payout": "10.0000",
        "opening_profit": "5.5000",
        "crosses_own_order": False,
        "explanation": "Worst outcome: No wins, you lose 4.50.",
    }


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"price": "1"}, 422, "invalid_price"),
        ({"price": "0.4550"}, 422, "price_off_tick"),
        ({"quantity": 0}, 422, "invalid_quantity"),
        ({"quantity": 1.5}, 400, "invalid"),
        ({"x": 1}, 400, "unknown_field"),
        ({"contract": "0"}, 404, "unknown_contract"),
    ],
)
def test_preview_refuses_what_the_door_would(alice, contract, change, status, code):
    assert problem(alice.post("orders/preview/", order_of(contract) | change)) == (status, code)


def test_preview_in_a_market_that_does_not_trade_is_409(alice):
    contract = first_contract(make_market(status="closed"))

    assert problem(alice.post("orders/preview/", order_of(contract))) == (409, "market_closed")


def test_preview_is_for_members_and_by_post(anonymous, alice, contract):
    response = anonymous.post("orders/preview/", order_of(contract))
    assert problem(response) == (401, "not_authenticated")
    assert problem(alice.get("orders/preview/")) == (405, "method_not_allowed")


@pytest.mark.parametrize("cursor", ["a", "1", "1.2.3", "1.2-", "-", "9" * 3_000, "٣.1"])
def test_cursor_of_fills_that_was_never_given_is_refused(alice, cursor):
    for name in ("since", "until"):
        answer = alice.get(f"account/fills/?{urlencode({name: cursor})}")
        assert answer.status_code == 400
        assert answer.json()["code"] in {"invalid_cursor", "invalid"}
