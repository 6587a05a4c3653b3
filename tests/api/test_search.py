"""GET search/ and search/suggest/."""

import feedparser
import pytest

from exchange.marketdata.figures.models import ContractFigures
from exchange.markets.models import Contract
from tests.api.conftest import problem
from tests.factories import make_event, make_market, make_member, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def rain(db):
    market = make_market(
        title="Who wins the rain cup?", event=make_event("Rain cup 2027"), outcomes=("Rain", "Sun")
    )
    sun = market.contracts.get(name="Sun")
    Contract.objects.filter(pk=sun.pk).update(last_price_ticks=6_100)
    ContractFigures.objects.create(contract=sun, market=market, move_24h_ticks=-300)
    return market


def titles(response):
    assert response.status_code == 200, response.content
    return [result["title"] for result in response.json()["results"]]


def test_suggestions_say_all_that_is_shown(anonymous, rain):
    make_member("rainer", name="Rain Man")
    results = anonymous.get("search/suggest/?q=rain").json()["results"]

    market, event, contract, member = results
    assert market == {
        "kind": "market",
        "id": str(rain.pk),
        "title": "Who wins the rain cup?",
        "subtitle": "Rain cup 2027",
        "url": "/markets/who-wins-the-rain-cup/",
        "slug": "who-wins-the-rain-cup",
        "category": "Sport",
        "status": "open",
        "is_open": True,
        "outcome": "Sun",
        "price": "0.6100",
        "move_24h": "-0.0300",
    }
    assert (event["kind"], event["url"]) == ("event", "/events/rain-cup-2027/")
    rain_pk = rain.contracts.get(name="Rain").pk
    assert contract["url"] == f"/markets/who-wins-the-rain-cup/?contract={rain_pk}"
    assert (contract["id"], contract["price"], contract["outcome"]) == (str(rain_pk), None, None)
    assert (member["id"], member["subtitle"]) == ("rainer", "@rainer")
    assert member["url"] == "/members/rainer/"


def test_category_leads_to_its_markets(anonymous, rain):
    (category,) = anonymous.get("search/suggest/?q=spo").json()["results"]
    assert (category["kind"], category["id"]) == ("category", "Sport")
    assert anonymous.http.get(category["url"]).status_code == 200


def test_every_address_is_a_page(anonymous, rain):
    make_member("rainer")
    results = anonymous.get("search/suggest/?q=rain").json()["results"]
    assert [anonymous.http.get(result["url"]).status_code for result in results] == [200] * 4


def test_same_suggestions_are_not_sent_twice(anonymous, rain):
    first = anonymous.get("search/suggest/?q=rain")
    assert first["Cache-Control"] == "private, max-age=5"
    again = anonymous.get("search/suggest/?q=rain", **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = anonymous.get("search/suggest/?q=sun", **{"if-none-match": first["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["search/", "search/suggest/"])
@pytest.mark.parametrize("query", ["?q=", "?q=%20", "?q=zebra", "?q=%3F%21"])
def test_nothing_is_found(anonymous, rain, path, query):
    assert titles(anonymous.get(f"{path}{query}")) == []


@pytest.mark.parametrize("path", ["search/", "search/suggest/"])
@pytest.mark.parametrize(("query", "field"), [("", "q"), (f"?q={'x' * 201}", "q"), ("?q=%00", "q")])
def test_bad_words_are_refused(anonymous, path, query, field):
    response = anonymous.get(f"{path}{query}")
    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "query", ["kind=draft", "kind=MARKET", "status=draft", "category=%00", "limit=0", "limit=x"]
)
def test_bad_narrowing_is_refused(anonymous, query):
    response = anonymous.get(f"search/?q=rain&{query}")
    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "%00", "MC4", "%F0%9F%98%80", "A" * 5_000, "MC4yLjEuMQ",
               "MS4xLjEuOTk5OTk5OTk5OTk5OTk5OTk5OQ"],
)  # fmt: skip
def test_cursor_of_nobodys_is_refused(anonymous, rain, cursor):
    response = anonymous.get(f"search/?q=rain&cursor={cursor}")
    assert problem(response) == (400, "invalid_cursor")


@pytest.mark.parametrize("path", ["search/?q=rain", "search/suggest/?q=rain"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused(anonymous, path, method):
    response = getattr(anonymous.http, method)(f"/api/v1/{path}")
    assert problem(response) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Who wins the rain cup?", "Rain cup 2027", "Rain"]),
        ("&kind=market", ["Who wins the rain cup?"]),
        ("&kind=contract", ["Rain"]),
        ("&kind=member", []),
        ("&status=open", ["Who wins the rain cup?", "Rain"]),
        ("&status=settled", []),
        ("&category=Sport&kind=event", ["Rain cup 2027"]),
        ("&category=Chess", []),
    ],
)
def test_results_are_narrowed(anonymous, rain, query, found):
    assert sorted(titles(anonymous.get(f"search/?q=rain{query}"))) == sorted(found)


def test_results_are_paged(anonymous):
    for number in range(5):
        make_market(title=f"Rain {number}", category=f"C{number}")
    query, pages = "search/?q=rain&kind=market&limit=2", []
    cursor = ""
    while cursor is not None:
        page = anonymous.get(f"{query}&cursor={cursor}").json()
        pages.append([result["title"] for result in page["results"]])
        cursor = page["next"]
    assert pages == [["Rain 4", "Rain 3"], ["Rain 2", "Rain 1"], ["Rain 0"]]


def test_answer_says_that_nothing_fits_as_typed(anonymous, rain):
    assert anonymous.get("search/?q=rain").json()["is_near"] is False
    near = anonymous.get("search/?q=rian").json()
    assert near["is_near"] is True
    assert len(near["results"]) == 3


def test_results_are_a_feed_and_a_page_too(anonymous, rain):
    feed = feedparser.parse(anonymous.get("search/?q=rain&format=atom").content)
    assert not feed.bozo
    assert len(feed.entries) == 3
    page = anonymous.get("search/?q=rain&format=xhtml")
    assert b"Who wins the rain cup?" in page.content


@pytest.mark.parametrize("path", ["search/?q=rain", "search/suggest/?q=rain"])
@pytest.mark.parametrize("count", [1, 3])
def test_searches_take_a_fixed_number_of_queries(anonymous, path, count, django_assert_num_queries):
    for number in range(count):
        make_market(title=f"Rain {number}", event=make_event(f"Rains {number}"))
        make_member(f"rain{number}")
    Contract.objects.update(last_price_ticks=5_000)
    # found, documents, prices, moves
    with django_assert_num_queries(4):
        assert len(titles(anonymous.get(path))) == 3 * count


def test_what_a_member_holds_is_no_way_to_find_them(anonymous, charlie, rain):
    alice = make_member("alice", bio="Loves rain")
    make_position(alice.account, rain.contracts.first(), quantity=5, cash_ticks=-20_000)
    for client in (anonymous, charlie):
        results = client.get("search/suggest/?q=rain").json()["results"]
        assert "member" not in {result["kind"] for result in results}
        assert titles(client.get("search/?q=alice")) == ["alice"]
        assert titles(client.get("search/?q=alice@example.com")) == []
    alice.is_active = False
    alice.save()
    assert titles(charlie.get("search/?q=alice")) == []
