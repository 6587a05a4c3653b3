"""The month before the demo: trades at the times they were made at, once, and nothing left over."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import Follow
from core import clock
from exchange.marketdata.candles.checks import (
    candles_are_those_of_the_trades,
    long_candles_are_those_of_the_short_ones,
)
from exchange.marketdata.candles.models import Candle
from exchange.marketdata.tasks import follow_journal
from exchange.markets.models import Market
from exchange.trading.checks import run_checks
from exchange.trading.models import Order, Shard, Trade
from exchange.trading.owner import BooksOwner
from exchange.web.demo.history import make_history
from exchange.web.demo.markets import starting_prices
from exchange.web.demo.own_books import TravellingClock, own_books
from social.comments.models import Comment

pytestmark = pytest.mark.django_db
DAY_MS = 24 * 60 * 60 * 1_000


def test_history_trades_through_the_days_before_today(settings):
    settings.BOOK_SHARDS = 1
    now_ms = clock.now_ms()
    # Every 3 hours of a day, then every 20 minutes, 8 trades each time.
    assert make_history(days=2) == 8 * (8 + 72)
    assert Trade.objects.filter(market__status="open").count() == 8 * (8 + 72)
    first, last = Trade.objects.earliest("executed_at"), Trade.objects.latest("executed_at")
    assert first.executed_at.timestamp() * 1_000 == pytest.approx(now_ms - 2 * DAY_MS, abs=10_000)
    assert last.executed_at.timestamp() * 1_000 == pytest.approx(now_ms, abs=30 * 60 * 1_000)
    assert clock.now_ms() >= now_ms


def test_history_leaves_nothing_in_the_books(settings):
    settings.BOOK_SHARDS = 2
    make_history(days=1)
    assert not Order.objects.filter(open_quantity__gt=0).exists()
    assert not Order.objects.filter(status="rejected").exists()
    assert set(Shard.objects.values_list("owner", flat=True)) == {""}
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def test_history_has_results_and_talk_of_its_own():
    make_history(days=1)
    ended = Market.objects.exclude(status="open").order_by("pk")
    assert list(ended.values_list("winner__name", flat=True)) == ["Foxes", "Yes", None]
    assert Trade.objects.filter(market__in=ended).count() == 13
    assert Comment.objects.count() == 8
    assert Follow.objects.count() == 8


def test_history_ends_near_where_the_demo_begins():
    make_history(days=1)
    starts = starting_prices()
    for trade in Trade.objects.filter(market__status="open").order_by("-executed_at")[:8]:
        assert trade.price_ticks == pytest.approx(starts[trade.contract_id], abs=700)


def test_history_has_candles_that_are_its_trades():
    make_history(days=1)
    follow_journal()
    # Many contracts, many windows: the check reads both in the same order.
    assert Candle.objects.filter(interval_s=300).count() > 500
    assert list(candles_are_those_of_the_trades()) == []
    assert list(long_candles_are_those_of_the_short_ones()) == []


def test_history_is_made_once(settings):
    make_history(days=1)
    traded = Trade.objects.count()
    assert make_history(days=1) == 0
    assert Trade.objects.count() == traded


def test_history_is_left_out_where_another_owns_the_books(settings):
    settings.BOOK_SHARDS = 1
    other = BooksOwner([0])
    list(other.step())
    assert make_history(days=1) == 0
    assert not Market.objects.exists()
    other.stop()


def test_demo_goes_on_after_its_history():
    make_history(days=1)
    traded = Trade.objects.count()
    with own_books(TravellingClock(clock.now_ms())):
        out = StringIO()
        call_command("demo", stdout=out)
    assert "24 demo markets, 264 new orders." in out.getvalue()
    assert Trade.objects.count() > traded
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}
