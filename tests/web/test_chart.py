"""The chart of the market page as the server draws it."""

import json
import re

import pytest
from django.contrib.staticfiles import finders

from core.clock import now_ms
from exchange.marketdata.candles.bars import Print
from exchange.marketdata.candles.services import count_prints
from exchange.web.charts.lines import HEIGHT, Point, bars_of, frame_of, path_of
from exchange.web.charts.ranges import RANGES, find_range
from exchange.web.charts.selectors import LINES_MAX, get_chart
from tests.factories import first_contract, make_market

HOUR_S = 3_600


def trade(contract, *, hours_ago, price_ticks, quantity=1):
    number = trade.numbers = getattr(trade, "numbers", 0) + 1
    time_s = now_ms() // 1_000 - hours_ago * HOUR_S
    count_prints(
        prints=[
            Print(
                market=contract.market_id,
                contract=contract.pk,
                trade=number,
                seq=number,
                price_ticks=price_ticks,
                quantity=quantity,
                time_s=time_s,
            )
        ]
    )


def test_line_steps_from_price_to_price_up_to_the_end():
    line = [Point(0, 4_000, 2), Point(50, 4_500, 4), Point(75, 4_200)]
    frame = frame_of([line], from_s=0, to_s=100)

    assert (frame.low_ticks, frame.high_ticks) == (4_000, 5_000)
    assert path_of(line, frame) == "M0 240H500V120H750V192H1000"
    assert bars_of(line, frame) == "M0 240v-24M500 240v-48"


@pytest.mark.parametrize(
    ("ticks", "low", "high"),
    [(4_000, 3_000, 4_000), (1, 0, 1_000), (9_999, 9_000, 10_000), (9_000, 8_000, 9_000)],
)
def test_frame_of_one_price_has_a_height(ticks, low, high):
    frame = frame_of([[Point(0, ticks)]], from_s=0, to_s=0)

    assert (frame.low_ticks, frame.high_ticks) == (low, high)
    assert 0 <= frame.y(ticks) <= HEIGHT


def test_name_of_no_range_is_the_first():
    assert find_range("1y") == find_range("") == RANGES[0]
    assert [find_range(one.name) for one in RANGES] == list(RANGES)


@pytest.mark.django_db
def test_chart_shows_the_chosen_range_only():
    contract = first_contract(make_market())
    for hours_ago, price_ticks in ((24 * 40, 2_000), (24 * 6, 3_000), (1, 4_000)):
        trade(contract, hours_ago=hours_ago, price_ticks=price_ticks)

    found = {one.name: get_chart(contract.market, one).lines[0].first_ticks for one in RANGES}

    assert found == {"1d": 4_000, "1w": 3_000, "1m": 3_000, "all": 2_000}


@pytest.mark.django_db
def test_chart_of_many_outcomes_has_lines_for_the_likeliest():
    market = make_market(outcomes=tuple("ABCDEFGH"))
    for number, contract in enumerate(market.contracts.all()):
        contract.last_price_ticks = 100 * (number + 1)
        contract.save()

    chart = get_chart(type(market).objects.get(pk=market.pk), RANGES[0])

    assert [line.contract.name for line in chart.lines] == list("CDEFGH")
    assert len(chart.lines) == LINES_MAX


@pytest.mark.django_db
def test_market_page_draws_words_table_and_line(client):
    contract = first_contract(make_market(title="Rain"))
    trade(contract, hours_ago=3, price_ticks=4_000, quantity=10)
    trade(contract, hours_ago=2, price_ticks=4_600, quantity=1_500)

    html = client.get("/markets/rain/?range=1d").content.decode()

    assert "Yes: from 40% to 46% over the last day." in html
    assert re.search(r'<path class="chart-line chart-line-0" d="M\d+ 240H\d+V\d+H1000"/>', html)
    assert '<td class="num">0.46</td><td class="num">1,500</td>' in html
    assert 'data-range="1d" aria-current="true"' in html
    state = json.loads(re.search(r'id="chart-state"[^>]*>(.*?)</script>', html)[1])
    assert state["market"] == "rain"
    assert state["contracts"] == [{"id": str(contract.pk), "name": "Yes"}]


@pytest.mark.django_db
@pytest.mark.parametrize("range_", ["", "?range=1w", "?range=all", "?range=nothing"])
def test_market_page_without_trades_says_so(client, range_):
    make_market(title="Rain")

    html = client.get(f"/markets/rain/{range_}").content.decode()

    assert "Nothing was traded in" in html
    assert "chart-plain" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("found", "script"), [("/x.js", "/static/vendor/lightweight-charts.js"), (None, None)]
)
def test_chart_file_that_is_not_there_is_not_asked_for(monkeypatch, found, script):
    monkeypatch.setattr(finders, "find", lambda name: found)
    contract = first_contract(make_market())

    assert get_chart(contract.market, RANGES[0]).state["script"] == script


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_chart_takes_one_query_besides_the_contracts(django_assert_num_queries, count):
    market = make_market(outcomes=("A", "B"))
    for hours_ago in range(count):
        trade(first_contract(market), hours_ago=hours_ago, price_ticks=4_000)

    with django_assert_num_queries(1):
        get_chart(market, RANGES[0])
