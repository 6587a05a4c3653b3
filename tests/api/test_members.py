"""Members as the API shows them."""

from datetime import UTC, datetime

import pytest

from accounts.models import Follow, User
from exchange.trading.models import Position
from tests.api.conftest import problem
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_trade,
    make_user,
)

pytestmark = pytest.mark.django_db
LISTS = ("trades", "positions", "followers", "following")
PATHS = ["members/dora/", *(f"members/dora/{name}/" for name in LISTS)]
KIND_OF = {"trades": "trades", "positions": "positions", "following": "follows"}


@pytest.fixture
def dora():
    return make_member("dora", name="Dora", bio="Rain, mostly.")


def trade(member, *, quantity=10):
    contract = first_contract(make_market())
    maker = make_order(make_account(), contract, side="sell", filled=quantity)
    make_trade(maker, make_order(member.account, contract, filled=quantity), quantity=quantity)
    make_position(member.account, contract, quantity=quantity, cash_ticks=-4_500 * quantity)


def test_member_is_everybodys_to_read(dora, anonymous):
    trade(dora)
    told = anonymous.get("members/DORA/").json()
    assert told == {
        "handle": "dora",
        "name": "Dora",
        "bio": "Rain, mostly.",
        "is_bot": False,
        "avatar": None,
        "joined_at": told["joined_at"],
        "hidden": [],
        "follower_count": 0,
        "following_count": 0,
        "trade_count": 1,
        "volume": 10,
        "markets_traded": 1,
        "markets_settled": 0,
        "markets_won": 0,
        "profit": "0.0000",
        "realised_profit": "0.0000",
    }


def test_what_is_hidden_is_null_and_named(dora, anonymous):
    User.objects.filter(pk=dora.pk).update(
        trades_audience="nobody", profit_audience="followers", follows_audience="nobody"
    )
    trade(dora)
    told = anonymous.get("members/dora/").json()
    assert told["hidden"] == ["trades", "profit", "follows"]
    hidden = ("following_count", "trade_count", "volume", "markets_traded", "profit")
    assert [told[name] for name in hidden] == [None] * 5


def test_trades_are_told_without_the_order(dora, anonymous):
    trade(dora)
    (row,) = anonymous.get("members/dora/trades/").json()["results"]
    assert (row["side"], row["liquidity"], row["quantity"]) == ("buy", "taker", 10)
    assert "order" not in row


@pytest.mark.parametrize(("audience", "cash"), [("public", "-4.5000"), ("nobody", None)])
def test_cash_of_a_position_belongs_to_profit(dora, anonymous, audience, cash):
    User.objects.filter(pk=dora.pk).update(profit_audience=audience)
    trade(dora)
    (row,) = anonymous.get("members/dora/positions/").json()["results"]
    assert (row["quantity"], row["cash"]) == (10, cash)


def test_followers_are_those_who_let_it_be_seen(dora, anonymous, alice):
    shy = make_user("shy", follows_audience="nobody")
    since = datetime(2027, 3, 1, 12, tzinfo=UTC)
    for follower in (alice.user, shy):
        Follow.objects.create(follower=follower, followed=dora, created_at=since)
    told = anonymous.get("members/dora/followers/").json()["results"]
    assert told == [
        {
            "handle": "alice",
            "name": "",
            "is_bot": False,
            "avatar": None,
            "url": "/api/v1/members/alice/",
            "followed_at": "2027-03-01T12:00:00Z",
        }
    ]
    assert anonymous.get("members/dora/").json()["follower_count"] == 2


def test_following_is_newest_first_and_pages(dora, anonymous):
    for number in range(3):
        Follow.objects.create(follower=dora, followed=make_user(f"friend{number}"))
    first = anonymous.get("members/dora/following/?limit=2").json()
    second = anonymous.get(f"members/dora/following/?limit=2&cursor={first['next']}").json()
    shown = [row["handle"] for row in first["results"] + second["results"]]
    assert shown == ["friend2", "friend1", "friend0"]
    assert second["next"] is None


@pytest.mark.parametrize("name", KIND_OF)
def test_hidden_list_is_refused_with_its_kind(dora, charlie, name):
    kind = KIND_OF[name]
    User.objects.filter(pk=dora.pk).update(**{f"{kind}_audience": "followers"})
    refused = charlie.get(f"members/dora/{name}/")
    assert problem(refused) == (403, "hidden_by_member")
    assert refused.json()["kind"] == kind
    Follow.objects.create(follower=charlie.user, followed=dora)
    assert charlie.get(f"members/dora/{name}/").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_unknown_and_closed_members_are_404(dora, anonymous, path):
    assert problem(anonymous.get(path.replace("dora", "nobody"))) == (404, "not_found")
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert problem(anonymous.get(path)) == (404, "not_found")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_members_are_not_written_here(dora, alice, path, method):
    assert problem(getattr(alice, method)(path, {})) == (405, "method_not_allowed")


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=!"])
@pytest.mark.parametrize("name", LISTS)
def test_bad_pages_are_refused(dora, anonymous, name, query):
    assert anonymous.get(f"members/dora/{name}/?{query}").status_code == 400


@pytest.mark.parametrize("name", ["trades", "positions"])
def test_member_without_an_account_has_empty_lists(anonymous, name):
    make_user("newcomer")
    assert anonymous.get(f"members/newcomer/{name}/").json() == {"results": [], "next": None}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), list(zip(PATHS, (6, 3, 4, 2, 2), strict=True)))
def test_members_take_a_fixed_number_of_queries(
    dora, anonymous, count, path, queries, django_assert_num_queries
):
    for _ in range(count):
        trade(dora)
        friend = make_user()
        Follow.objects.create(follower=dora, followed=friend)
        Follow.objects.create(follower=friend, followed=dora)
    with django_assert_num_queries(queries):
        anonymous.get(path)


def test_settled_positions_are_no_longer_listed(dora, anonymous):
    trade(dora)
    Position.objects.update(settled_ticks=1)
    assert anonymous.get("members/dora/positions/").json()["results"] == []
