"""GET feed/, markets/{slug}/activity/, members/{handle}/activity/."""

import pytest

from accounts.models import Audience, Follow, User
from social.activities.models import Verb
from social.activities.services import NewActivity, record_activity
from tests.api.conftest import problem
from tests.documents import ATOM, XHTML, cells, read_feed, read_page
from tests.factories import first_contract, make_market, make_user

pytestmark = pytest.mark.django_db
FEEDS = ("feed/?scope=public", "markets/rain/activity/", "members/trader/activity/")


@pytest.fixture
def trader(db):
    return make_user("trader", name="Tess")


@pytest.fixture
def rain(db):
    return make_market(title="Rain")


def trade(trader, rain, number=1):
    data = {
        "contract": first_contract(rain).pk,
        "side": "sell",
        "quantity": 10,
        "notional_ticks": 40_000,
    }
    record_activity(
        NewActivity(
            verb=Verb.TRADED,
            key=f"trade:{number}",
            actor_id=trader.pk,
            market_id=rain.pk,
            data=data,
        )
    )


def texts(response):
    return [row["text"] for row in response.json()["results"]]


@pytest.mark.parametrize("path", FEEDS)
def test_feed_shows_everything_about_an_activity(anonymous, trader, rain, path):
    trade(trader, rain)

    (told,) = anonymous.get(path).json()["results"]

    assert told.pop("id").isdigit()
    assert told.pop("created_at").endswith("Z")
    assert told.pop("actor")["handle"] == "trader"
    assert told == {
        "verb": "traded",
        "text": "trader bought 10 No at 0.60: Rain",
        "url": "/markets/rain/",
        "target": None,
        "market": {"slug": "rain", "title": "Rain"},
        "quantity": 10,
        "average_price": "0.6000",
        "amount": None,
        "excerpt": "",
    }


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("format_", ["json", "atom", "xhtml"])
def test_feed_hides_what_the_trader_hides_in_each_representation(
    anonymous, trader, rain, path, format_
):
    trade(trader, rain)
    joiner = "&" if "?" in path else "?"
    assert b"bought 10 No" in anonymous.get(f"{path}{joiner}format={format_}").content

    User.objects.filter(pk=trader.pk).update(trades_audience=Audience.NOBODY)

    answer = anonymous.get(f"{path}{joiner}format={format_}")
    assert answer.status_code == 200
    assert b"bought 10 No" not in answer.content


def test_feed_of_a_member_is_their_own_and_everybodys_on_request(alice, trader, rain):
    trade(trader, rain)
    assert texts(alice.get("feed/")) == []
    assert len(texts(alice.get("feed/?scope=public"))) == 1

    Follow.objects.create(follower=alice.user, followed=trader)

    assert len(texts(alice.get("feed/"))) == len(texts(alice.get("feed/?scope=home"))) == 1


def test_feed_of_a_stranger_is_everybodys(anonymous, trader, rain):
    trade(trader, rain)

    assert len(texts(anonymous.get("feed/"))) == 1
    assert problem(anonymous.get("feed/?scope=home")) == (401, "not_authenticated")


def test_home_feed_pages_by_its_cursors(alice, trader, rain):
    Follow.objects.create(follower=alice.user, followed=trader)
    for number in range(5):
        trade(trader, rain, number)
    everything = [row["id"] for row in alice.get("feed/").json()["results"]]

    found, query = [], "?limit=2"
    while query:
        page = alice.get(f"feed/{query}").json()
        found.append([row["id"] for row in page["results"]])
        query = f"?limit=2&cursor={page['next']}" if page["next"] else ""

    assert [len(ids) for ids in found] == [2, 2, 1]
    assert [one for ids in found for one in ids] == everything


@pytest.mark.parametrize(
    "query",
    ["scope=nothing", "scope=HOME", "scope=%00", "limit=0", "limit=201", "limit=x", "cursor=!",
     "cursor=MC45OTk5OTk5OTk5OTk5OTk5OTk5OTk"],
)  # fmt: skip
def test_feed_refuses_bad_input(alice, query):
    status, code = problem(alice.get(f"feed/?{query}"))
    assert (status, code) in {(400, "invalid"), (400, "invalid_cursor")}


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_feed_is_only_read(alice, trader, rain, path, method):
    answer = getattr(alice, method)(path, **({} if method == "delete" else {"body": {}}))
    assert problem(answer) == (405, "method_not_allowed")


def test_feed_of_what_is_not_there_is_404(anonymous):
    make_market(title="Draft", status="draft")

    assert problem(anonymous.get("markets/draft/activity/")) == (404, "unknown_market")
    assert problem(anonymous.get("members/nobody/activity/")) == (404, "not_found")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), list(zip(FEEDS, (2, 4, 3), strict=True)))
@pytest.mark.parametrize("format_", ["json", "atom", "xhtml"])
def test_feed_takes_the_same_queries_however_long(
    anonymous, trader, rain, django_assert_num_queries, count, path, queries, format_
):
    for number in range(count):
        trade(trader, rain, number)

    with django_assert_num_queries(queries):
        anonymous.get(f"{path}{'&' if '?' in path else '?'}format={format_}")


def test_feed_is_an_atom_feed_and_a_page(anonymous, trader, rain):
    trade(trader, rain)

    feed = read_feed(anonymous.get("markets/rain/activity/", Accept=ATOM))

    assert feed.feed.title == "Activity in rain · Likely"
    (entry,) = feed.entries
    assert (entry.title, entry.author) == ("trader bought 10 No at 0.60: Rain", "trader")
    assert len(cells(read_page(anonymous.get("markets/rain/activity/", Accept=XHTML)))) == 1


def test_feed_of_nothing_is_empty(anonymous, trader, rain):
    for path in FEEDS:
        assert anonymous.get(path).json() == {"results": [], "next": None}
