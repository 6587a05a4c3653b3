"""GET markets/, a market's book and trades."""

import threading
import zlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exchange.marketdata.figures.models import ContractFigures
from exchange.markets.models import Market
from tests.api.conftest import problem
from tests.factories import (
    first_contract,
    make_account,
    make_event,
    make_market,
    make_order,
    make_trade,
)

pytestmark = pytest.mark.django_db


def test_market_shows_everything_about_it(anonymous):
    event = make_event("World Cup", category="Football")
    market = make_market(event=event, title="Who wins?", outcomes=("Brazil", "Japan"))
    brazil, japan = market.contracts.all()
    type(brazil).objects.filter(pk=brazil.pk).update(last_price_ticks=4_500)
    for side, price_ticks in (("buy", 4_400), ("buy", 4_300), ("sell", 4_700), ("sell", 4_800)):
        make_order(make_account(), brazil, side=side, price_ticks=price_ticks)
    ContractFigures.objects.create(
        contract=brazil, market=market, volume_24h=30, move_24h_ticks=-200, open_interest=25
    )

    told = anonymous.get("markets/who-wins/").json()

    assert told.pop("created_at").endswith("Z")
    assert told == {
        "id": str(market.pk),
        "slug": "who-wins",
        "title": "Who wins?",
        "event": "world-cup",
        "event_title": "World Cup",
        "category": "Football",
        "rules": "As the official result says.",
        "status": "open",
        "tick_size": "0.0100",
        "has_other": False,
        "closes_at": None,
        "settled_at": None,
        "winner": None,
        "volume": 0,
        "trade_count": 0,
        "seq": 5,
        "contracts": [
            {
                "id": str(brazil.pk),
                "name": "Brazil",
                "last_price": "0.4500",
                "bid": "0.4400",
                "ask": "0.4700",
                "mid": "0.4550",
                "spread": "0.0300",
                "volume_24h": 30,
                "move_24h": "-0.0200",
                "open_interest": 25,
            },
            {
                "id": str(japan.pk),
                "name": "Japan",
                "last_price": None,
                "bid": None,
                "ask": None,
                "mid": None,
                "spread": None,
                "volume_24h": 0,
                "move_24h": "0.0000",
                "open_interest": 0,
            },
        ],
    }


def test_market_of_another_script_is_found(anonymous):
    make_market(title="Кто победит?")

    assert anonymous.get("markets/кто-победит/").json()["title"] == "Кто победит?"


@pytest.mark.parametrize("path", ["", "book/", "trades/"])
@pytest.mark.parametrize("slug", ["nothing", "draft"])
def test_market_that_is_not_there_is_404(anonymous, slug, path):
    make_market(title="Draft", status="draft")

    assert problem(anonymous.get(f"markets/{slug}/{path}")) == (404, "unknown_market")


@pytest.mark.parametrize("path", ["%00/", "a b/", "a%2Fb/", "%ff/", "../"])
def test_market_by_an_impossible_slug_is_404(anonymous, path):
    assert problem(anonymous.get(f"markets/{path}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Rain?", "Snow?"]),
        ("?status=open", ["Rain?"]),
        ("?status=closed", ["Snow?"]),
        ("?category=Weather", ["Rain?"]),
        ("?q=sNO", ["Snow?"]),
        ("?status=open&category=Weather&q=rain", ["Rain?"]),
        ("?q=", ["Rain?", "Snow?"]),
        ("?q=%25", []),
        ("?q=storm", ["Snow?"]),
        ("?q=OSLO", ["Snow?"]),
        ("?metadata=cities:Oslo", ["Snow?"]),
        ("?metadata=winter:true", ["Snow?"]),
        ("?metadata=year:2027&status=closed", ["Snow?"]),
        ("?metadata=year:2027&status=open", []),
        ("?metadata=cities:oslo", []),
        ("?metadata=", ["Rain?", "Snow?"]),
    ],
)
def test_markets_are_narrowed(anonymous, query, titles):
    metadata = {"cities": ["Oslo", "Bergen"], "winter": True, "year": 2027}
    make_market(title="Snow?", status="closed", event=make_event("Storms", metadata=metadata))
    make_market(title="Rain?", category="Weather")
    make_market(title="Draft?", status="draft")

    told = anonymous.get(f"markets/{query}").json()

    assert [market["title"] for market in told["results"]] == titles
    assert told["next"] is None


