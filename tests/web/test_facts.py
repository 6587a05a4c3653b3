"""An event's metadata on its pages."""

import re

import pytest

from exchange.web.facts import Fact, list_facts
from tests.factories import make_event, make_market

METADATA = {
    "venue": "Wembley <b>",
    "home-team": "Reds",
    "teams": ["Reds", "Blues"],
    "season_year": 2_027,
    "indoors": False,
    "floodlit": True,
    "_demo": True,
}


def test_facts_are_what_everybody_may_read_in_words():
    assert list_facts(METADATA | {"old": {"nested": 1}}) == [
        Fact("Floodlit", "Yes"),
        Fact("Home team", "Reds"),
        Fact("Indoors", "No"),
        Fact("Season year", "2027"),
        Fact("Teams", "Reds, Blues"),
        Fact("Venue", "Wembley <b>"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/markets/{market}/", "/events/{event}/"])
def test_page_tells_about_the_event(client, page):
    market = make_market(event=make_event(metadata=METADATA))
    path = page.format(market=market.slug, event=market.event.slug)
    text = client.get(path).content.decode()
    [about] = re.findall(r'About this event.*?<dl class="facts">(.*?)</dl>', text, re.DOTALL)
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", about)[-3:] == [
        ("Season year", "2027"), ("Teams", "Reds, Blues"), ("Venue", "Wembley &lt;b&gt;"),
    ]  # fmt: skip
    assert "<dt>Demo" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("metadata", [{}, {"_demo": True}])
@pytest.mark.parametrize("page", ["/markets/{market}/", "/events/{event}/"])
def test_page_tells_nothing_where_nothing_is_known(client, page, metadata):
    market = make_market(event=make_event(metadata=metadata))
    path = page.format(market=market.slug, event=market.event.slug)
    assert "About this event" not in client.get(path).content.decode()


@pytest.mark.django_db
def test_page_links_addresses_and_nothing_that_could_run(client):
    metadata = {"source": "https://example.org/results", "bad": "javascript:alert(1)"}
    market = make_market(event=make_event(metadata=metadata))
    text = client.get(f"/markets/{market.slug}/").content.decode()
    assert (
        '<dd><a href="https://example.org/results" rel="nofollow">https://example.org/results</a>'
        in text
    )
    assert "<dd>javascript:alert(1)</dd>" in text


@pytest.mark.django_db
@pytest.mark.parametrize("markets", [1, 3])
def test_event_page_takes_the_same_queries_with_metadata(
    client, django_assert_num_queries, markets
):
    event = make_event(metadata=METADATA)
    for _ in range(markets):
        make_market(event=event)
    # event, markets, contracts, best prices
    with django_assert_num_queries(5):
        client.get(f"/events/{event.slug}/")


@pytest.mark.django_db
def test_search_of_the_pages_finds_what_the_metadata_mentions(client):
    market = make_market(event=make_event(metadata={"teams": ["Reds", "Blues"]}))
    make_market()
    cards = client.get("/markets/", {"q": "blue"}).context["cards"]
    assert [card.market for card in cards] == [market]
