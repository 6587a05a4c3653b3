"""GET markets/{slug}/candles/."""

import pytest

from exchange.marketdata.candles.bars import Print
from exchange.marketdata.candles.services import count_prints
from tests.api.conftest import problem
from tests.documents import ATOM, read_feed
from tests.factories import make_market

pytestmark = pytest.mark.django_db
START_S = 1_772_323_200  # 2026-03-01T00:00:00Z


def trade(contract, *, at_s, price_ticks, quantity=1):
    """Count a trade that follows whatever was counted before."""
    number = trade.numbers = getattr(trade, "numbers", 0) + 1
    count_prints(
        prints=[
            Print(
                market=contract.market_id,
                contract=contract.pk,
                trade=number,
                seq=number,
                price_ticks=price_ticks,
                quantity=quantity,
                time_s=START_S + at_s,
            )
        ]
    )


@pytest.fixture
def rain(db):
    return make_market(title="Rain", outcomes=("Much", "Little"))


@pytest.fixture
def much(rain):
    return rain.contracts.get(name="Much")


@pytest.fixture
def little(rain):
    return rain.contracts.get(name="Little")


def test_candle_says_what_was_traded(anonymous, much):
    for at_s, price_ticks, quantity in ((0, 4_500, 1), (10, 4_800, 2), (299, 4_600, 4)):
        trade(much, at_s=at_s, price_ticks=price_ticks, quantity=quantity)

    told = anonymous.get("markets/rain/candles/").json()

    assert told == {
        "results": [
            {
                "contract": str(much.pk),
                "interval": "5m",
                "start": "2026-03-01T00:00:00Z",
                "open": "0.4500",
                "high": "0.4800",
                "low": "0.4500",
                "close": "0.4600",
                "mean": "0.4633",
                "vwap": "0.4643",
                "price_sum": "1.3900",
                "notional": "3.2500",
                "volume": 7,
                "trades": 3,
            }
        ],
        "next": None,
    }


@pytest.mark.parametrize(
    ("query", "starts"),
    [
        ("", ["02:00", "01:00", "01:00", "00:05", "00:00"]),
        ("?interval=&fill=&contract=", ["02:00", "01:00", "01:00", "00:05", "00:00"]),
        ("?interval=1h", ["02:00", "01:00", "01:00", "00:00"]),
        ("?interval=1d", ["00:00", "00:00"]),
        ("?interval=1h&contract={little}", ["01:00"]),
        ("?from=2026-03-01T00:05:00Z", ["02:00", "01:00", "01:00", "00:05"]),
        ("?from=2026-03-01T00:04:59.5Z", ["02:00", "01:00", "01:00", "00:05"]),
        ("?from=2026-03-01T00:05:00.5Z", ["02:00", "01:00", "01:00"]),
        ("?to=2026-03-01T00:05:00Z", ["00:00"]),
        ("?from=2026-03-01T02:00:00%2B01:00&to=2026-03-01T02:00:00Z", ["01:00", "01:00"]),
    ],
)
def test_candles_are_narrowed_newest_first(anonymous, much, little, query, starts):
    for at_s in (0, 300, 3_600, 7_200):
        trade(much, at_s=at_s, price_ticks=4_000)
    trade(little, at_s=3_600, price_ticks=6_000)

    told = anonymous.get(f"markets/rain/candles/{query.format(little=little.pk)}").json()

    assert [row["start"][11:16] for row in told["results"]] == starts


def test_candles_are_paged_over_contracts_of_one_window(anonymous, much, little):
    for at_s in (0, 300, 600):
        trade(much, at_s=at_s, price_ticks=4_000)
        trade(little, at_s=at_s, price_ticks=6_000)

    seen, cursor = [], ""
    while cursor is not None:
        page = anonymous.get(f"markets/rain/candles/?limit=1&cursor={cursor}").json()
        seen += [(row["start"][11:16], row["contract"]) for row in page["results"]]
        cursor = page["next"]

    both = [str(much.pk), str(little.pk)]
    assert seen == [(start, one) for start in ("00:10", "00:05", "00:00") for one in both]


