"""/api/v1/challenges/"""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from social.challenges.models import Challenge
from tests.api.conftest import problem
from tests.factories import first_contract, make_member
from tests.social.challenges.scenes import make_challenge

pytestmark = pytest.mark.django_db
ANSWERS = ("accept", "decline", "withdraw")


@pytest.fixture
def contract(open_market):
    return first_contract(open_market)


def offer_of(contract, /, **changes):
    body = {"contract": str(contract.pk), "side": "buy", "price": "0.4500", "quantity": 10}
    return body | {"opponent": "bob"} | changes


def test_offer_accept_and_read(alice, bob, contract):
    made = alice.post("challenges/", offer_of(contract, message="Well?"))
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": body["id"],
        "url": f"/challenges/{body['id']}/",
        "status": "open",
        "challenger": "alice",
        "opponent": "bob",
        "is_by_link": False,
        "market": "will-it-rain",
        "contract": str(contract.pk),
        "contract_name": "Yes",
        "side": "buy",
        "price": "0.4500",
        "quantity": 10,
        "message": "Well?",
        "deadline": body["deadline"],
        "created_at": body["created_at"],
        "decided_at": None,
        "gain": None,
    }
    assert bob.get("challenges/").json()["results"] == [body]
    accepted = bob.post(f"challenges/{body['id']}/accept/", {})
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")
    assert bob.get("challenges/").json()["results"] == []
    for who in (alice, bob):
        assert who.get("challenges/?box=decided").json()["results"] == [accepted.json()]


def test_decline_and_withdraw(alice, bob, contract):
    for who, answer, status in ((bob, "decline", "declined"), (alice, "withdraw", "withdrawn")):
        token = alice.post("challenges/", offer_of(contract)).json()["id"]
        ended = who.post(f"challenges/{token}/{answer}/", {})
        assert (ended.status_code, ended.json()["status"]) == (200, status)


def test_one_by_link_is_read_by_anybody_until_it_is_accepted(
    alice, bob, charlie, anonymous, contract
):
    body = {name: value for name, value in offer_of(contract).items() if name != "opponent"}
    token = alice.post("challenges/", body).json()["id"]
    assert anonymous.get(f"challenges/{token}/").json()["opponent"] is None
    assert bob.post(f"challenges/{token}/accept/", {}).status_code == 200
    assert bob.get(f"challenges/{token}/").json()["opponent"] == "bob"
    for stranger in (anonymous, charlie):
        assert problem(stranger.get(f"challenges/{token}/")) == (404, "not_found")


def test_stranger_sees_and_answers_nothing(alice, bob, charlie, contract):
    token = make_challenge(alice.user, contract, bob.user).token
    assert problem(charlie.get(f"challenges/{token}/")) == (404, "not_found")
    for answer in ANSWERS:
        assert problem(charlie.post(f"challenges/{token}/{answer}/", {})) == (404, "not_found")
    for box in ("incoming", "outgoing", "decided"):
        assert charlie.get(f"challenges/?box={box}").json()["results"] == []


def test_anonymous_is_401(anonymous, alice, bob, contract):
    token = make_challenge(alice.user, contract, bob.user).token
    assert problem(anonymous.get("challenges/")) == (401, "not_authenticated")
    assert problem(anonymous.post("challenges/", offer_of(contract))) == (401, "not_authenticated")
    for answer in ANSWERS:
        response = anonymous.post(f"challenges/{token}/{answer}/", {})
        assert problem(response) == (401, "not_authenticated")


def test_wrong_methods_are_405(alice, contract):
    token = make_challenge(alice.user, contract).token
    assert problem(alice.delete("challenges/")) == (405, "method_not_allowed")
    assert problem(alice.post(f"challenges/{token}/", {})) == (405, "method_not_allowed")
    for answer in ANSWERS:
        response = alice.get(f"challenges/{token}/{answer}/")
        assert problem(response) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"side": "hold"}, (400, "invalid")),
        ({"price": 0.45}, (400, "invalid")),
        ({"price": "0.4510"}, (422, "price_off_tick")),
        ({"price": "1.0000"}, (422, "invalid_price")),
        ({"quantity": 0}, (422, "invalid_quantity")),
        ({"quantity": "10"}, (400, "invalid")),
        ({"opponent": "nobody"}, (404, "not_found")),
        ({"opponent": "alice"}, (409, "own_challenge")),
        ({"message": "x" * 281}, (400, "invalid")),
        ({"contract": "999999"}, (404, "unknown_contract")),
        ({"deadline": "2020-01-01T00:00:00Z"}, (422, "invalid_deadline")),
        ({"deadline": "soon"}, (400, "invalid")),
        ({"colour": "red"}, (400, "unknown_field")),
    ],
)
def test_bad_offers(alice, bob, contract, changes, expected):
    assert problem(alice.post("challenges/", offer_of(contract, **changes))) == expected
    assert not Challenge.objects.exists()


def test_answers_have_their_codes(alice, bob, contract):
    own = make_challenge(alice.user, contract).token
    assert problem(alice.post(f"challenges/{own}/accept/", {})) == (409, "own_challenge")
    late = make_challenge(alice.user, contract, bob.user, late=True).token
    assert problem(bob.post(f"challenges/{late}/accept/", {})) == (409, "challenge_expired")
    assert bob.get(f"challenges/{late}/").json()["status"] == "expired"
    done = make_challenge(alice.user, contract, bob.user).token
    bob.post(f"challenges/{done}/decline/", {})
    assert problem(bob.post(f"challenges/{done}/accept/", {})) == (409, "challenge_not_open")


def test_want_of_money_says_whose(alice, as_user, contract):
    poor = as_user(make_member("poor", balance_credits=1))
    token = make_challenge(alice.user, contract).token
    response = poor.post(f"challenges/{token}/accept/", {})
    assert problem(response) == (409, "insufficient_funds")
    assert response.json()["party"] == "you"


def test_unknown_box_is_400(alice):
    assert problem(alice.get("challenges/?box=all")) == (400, "invalid")


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(alice, bob, contract, count, django_assert_num_queries):
    for _ in range(count):
        make_challenge(alice.user, contract, bob.user)
    with django_assert_num_queries(5):
        assert len(bob.get("challenges/").json()["results"]) == count


def test_list_is_paged(alice, bob, contract):
    for _ in range(3):
        make_challenge(alice.user, contract, bob.user, deadline_at=now() + timedelta(hours=1))
    first = bob.get("challenges/?limit=2").json()
    second = bob.get(f"challenges/?limit=2&cursor={first['next']}").json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)


@pytest.mark.parametrize("form", ["atom", "xhtml"])
def test_challenges_are_offered_in_each_representation(alice, bob, contract, form):
    made = alice.post("challenges/", offer_of(contract)).json()
    response = alice.get(f"challenges/?box=outgoing&format={form}")
    assert response.status_code == 200
    assert "Your challenges" in response.content.decode()
    assert made["url"] in response.content.decode()
    assert made["id"] not in bob.get(f"challenges/?box=outgoing&format={form}").content.decode()
