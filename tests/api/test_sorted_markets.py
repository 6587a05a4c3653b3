"""GET markets/?sort= and settlements/."""

from datetime import UTC, datetime

import pytest

from exchange.marketdata.figures.models import MarketFigures
from exchange.markets.models import Market
from tests.api.conftest import problem
from tests.documents import ATOM, read_feed
from tests.factories import first_contract, make_market

pytestmark = pytest.mark.django_db
SORTS = {
    "": ["four", "three", "two", "one"],
    "newest": ["four", "three", "two", "one"],
    "volume": ["two", "four", "one", "three"],
    "movers": ["one", "two", "four", "three"],
    "closing": ["three", "one", "four", "two"],
}


@pytest.fixture
def four(db):
    """Markets one to four; two of the same volume, two without a closing time."""
    for title, day, volume, move_ticks in (
        ("one", 9, 5, 900), ("two", None, 50, 300), ("three", 3, None, None), ("four", None, 50, 0)
    ):  # fmt: skip
        closes_at = None if day is None else datetime(2030, 1, day, 12, 0, 0, 5, tzinfo=UTC)
        market = make_market(title=title, closes_at=closes_at)
        if volume is not None:
            MarketFigures.objects.create(
                market=market, volume_24h=volume, move_24h_ticks=move_ticks
            )
    MarketFigures.objects.filter(market__slug="four").update(volume_24h=49)


@pytest.mark.parametrize(("sort", "slugs"), SORTS.items())
@pytest.mark.parametrize("limit", [1, 3, 200])
def test_markets_are_sorted_and_paged(anonymous, four, sort, slugs, limit):
    seen, cursor = [], ""
    while cursor is not None:
        page = anonymous.get(f"markets/?sort={sort}&limit={limit}&cursor={cursor}").json()
        seen += [market["slug"] for market in page["results"]]
        cursor = page["next"]

    assert seen == slugs


@pytest.mark.parametrize("sort", ["price", "-volume", "VOLUME"])
def test_markets_by_no_such_sort_are_400(anonymous, sort):
    response = anonymous.get(f"markets/?sort={sort}")

    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == "sort"


def test_cursor_beyond_every_moment_is_400(anonymous):
    huge = "MC45MjIzMzcyMDM2ODU0Nzc1ODA3"  # 0.9223372036854775807

    assert problem(anonymous.get(f"markets/?sort=closing&cursor={huge}")) == (
        400,
        "invalid_cursor",
    )


def end(market, day, *, status="settled", winner=None):
    Market.objects.filter(pk=market.pk).update(
        status=status, winner=winner, settled_at=datetime(2026, 3, day, tzinfo=UTC)
    )


@pytest.fixture
def ended(db):
    rain, snow, fog = (make_market(title=title) for title in ("Rain", "Snow", "Fog"))
    make_market(title="Open")
    end(rain, 3, winner=first_contract(rain))
    end(snow, 1)
    end(fog, 2, status="voided")


def test_settlements_say_what_won_the_last_first(anonymous, ended):
    told = anonymous.get("settlements/").json()

    assert [(row["slug"], row["status"], row["winner_name"]) for row in told["results"]] == [
        ("rain", "settled", "Yes"),
        ("fog", "voided", None),
        ("snow", "settled", "No"),
    ]
    assert told["results"][0]["settled_at"] == "2026-03-03T00:00:00Z"
    assert told["next"] is None


def test_settlements_are_paged(anonymous, ended):
    seen, cursor = [], ""
    while cursor is not None:
        page = anonymous.get(f"settlements/?limit=1&cursor={cursor}").json()
        seen += [row["slug"] for row in page["results"]]
        cursor = page["next"]

    assert seen == ["rain", "fog", "snow"]


def test_settlements_are_a_feed_as_of_the_last(anonymous, ended):
    feed = read_feed(anonymous.get("settlements/", Accept=ATOM))

    assert [entry.title for entry in feed.entries] == ["Rain: Yes", "Fog: voided", "Snow: No"]
    assert feed.feed.updated == "2026-03-03T00:00:00Z"


def test_settlements_of_nothing_are_none_and_only_read(anonymous):
    assert anonymous.get("settlements/").json() == {"results": [], "next": None}
    assert read_feed(anonymous.get("settlements/", Accept=ATOM)).entries == []
    assert problem(anonymous.post("settlements/", {})) == (405, "method_not_allowed")


@pytest.mark.parametrize("count", [1, 3])
def test_settlements_take_a_fixed_number_of_queries(anonymous, django_assert_num_queries, count):
    for _ in range(count):
        end(make_market(), 1)

    with django_assert_num_queries(2):
        anonymous.get("settlements/")
