import pytest
from django.test import Client

from tests.factories import first_contract, make_account, make_event, make_market, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def prices_of(market, *, bid: int, ask: int) -> None:
    maker = make_account()
    make_order(maker, first_contract(market), side="buy", price_ticks=bid)
    make_order(maker, first_contract(market), side="sell", price_ticks=ask)


@pytest.mark.parametrize("markets", [1, 3])
def test_home_anonymous_fixed_queries(client, django_assert_num_queries, markets):
    for _ in range(markets):
        prices_of(make_market(outcomes=("Yes",)), bid=4_400, ask=4_600)
        make_market(outcomes=("A", "B", "C"))
    # categories, markets, contracts, best prices, day
    with django_assert_num_queries(5):
        response = client.get("/")
    assert response.status_code == 200
    assert len(response.context["cards"]) == 2 * markets


def test_home_shows_best_prices_and_chance(client):
    market = make_market(title="Will it rain?")
    prices_of(market, bid=4_400, ask=4_600)
    page = client.get("/").content.decode()
    assert "Will it rain?" in page
    assert "45%" in page
    assert ">0.46<" in page  # buy Yes: the best ask
    assert ">0.56<" in page  # buy No: the other side of the best bid


def test_home_greets_strangers_only(client, member):
    make_market()
    assert b"Trade on what happens next" in client.get("/").content
    client.force_login(member)
    page = client.get("/").content.decode()
    assert "Trade on what happens next" not in page
    assert "1,000.00" in page  # the balance in the header


def test_home_empty(client):
    page = client.get("/").content.decode()
    assert "No market is open at the moment" in page


def test_home_filtered_to_nothing_offers_all(client):
    make_market(title="Will it rain?")
    page = client.get("/markets/", {"q": "zebra"}).content.decode()
    assert "No market fits" in page
    assert "Will it rain?" not in page


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, {"open rain", "open snow"}),
        ({"q": "rain"}, {"open rain"}),
        ({"category": "Sport"}, {"open snow"}),
        ({"status": "settled"}, {"settled sun"}),
        ({"status": "any"}, {"open rain", "open snow", "settled sun"}),
        ({"status": "draft"}, {"open rain", "open snow"}),
        ({"status": "nonsense", "category": "nonsense"}, {"open rain", "open snow"}),
        ({"q": "x" * 101}, {"open rain", "open snow"}),
    ],
)
def test_home_filters(client, query, titles):
    weather = make_event(category="Weather")
    make_market(title="open rain", event=weather)
    make_market(title="open snow", event=make_event(category="Sport"))
    make_market(title="settled sun", event=weather, status="settled")
    make_market(title="draft hail", event=weather, status="draft")
    response = client.get("/markets/", query)
    assert {card.market.title for card in response.context["cards"]} == titles


def test_home_pages_keep_the_filter(client):
    for number in range(30):
        make_market(title=f"rain {number}")
    first = client.get("/markets/", {"q": "rain"})
    second = client.get(f"/markets/?{first.context['page'].next_query}")
    shown = [card.market.title for page in (first, second) for card in page.context["cards"]]
    assert shown == [f"rain {number}" for number in reversed(range(30))]
    assert second.context["page"].next_query == ""
    assert second.context["page"].first_query == "q=rain"


@pytest.mark.parametrize("cursor", ["!", "-1", "zzzzzzzzzzzzzzzzzzzz", "１"])
def test_home_cursor_not_ours_is_not_found(client, cursor):
    assert client.get("/", {"cursor": cursor}).status_code == 404


@pytest.mark.parametrize("path", ["/", "/markets/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_home_refuses_other_methods(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_event_lists_its_markets(client):
    event = make_event("Cup final")
    make_market(title="Who wins?", event=event, outcomes=("Reds", "Blues"))
    make_market(title="Draft", event=event, status="draft")
    make_market(title="Elsewhere")
    response = client.get(f"/events/{event.slug}/")
    assert [card.market.title for card in response.context["cards"]] == ["Who wins?"]


@pytest.mark.parametrize("markets", [1, 3])
def test_event_fixed_queries(client, django_assert_num_queries, markets):
    event = make_event("Cup final")
    for _ in range(markets):
        make_market(event=event, outcomes=("Reds", "Blues"))
    with django_assert_num_queries(5):
        client.get(f"/events/{event.slug}/")


def test_event_without_markets_to_show_is_not_found(client):
    event = make_event("Cup final")
    make_market(event=event, status="draft")
    assert client.get(f"/events/{event.slug}/").status_code == 404
    assert client.get("/events/none/").status_code == 404
