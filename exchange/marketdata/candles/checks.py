"""Proofs that candles are what was traded (invariant 11). They read tables as streams."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from exchange.marketdata.candles.bars import Bar, bar_of, join_all, start_of
from exchange.marketdata.candles.models import Candle, Interval, VoidedTrade
from exchange.marketdata.candles.prints import PRICING_KINDS
from exchange.marketdata.candles.services import bar_in, print_of
from exchange.markets.models import Market
from exchange.trading.models import JournalBatch, Trade
from exchange.trading.subscribing.models import JournalCursor

# What a candle shows; which trades it has counted may differ, where one was voided.
_SHOWN: Final = (
    "open_ticks", "high_ticks", "low_ticks", "close_ticks", "price_sum_ticks", "notional_ticks",
    "volume", "trades",
)  # fmt: skip
# Streams are in the order of their windows. By "contract", without "_id", they would be in that of
# the contracts' places in their markets.
Window = tuple[int, int]


def candles_are_those_of_the_trades() -> Iterator[str]:
    """Every five minutes that the subscriber has passed hold what was traded in them."""
    for shard, end_s in _ends().items():
        markets = Market.objects.filter(shard=shard).values("pk")
        trades = Trade.objects.filter(market__in=markets, kind__in=PRICING_KINDS)
        trades = trades.exclude(pk__in=VoidedTrade.objects.values("pk")).order_by(
            "contract_id", "pk"
        )
        candles = Candle.objects.filter(market__in=markets, interval_s=Interval.FIVE_MINUTES)
        should = _windows_of_trades(trades.order_by("contract_id", "pk").iterator())
        held = _windows_of_candles(candles.order_by("contract_id", "start_s").iterator())
        yield from _differences(should, held, Interval.FIVE_MINUTES, end_s)


def long_candles_are_those_of_the_short_ones() -> Iterator[str]:
    """Hours and days hold exactly what their five minutes do."""
    for interval in (Interval.HOUR, Interval.DAY):
        short = Candle.objects.filter(interval_s=Interval.FIVE_MINUTES)
        short = short.order_by("contract_id", "start_s")
        long = Candle.objects.filter(interval_s=interval).order_by("contract_id", "start_s")
        should = _joined(short.iterator(), interval)
        yield from _differences(should, _windows_of_candles(long.iterator()), interval, None)


def _ends() -> dict[int, int]:
    """Return up to when each shard's journal was surely taken in: its last batch's moment."""
    ends = {}
    for cursor in JournalCursor.objects.filter(subscriber="candles", number__gt=0):
        batch = JournalBatch.objects.get(shard=cursor.shard, number=cursor.number)
        ends[cursor.shard] = start_of(batch.time_ms // 1_000, Interval.FIVE_MINUTES)
    return ends


def _windows_of_trades(trades: Iterator[Trade]) -> Iterator[tuple[Window, Bar]]:
    prints = (print_of(trade) for trade in trades)
    for window, inside in groupby(
        prints, lambda one: (one.contract, start_of(one.time_s, Interval.FIVE_MINUTES))
    ):
        bar = join_all(bar_of(one) for one in inside)
        assert bar is not None, "a group has a member"
        yield window, bar


def _windows_of_candles(candles: Iterator[Candle]) -> Iterator[tuple[Window, Bar]]:
    return (((one.contract_id, one.start_s), bar_in(one)) for one in candles)


def _joined(candles: Iterator[Candle], interval: Interval) -> Iterator[tuple[Window, Bar]]:
    for window, inside in groupby(
        candles, lambda one: (one.contract_id, start_of(one.start_s, interval))
    ):
        bar = join_all(bar_in(one) for one in inside)
        assert bar is not None, "a group has a member"
        yield window, bar


def _differences(
    should: Iterator[tuple[Window, Bar]],
    held: Iterator[tuple[Window, Bar]],
    interval: Interval,
    end_s: int | None,
) -> Iterator[str]:
    """Yield each window that differs and ends by `end_s`; both are in order of their windows."""
    shown = attrgetter(*_SHOWN)
    wanted, found = next(should, None), next(held, None)
    while wanted or found:
        window = min(one[0] for one in (wanted, found) if one)
        ours = shown(wanted[1]) if wanted and wanted[0] == window else None
        theirs = shown(found[1]) if found and found[0] == window else None
        if ours != theirs and (end_s is None or window[1] + interval <= end_s):
            yield (
                f"contract {window[0]}, {interval.label} from {window[1]}: "
                f"candle {theirs or 'missing'}, traded {ours or 'nothing'}"
            )
        wanted = next(should, None) if ours else wanted
        found = next(held, None) if theirs else found