@pytest.mark.parametrize(
    "query",
    ["status=draft", "status=OPEN", "status=%00", "category=%00", "q=%00", f"q={'x' * 201}",
     "limit=0", "limit=201", "limit=-1", "limit=ten", "limit=1.5", "limit=", "limit=%EF%BC%91"],
)  # fmt: skip
def test_markets_by_a_bad_query_is_400(anonymous, query):
    response = anonymous.get(f"markets/?{query}")

    assert problem(response) == (400, "invalid")
    assert response.json()["errors"][0]["field"] == query.partition("=")[0]


@pytest.mark.parametrize(
    "cursor",
    ["x", "!!!", "%00", "MC4", "MC54", "MC4tMQ", "MTAwMDAuMQ", "cD0x", "%F0%9F%98%80",
     "MC45OTk5OTk5OTk5OTk5OTk5OTk5", "A" * 5_000],
)  # fmt: skip
def test_markets_by_a_cursor_of_nobodys_is_400(anonymous, cursor):
    response = anonymous.get(f"markets/?cursor={cursor}")

    if cursor == "MC4":  # "0.": what the first page could be called
        assert response.status_code == 200
    else:
        assert problem(response) == (400, "invalid_cursor")


def test_markets_are_paged_by_the_opaque_cursor_and_stable_while_new_ones_come(anonymous):
    old = [make_market(title=f"Market {n}").slug for n in range(5)]

    first = anonymous.get("markets/?limit=2").json()
    make_market(title="New")
    second = anonymous.get(f"markets/?limit=2&cursor={first['next']}").json()
    third = anonymous.get(f"markets/?limit=2&cursor={second['next']}").json()

    pages = [[market["slug"] for market in page["results"]] for page in (first, second, third)]
    assert pages == [old[:2:-1], old[2:0:-1], old[:1]]
    assert third["next"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_markets_and_events_take_a_fixed_number_of_queries(
    anonymous, count, django_assert_num_queries
):
    for _ in range(count):
        make_market(outcomes=("A", "B"), event=make_event(metadata={"venue": "Wembley"}))

    for query in ("", "?metadata=venue:Wembley", "?q=wembley&metadata=venue:Wembley"):
        # markets, contracts, best prices, figures
        with django_assert_num_queries(4):
            assert len(anonymous.get(f"markets/{query}").json()["results"]) == count
    for query in ("", "?metadata=venue:Wembley"):
        with django_assert_num_queries(2):
            assert len(anonymous.get(f"events/{query}").json()["results"]) == count


def test_book_shows_levels_best_first_with_the_checksum(anonymous, market, contract):
    account = make_account()
    for side, price, quantity in (("buy", 4_400, 5), ("buy", 4_500, 7), ("sell", 4_700, 2)):
        make_order(account, contract, side=side, price_ticks=price, quantity=quantity)

    told = anonymous.get(f"markets/{market.slug}/book/").json()

    assert told.pop("epoch") >= 0
    assert told == {
        "market": market.slug,
        "seq": 4,
        "contracts": [
            {
                "contract": str(contract.pk),
                "name": "Yes",
                "bids": [["0.4500", 7], ["0.4400", 5]],
                "asks": [["0.4700", 2]],
                "checksum": zlib.crc32(b"4700:2,4500:7,4400:5,"),
            }
        ],
    }
    (best,) = anonymous.get(f"markets/{market.slug}/book/?depth=1").json()["contracts"]
    assert (best["bids"], best["asks"]) == ([["0.4500", 7]], [["0.4700", 2]])


@pytest.mark.parametrize("depth", ["0", "-1", "x", "1.5", "99999999999"])
def test_book_by_a_bad_depth_is_400(anonymous, market, depth):
    assert problem(anonymous.get(f"markets/{market.slug}/book/?depth={depth}")) == (400, "invalid")


def test_book_read_again_unchanged_is_304(anonymous, market, contract):
    path = f"markets/{market.slug}/book/"
    etag = anonymous.get(path)["ETag"]

    same = anonymous.get(path, **{"If-None-Match": etag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert anonymous.get(f"{path}?depth=1", **{"If-None-Match": etag}).status_code == 200

    make_order(make_account(), contract)
    assert anonymous.get(path, **{"If-None-Match": etag}).status_code == 200


def test_book_that_did_not_change_is_not_added_up(anonymous, market):
    path = f"markets/{market.slug}/book/"
    tag = anonymous.get(path)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert anonymous.get(path, **{"If-None-Match": tag}).status_code == 304
    assert [one["sql"] for one in queries if "trading_order" in one["sql"]] == []


def test_market_read_again_unchanged_is_304(anonymous, market):
    path = f"markets/{market.slug}/"
    etag = anonymous.get(path)["ETag"]

    assert anonymous.get(path, **{"If-None-Match": etag}).status_code == 304
    Market.objects.update(title="Other")
    assert anonymous.get(path, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("orders", [1, 3])
def test_book_takes_a_fixed_number_of_queries(
    anonymous, market, contract, orders, django_assert_num_queries
):
    for number in range(orders):
        make_order(make_account(), contract, price_ticks=4_000 + 100 * number)

    with django_assert_num_queries(3):
        anonymous.get(f"markets/{market.slug}/book/")


def test_trades_are_newest_first_and_name_nobody(anonymous, django_assert_num_queries):
    market = make_market(outcomes=("A", "B"))
    buyer, seller = make_account(), make_account()
    for contract in market.contracts.all():
        maker = make_order(buyer, contract, filled=10)
        make_trade(maker, make_order(seller, contract, side="sell", filled=10), quantity=6)

    with django_assert_num_queries(3):
        newest, oldest = anonymous.get(f"markets/{market.slug}/trades/").json()["results"]

    assert newest == {
        "id": newest["id"],
        "kind": "book",
        "contract": str(contract.pk),
        "contract_name": "B",
        "side": "sell",
        "price": "0.4500",
        "quantity": 6,
        "market_seq": 7,
        "executed_at": "2026-03-01T12:00:00Z",
    }
    only = anonymous.get(f"markets/{market.slug}/trades/?contract={oldest['contract']}").json()
    assert only["results"] == [oldest]


@pytest.mark.parametrize("contract_id", ["1", "x", "%00", "999999"])
def test_trades_of_a_contract_of_another_market_is_404(anonymous, market, contract_id):
    make_market()
    other = first_contract(make_market()).pk

    for wanted in (contract_id if contract_id != "1" else str(other),):
        response = anonymous.get(f"markets/{market.slug}/trades/?contract={wanted}")
        assert problem(response) == (404, "unknown_contract")


@pytest.mark.parametrize("path", ["markets/", "markets/{slug}/", "markets/{slug}/book/",
                                  "markets/{slug}/trades/", "events/"])  # fmt: skip
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_reads_by_another_method_is_405_with_allow(alice, market, path, method):
    response = alice.http.generic(method.upper(), "/api/v1/" + path.format(slug=market.slug))

    assert problem(response) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("wanted", ["x", "-1", "1.5", "", "9" * 30])
def test_min_seq_that_is_no_number_is_400(anonymous, market, wanted):
    assert problem(anonymous.get(f"markets/{market.slug}/?min_seq={wanted}")) == (400, "invalid")


def test_min_seq_that_is_not_reached_is_503(anonymous, market, settings):
    settings.REPLY_TIMEOUT_S = 0.05

    response = anonymous.get(f"markets/{market.slug}/book/?min_seq=99")

    assert problem(response) == (503, "unavailable")
    assert response["Retry-After"] == "1"


@pytest.mark.django_db(transaction=True)
def test_min_seq_waits_until_it_is_reached(anonymous):
    market = make_market()
    later = threading.Timer(0.1, lambda: Market.objects.update(seq=5))
    later.start()

    response = anonymous.get(f"markets/{market.slug}/book/?min_seq=5")

    later.join()
    assert response.json()["seq"] == 5