def test_filled_windows_carry_the_close_and_page_the_same(anonymous, much):
    trade(much, at_s=0, price_ticks=4_000)
    trade(much, at_s=1_200, price_ticks=4_500, quantity=3)
    query = f"fill=previous&contract={much.pk}&to=2026-03-01T00:31:00Z"

    whole = anonymous.get(f"markets/rain/candles/?{query}").json()
    pages, cursor = [], ""
    while cursor is not None:
        page = anonymous.get(f"markets/rain/candles/?{query}&limit=2&cursor={cursor}").json()
        pages.append(page["results"])
        cursor = page["next"]

    rows = [(row["start"][11:16], row["close"], row["volume"]) for row in whole["results"]]
    assert rows == [
        ("00:30", "0.4500", 0), ("00:25", "0.4500", 0), ("00:20", "0.4500", 3),
        ("00:15", "0.4000", 0), ("00:10", "0.4000", 0), ("00:05", "0.4000", 0),
        ("00:00", "0.4000", 1),
    ]  # fmt: skip
    quiet = whole["results"][0]
    assert quiet["open"] == quiet["high"] == quiet["low"] == "0.4500"
    assert (quiet["mean"], quiet["vwap"], quiet["trades"]) == (None, None, 0)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [row for page in pages for row in page] == whole["results"]


@pytest.mark.parametrize(
    ("query", "starts"),
    [
        ("from=2026-03-01T00:10:00Z", ["00:15", "00:10"]),
        ("from=2026-03-01T00:07:00Z", ["00:15", "00:10"]),
        ("from=2025-03-01T00:10:00Z", ["00:15", "00:10", "00:05"]),
        ("from=2027-03-01T00:10:00Z", []),
    ],
)
def test_filled_windows_begin_with_the_first_trade_or_later(anonymous, much, query, starts):
    trade(much, at_s=300, price_ticks=4_000)
    fixed = f"fill=previous&contract={much.pk}&to=2026-03-01T00:20:00Z"

    told = anonymous.get(f"markets/rain/candles/?{fixed}&{query}").json()

    assert [row["start"][11:16] for row in told["results"]] == starts
    assert told["next"] is None


def test_filled_windows_of_a_contract_without_trades_are_none(anonymous, much):
    told = anonymous.get(f"markets/rain/candles/?fill=previous&contract={much.pk}").json()

    assert told == {"results": [], "next": None}


def test_filled_windows_end_now(anonymous, much):
    trade(much, at_s=0, price_ticks=4_000)

    query = f"fill=previous&interval=1d&contract={much.pk}&to=9999-01-01T00:00:00Z"
    told = anonymous.get(f"markets/rain/candles/?{query}&limit=1").json()

    assert told["results"][0]["start"] < "9000"


def test_market_of_several_contracts_is_filled_one_at_a_time(anonymous, rain):
    response = anonymous.get("markets/rain/candles/?fill=previous")

    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == "contract"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("interval=1m", "interval"),
        ("from=yesterday", "from"),
        ("to=12", "to"),
        ("fill=zero", "fill"),
        ("limit=1001", "limit"),
        ("limit=0", "limit"),
    ],
)
def test_candles_by_a_bad_query_is_400(anonymous, rain, query, field):
    response = anonymous.get(f"markets/rain/candles/?{query}")

    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("markets/none/candles/", (404, "unknown_market")),
        ("markets/rain/candles/?contract=999999", (404, "unknown_contract")),
        ("markets/rain/candles/?contract=x", (404, "unknown_contract")),
        ("markets/rain/candles/?cursor=x", (400, "invalid_cursor")),
    ],
)
def test_candles_of_what_is_not_there(anonymous, rain, path, told):
    assert problem(anonymous.get(path)) == told


def test_candles_are_only_read(anonymous, rain):
    assert problem(anonymous.post("markets/rain/candles/", {})) == (405, "method_not_allowed")


@pytest.mark.parametrize("count", [1, 3])
def test_candles_take_a_fixed_number_of_queries(anonymous, much, count, django_assert_num_queries):
    for n in range(count):
        trade(much, at_s=300 * n, price_ticks=4_000)

    with django_assert_num_queries(3):
        anonymous.get("markets/rain/candles/")
    with django_assert_num_queries(5):
        anonymous.get(f"markets/rain/candles/?fill=previous&contract={much.pk}&limit=2")


def test_candles_are_a_feed_whose_ids_stay(anonymous, much):
    trade(much, at_s=0, price_ticks=4_000)

    feed = read_feed(anonymous.get("markets/rain/candles/", Accept=ATOM))

    assert feed.entries[0].id == (f"tag:localhost,2026:candle/{much.pk}/5m/2026-03-01T00:00:00Z")
