"""The page of results, and the search in the head of every page."""

import pytest
from django.test import Client

from exchange.markets.models import Contract
from search.models import Document, Kind
from tests.factories import make_event, make_market, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def titles(response):
    assert response.status_code == 200
    return [line.result.document.title for line in response.context["lines"]]


@pytest.mark.parametrize("path", ["/", "/search/", "/accounts/login/", "/none/"])
def test_every_page_has_the_search(client, path):
    page = client.get(path).content.decode()
    assert page.count('class="site-search"') == 1
    assert 'action="/search/"' in page
    assert 'data-suggest="/api/v1/search/suggest/"' in page


def test_results_show_what_and_at_what_price(client):
    market = make_market(title="Who wins the cup?", event=make_event("Cup 2027"),
                         outcomes=("Reds", "Blues"))  # fmt: skip
    Contract.objects.filter(market=market, name="Reds").update(last_price_ticks=6_100)
    make_market(title="Cup of tea?", status="settled")
    make_member("cupbearer", name="Cup Bearer")
    response = client.get("/search/", {"q": "cup"})
    assert set(titles(response)) == {"Who wins the cup?", "Cup 2027", "Cup of tea?", "Cup Bearer"}
    page = response.content.decode()
    assert '>Reds</span><span class="num strong">61%</span>' in page
    assert "badge-settled" in page
    assert 'href="/members/cupbearer/"' in page
    assert "Results for “cup”" in page


def test_markup_in_words_and_titles_is_text(client):
    make_market(title="<b>Cup</b> & <script>alert(1)</script>?")
    page = client.get("/search/", {"q": "cup <i>"}).content.decode()
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "&lt;b&gt;Cup" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "rain"}, {"Rain a", "Rain b", "rain_man"}),
        ({"q": "rain", "kind": "market"}, {"Rain a", "Rain b"}),
        ({"q": "rain", "kind": "member"}, {"rain_man"}),
        ({"q": "rain", "status": "settled"}, {"Rain b"}),
        ({"q": "rain", "category": "Weather"}, {"Rain a"}),
        ({"q": "rain", "kind": "nonsense", "status": "x", "category": "y"},
         {"Rain a", "Rain b", "rain_man"}),
        ({"q": "zebra"}, set()),
        ({"q": "x" * 201}, set()),
        ({}, set()),
    ],
)  # fmt: skip
def test_results_are_narrowed(client, query, found):
    make_market(title="Rain a", category="Weather")
    make_market(title="Rain b", status="settled")
    make_member("rain_man")
    assert set(titles(client.get("/search/", query))) == found


def test_popular_markets_are_shown_where_there_is_no_result(client):
    for number in range(8):
        market = make_market(title=f"Rain {number}")
        documents = Document.objects.filter(kind=Kind.MARKET, key=str(market.pk))
        documents.update(popularity=10 * number)
    make_market(title="Settled", status="settled")
    expected = [f"Rain {number}" for number in (7, 6, 5, 4, 3, 2)]
    for query in ({}, {"q": "zebra"}):
        response = client.get("/search/", query)
        assert [card.market.title for card in response.context["popular"]] == expected
    assert "Nothing fits" in response.content.decode()
    assert client.get("/search/", {"q": "rain"}).context["popular"] == []


def test_search_of_an_empty_site(client):
    assert client.get("/search/").status_code == 200


def test_near_results_say_so(client):
    make_market(title="Championship?")
    assert "This comes close" in client.get("/search/", {"q": "chmapionship"}).content.decode()
    assert "This comes close" not in client.get("/search/", {"q": "champ"}).content.decode()


def test_pages_keep_what_was_asked(client):
    event = make_event("Weather")
    for number in range(25):
        make_market(title=f"Rain {number}", event=event)
    first = client.get("/search/", {"q": "rain", "kind": "market", "category": ""})
    second = client.get(f"/search/?{first.context['next_query']}")
    assert titles(first) + titles(second) == [f"Rain {number}" for number in reversed(range(25))]
    assert second.context["next_query"] == ""
    assert second.context["first_query"] == "q=rain&kind=market"
    assert 'rel="next"' in first.content.decode()


def test_tabs_narrow_and_start_from_the_first_page(client):
    make_market(title="Rain")
    response = client.get("/search/", {"q": "rain", "kind": "market", "status": "open"})
    tabs = {tab.label: tab for tab in response.context["tabs"]}
    assert tabs["Everything"].query == "q=rain&status=open"
    assert tabs["Members"].query == "q=rain&kind=member&status=open"
    assert [tab.label for tab in response.context["tabs"] if tab.is_chosen] == ["Markets"]


@pytest.mark.parametrize("cursor", ["!", "x", "MC4", "１", "MC4yLjEuMQ"])
def test_cursor_of_nobodys_is_not_found(client, cursor):
    assert client.get("/search/", {"q": "rain", "cursor": cursor}).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)("/search/").status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_results_take_a_fixed_number_of_queries(client, count, django_assert_num_queries):
    for number in range(count):
        make_market(title=f"Rain {number}", outcomes=("Rain a", "Rain b"))
        make_member(f"rain{number}")
    # categories, found, documents, prices
    with django_assert_num_queries(4):
        assert len(titles(client.get("/search/", {"q": "rain"}))) == 4 * count
    # categories, the highest ranked, markets, contracts, best prices, a day's closes
    with django_assert_num_queries(6):
        client.get("/search/")
