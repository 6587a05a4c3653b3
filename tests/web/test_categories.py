"""The page of a category: its events and markets, narrowed and sorted."""

import pytest
from django.test import Client

from exchange.markets.categories import path_of, slug_of
from tests.factories import make_event, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def market_in(category, title, **fields):
    return make_market(event=make_event(f"On {title}", category=category), title=title, **fields)


def titles(response):
    return [card.market.title for card in response.context["cards"]]


@pytest.mark.parametrize(
    ("name", "slug"), [("Weather", "weather"), ("Été & Co", "été-co"), ("天気", "天気"), ("?!", "")]
)
def test_slug_of_a_category_keeps_every_script(name, slug):
    assert slug_of(name) == slug


def test_path_of_a_category_without_a_slug_is_its_list():
    assert path_of("?!") == "/markets/?category=%3F%21"
    assert path_of("Weather") == "/categories/weather/"


@pytest.mark.parametrize("count", [1, 3])
def test_category_anonymous_fixed_queries(client, django_assert_num_queries, count):
    for number in range(count):
        market_in("Weather", f"Rain {number}?")
    # categories, markets, contracts, best prices, day, events
    with django_assert_num_queries(6):
        response = client.get("/categories/weather/")
    assert len(titles(response)) == count


def test_category_shows_its_own_markets_and_events(client):
    market_in("Weather", "Rain?")
    market_in("Sport", "Goal?")
    market_in("Weather", "Snow?", status="settled")
    response = client.get("/categories/weather/")
    page = response.content.decode()
    assert titles(response) == ["Rain?"]
    assert [event.title for event in response.context["events"]] == ["On Rain?"]
    assert "<h1>Weather</h1>" in page
    assert "?category=Weather&amp;status=open&amp;sort=newest&amp;format=atom" in page
    assert titles(client.get("/categories/weather/?status=any")) == ["Snow?", "Rain?"]
    assert titles(client.get("/categories/weather/?status=settled&q=snow")) == ["Snow?"]


def test_category_with_nothing_that_fits_says_so(client):
    market_in("Weather", "Rain?", status="settled")
    assert "No market is open here" in client.get("/categories/weather/").content.decode()
    assert "No market fits" in client.get("/categories/weather/?q=zebra").content.decode()


def test_categories_that_signs_alone_tell_apart_share_a_page(client):
    market_in("Sci-fi", "Mars?")
    market_in("Sci fi", "Venus?")
    assert titles(client.get("/categories/sci-fi/")) == ["Venus?", "Mars?"]


@pytest.mark.parametrize("slug", ["sport", "draft", "Weather", "weather-"])
def test_unknown_category_is_not_found(client, slug):
    market_in("Weather", "Rain?")
    market_in("Draft", "Not yet?", status="draft")
    assert client.get(f"/categories/{slug}/").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "1.2.3", "zz"])
def test_category_refuses_cursors_that_are_not_its_own(client, cursor):
    market_in("Weather", "Rain?")
    assert client.get(f"/categories/weather/?cursor={cursor}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_category_refuses_other_methods(client, method):
    market_in("Weather", "Rain?")
    assert getattr(client, method)("/categories/weather/").status_code == 405


def test_category_is_linked_from_home_market_event_and_search(client):
    market = market_in("Weather", "Rain?")
    link = 'href="/categories/weather/"'
    for path in ("/", f"/markets/{market.slug}/", f"/events/{market.event.slug}/"):
        assert link in client.get(path).content.decode()
