"""Reads of candles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from core.clock import now_ms
from exchange.marketdata.candles.bars import start_of
from exchange.marketdata.candles.models import Candle, Interval
from exchange.markets.models import Contract, Market

INTERVALS: Final = {interval.label: interval for interval in Interval}


@dataclass(frozen=True, slots=True)
class Quiet:
    """A window without trades, at the close of the one before."""

    contract_id: int
    interval_s: int
    start_s: int
    close_ticks: int


def list_candles(
    market: Market,
    *,
    interval: Interval,
    contract: Contract | None = None,
    from_s: int | None = None,
    to_s: int | None = None,
) -> QuerySet[Candle]:
    """Return a market's candles, or one contract's, newest first.

    Windows that begin at or after `from_s` and before `to_s`.
    """
    candles = Candle.objects.filter(market=market, interval_s=interval)
    if contract is not None:
        candles = candles.filter(contract=contract)
    if from_s is not None:
        candles = candles.filter(start_s__gte=from_s)
    if to_s is not None:
        candles = candles.filter(start_s__lt=to_s)
    return candles.order_by("-start_s", "contract_id")


def list_windows(
    contract: Contract, *, interval: Interval, from_s: int | None, to_s: int, count: int
) -> tuple[Sequence[Candle | Quiet], int | None]:
    """Return the last `count` windows that begin before `to_s`, newest first, and where to go on.

    None: there is none before, from the contract's first trade or `from_s` on. Three queries.
    """
    candles = Candle.objects.filter(contract=contract, interval_s=interval)
    first_s = candles.order_by("start_s").values_list("start_s", flat=True).first()
    if first_s is None:
        return [], None
    begin_s = max(first_s, start_of((from_s or 0) + interval - 1, interval))
    last_s = start_of(to_s - 1, interval)
    low_s = max(begin_s, last_s - (count - 1) * interval)
    traded = {one.start_s: one for one in candles.filter(start_s__range=(low_s, last_s))}
    before = candles.filter(start_s__lt=low_s).order_by("-start_s").first()
    windows = _carried(contract, interval, range(low_s, last_s + 1, interval), traded, before)
    return windows[::-1], low_s if low_s > begin_s else None


def _carried(
    contract: Contract,
    interval: Interval,
    starts: range,
    traded: dict[int, Candle],
    before: Candle | None,
) -> list[Candle | Quiet]:
    windows: list[Candle | Quiet] = []
    close_ticks = None if before is None else before.close_ticks
    for start_s in starts:
        candle = traded.get(start_s)
        if candle is not None:
            close_ticks = candle.close_ticks
            windows.append(candle)
        elif close_ticks is not None:
            windows.append(Quiet(contract.pk, interval, start_s, close_ticks))
    return windows


def end_of_now(interval: Interval) -> int:
    """Return when the window that is now ends."""
    return start_of(now_ms() // 1_000, interval) + interval
