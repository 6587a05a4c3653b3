"""A member's page."""

import pytest

from accounts.models import Follow, User
from exchange.web.member_tabs import TABS
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
PATHS = ["/members/dora/", *(f"/members/dora/{tab.name}/" for tab in TABS[1:])]


@pytest.fixture
def dora():
    return make_member("dora", name="Dora <b>", bio="Rain, <i>mostly</i>.")


def trade(member, market=None):
    contract = first_contract(market or make_market())
    maker = make_order(make_account(), contract, side="sell", filled=10)
    make_trade(maker, make_order(member.account, contract, filled=10))
    make_position(member.account, contract, quantity=10, cash_ticks=-40_000)
    contract.market.contracts.update(last_price_ticks=4_500)


def test_member_page_shows_who_and_what(client, dora):
    trade(dora, make_market(title="Will it rain?"))
    page = client.get("/members/dora/").content.decode()
    assert "Dora &lt;b&gt;" in page
    assert "Rain, &lt;i&gt;mostly&lt;/i&gt;." in page
    assert page.count("Will it rain?") == 2
    assert '<dd class="gain">+0.50</dd>' in page


@pytest.mark.parametrize("path", PATHS)
def test_member_page_in_another_spelling_leads_to_the_right_one(client, dora, path):
    response = client.get(path.replace("dora", "DORA") + "?cursor=1")
    assert (response.status_code, response.url) == (302, path + "?cursor=1")


@pytest.mark.parametrize("path", PATHS)
def test_unknown_and_closed_members_are_404(client, dora, path):
    assert client.get(path.replace("dora", "nobody")).status_code == 404
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert client.get(path).status_code == 404


def test_unknown_tab_is_404(client, dora):
    assert client.get("/members/dora/nonsense/").status_code == 404


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_member_page_refuses_other_methods(client, dora, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_own_page_leads_to_the_settings(client, dora):
    link = ">Settings</a>"
    assert link not in client.get("/members/dora/").content.decode()
    client.force_login(dora)
    assert link in client.get("/members/dora/").content.decode()


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        ("trades", "/members/dora/trades/", "see trades"),
        ("positions", "/members/dora/positions/", "see open positions"),
        ("follows", "/members/dora/following/", "see whom they follow"),
    ],
)
def test_hidden_kind_is_said_and_not_shown(client, dora, kind, path, words):
    trade(dora, make_market(title="Will it rain?"))
    Follow.objects.create(follower=dora, followed=make_user("erik"))
    User.objects.filter(pk=dora.pk).update(**{f"{kind}_audience": "followers"})
    page = client.get(path).content.decode()
    assert "Will it rain?" not in page
    assert "erik" not in page
    assert words in page
    follower = make_user("follower")
    Follow.objects.create(follower=follower, followed=dora)
    client.force_login(follower)
    assert words not in client.get(path).content.decode()


def test_hidden_profit_takes_cost_and_gain_from_the_positions_too(client, dora):
    trade(dora)
    User.objects.filter(pk=dora.pk).update(profit_audience="nobody")
    for path in PATHS:
        page = client.get(path).content.decode()
        assert "Average price" not in page
        assert "0.50" not in page


def test_everything_hidden_still_makes_a_page(client, dora):
    kinds = ("trades", "positions", "profit", "follows")
    User.objects.filter(pk=dora.pk).update(**{f"{kind}_audience": "nobody" for kind in kinds})
    page = client.get("/members/dora/").content.decode()
    assert "does not show them to you" in page
    assert "keeps trades private" in page


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/members/dora/", "No trades yet"),
        ("/members/dora/positions/", "No open positions"),
        ("/members/dora/followers/", "Nobody to show yet"),
        ("/members/dora/following/", "Follows nobody yet"),
    ],
)
def test_empty_member_page_says_so(client, dora, path, text):
    assert text in client.get(path).content.decode()


def test_member_without_an_account_has_a_page(client):
    make_user("newcomer")
    for tab in ("", "positions/", "trades/"):
        assert client.get(f"/members/newcomer/{tab}").status_code == 200


QUERIES = dict(zip(PATHS, (4 + 2 + 2 + 2, 4 + 2, 4 + 2, 4 + 2, *(4 + 1,) * 4), strict=True))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("path", PATHS)
def test_member_page_takes_a_fixed_number_of_queries(
    client, dora, path, rows, django_assert_num_queries
):
    for _ in range(rows):
        trade(dora)
        friend = make_user()
        Follow.objects.create(follower=dora, followed=friend)
        Follow.objects.create(follower=friend, followed=dora)
    with django_assert_num_queries(QUERIES[path]):
        assert client.get(path).status_code == 200
