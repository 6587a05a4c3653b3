"""Candles as everybody reads them, on REST and as they change live."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.live import push
from core.money import format_ticks
from exchange.marketdata.candles.bars import half_even
from exchange.marketdata.candles.models import Candle, Interval
from exchange.marketdata.candles.selectors import Quiet


def tell_candles(candles: Sequence[Candle]) -> None:
    """Push candles to whoever shows their markets, after the commit; the last of each counts."""
    latest = {(one.contract_id, one.interval_s, one.start_s): one for one in candles}
    by_market: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for candle in latest.values():
        by_market[candle.market_id].append(candle_row(candle))
    for market, rows in by_market.items():
        push(f"candles.{market}", {"type": "candles", "candles": rows})


def candle_row(candle: Candle) -> dict[str, Any]:
    """Return a candle as JSON; mean and VWAP are rounded half to even, their parts are exact."""
    return {
        "contract": str(candle.contract_id),
        "interval": Interval(candle.interval_s).label,
        "start": moment_text(candle.start_s),
        "open": format_ticks(candle.open_ticks),
        "high": format_ticks(candle.high_ticks),
        "low": format_ticks(candle.low_ticks),
        "close": format_ticks(candle.close_ticks),
        "mean": format_ticks(half_even(candle.price_sum_ticks, candle.trades)),
        "vwap": format_ticks(half_even(candle.notional_ticks, candle.volume)),
        "price_sum": format_ticks(candle.price_sum_ticks),
        "notional": format_ticks(candle.notional_ticks),
        "volume": candle.volume,
        "trades": candle.trades,
    }


def quiet_row(window: Quiet) -> dict[str, Any]:
    """Return a window without trades as JSON: nothing was traded at the close of before."""
    close = format_ticks(window.close_ticks)
    return {
        "contract": str(window.contract_id),
        "interval": Interval(window.interval_s).label,
        "start": moment_text(window.start_s),
        "open": close,
        "high": close,
        "low": close,
        "close": close,
        "mean": None,
        "vwap": None,
        "price_sum": format_ticks(0),
        "notional": format_ticks(0),
        "volume": 0,
        "trades": 0,
    }


def moment_text(time_s: int) -> str:
    """Return a moment as RFC 3339 has it, in UTC."""
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
