"""The list of markets sorted, paged, with a line of each one's day and links to its feed."""

import re
from datetime import UTC, datetime

import pytest

from core.clock import now_ms
from exchange.marketdata.candles.bars import Print
from exchange.marketdata.candles.services import count_prints
from exchange.marketdata.figures.models import MarketFigures
from exchange.web.charts.sparks import HEIGHT, make_spark
from exchange.web.formatting import format_points
from exchange.web.views import home
from tests.factories import first_contract, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(db):
    for title, day, volume in (("one", 9, 5), ("two", None, 50), ("three", 3, 20)):
        closes_at = None if day is None else datetime(2030, 1, day, tzinfo=UTC)
        market = make_market(title=title, closes_at=closes_at)
        MarketFigures.objects.create(market=market, volume_24h=volume, move_24h_ticks=volume % 20)


def titles(response):
    return [card.market.title for card in response.context["cards"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["three", "two", "one"]),
        ("newest", ["three", "two", "one"]),
        ("nonsense", ["three", "two", "one"]),
        ("volume", ["two", "three", "one"]),
        ("movers", ["two", "one", "three"]),
        ("closing", ["three", "one", "two"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 24])
def test_list_is_sorted_on_every_page(client, three, monkeypatch, sort, expected, size):
    monkeypatch.setattr(home, "MARKETS_PER_PAGE", size)
    seen, query = [], f"sort={sort}"
    while query:
        response = client.get(f"/markets/?{query}")
        seen += titles(response)
        query = response.context["page"].next_query

    assert seen == expected


@pytest.mark.parametrize("cursor", ["x", "1.", ".1", "1.2.3", "zzzzzzzzzzzzz.1", "É.1", "-1.1"])
@pytest.mark.parametrize("sort", ["", "closing"])
def test_cursor_of_nobodys_is_404(client, cursor, sort):
    assert client.get("/markets/", {"sort": sort, "cursor": cursor}).status_code == 404


def test_list_links_to_the_same_as_a_feed(client, three):
    page = client.get("/markets/?q=t&status=any&sort=volume").content.decode()
    address = re.search(r'application/atom\+xml" title="Markets" href="([^"]+)"', page)[1]

    feed = client.get(address.replace("&amp;", "&"))

    assert feed["Content-Type"].startswith("application/atom+xml")
    assert re.findall(r"<title>(\w+)</title>", feed.content.decode()) == ["two", "three"]


def test_market_page_links_to_its_trades_as_a_feed(client):
    make_market(title="Rain")

    page = client.get("/markets/rain/").content.decode()

    assert 'href="/api/v1/markets/rain/trades/?format=atom"' in page


def test_card_shows_the_day_of_its_market(client):
    contract = first_contract(make_market(title="Rain"))
    now_s = now_ms() // 1_000
    for number, (hours_ago, price_ticks) in enumerate(((5, 4_000), (1, 4_550)), start=1):
        one = Print(
            market=contract.market_id,
            contract=contract.pk,
            trade=number,
            seq=number,
            price_ticks=price_ticks,
            quantity=1,
            time_s=now_s - hours_ago * 3_600,
        )
        count_prints(prints=[one])

    page = client.get("/").content.decode()

    assert 'd="M0 24L96 0"' in page
    assert '<span class="num up">+5.5 pts</span>' in page


def test_spark_is_a_line_from_left_to_right():
    spark = make_spark([(0, 4_000), (50, 4_500), (100, 4_250)])

    assert (spark.path, spark.move_ticks) == ("M0 24L48 0L96 12", 250)


def test_spark_of_hardly_a_move_is_nearly_flat():
    assert make_spark([(0, 4_000), (100, 4_010)]).path == f"M0 {HEIGHT}L96 23"


@pytest.mark.parametrize("closes", [[], [(0, 4_000)]])
def test_spark_needs_two_points(closes):
    assert make_spark(closes) is None


@pytest.mark.parametrize(
    ("ticks", "text"),
    [(300, "+3 pts"), (-150, "−1.5 pts"), (0, "0 pts"), (1, "+0.01 pts"), (1_000, "+10 pts")],
)
def test_moves_are_points_with_their_sign(ticks, text):
    assert format_points(ticks) == text
