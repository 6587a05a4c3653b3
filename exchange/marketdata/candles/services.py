"""Writing candles. Who calls is the only one who writes those of a contract's shard."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from exchange.marketdata.candles.bars import Bar, Print, bar_of, join_all, start_of
from exchange.marketdata.candles.models import Candle, Interval, VoidedTrade
from exchange.marketdata.candles.prints import PRICING_KINDS, Void
from exchange.trading.models import Trade

_PARTS: Final = tuple(field.name for field in fields(Bar))
_COUNTED: Final = ("first_trade", "last_trade", "last_seq")
_KEY: Final = ("contract", "interval_s", "start_s")
Key = tuple[int, int, int]


def count_prints(*, prints: Sequence[Print]) -> list[Candle]:
    """Add prints, in their order, to the candles of every interval; return those that changed.

    Must be called in a transaction. A print that a candle has counted is left out, so a journal
    read again changes nothing. Two queries for any number of prints.
    """
    by_window: dict[Key, list[Print]] = defaultdict(list)
    for one in prints:
        for interval_s in Interval.values:
            by_window[one.contract, interval_s, start_of(one.time_s, interval_s)].append(one)
    known = _read(by_window)
    changed = [
        candle
        for key, news in by_window.items()
        if (candle := _counted(key, known.get(key), news)) is not None
    ]
    _save(changed)
    return changed


def void_trades(*, voids: Sequence[Void]) -> list[Candle]:
    """Make the candles of voided trades again without them; return those that are left.

    Must be called in a transaction, after the trades were counted.
    """
    if not voids:
        return []
    rows = [VoidedTrade(trade_id=void.trade) for void in voids]
    VoidedTrade.objects.bulk_create(rows, ignore_conflicts=True)
    return [candle for void in voids for candle in _remake(void)]


def _counted(key: Key, candle: Candle | None, news: Iterable[Print]) -> Candle | None:
    """Return a window's candle with the prints that it lacks; None when it has them all."""
    seen = -1 if candle is None else candle.last_seq
    fresh = [one for one in news if one.seq > seen]
    bar = join_all(bar_of(one) for one in fresh)
    if bar is None:
        return None
    return _candle(key, fresh[0].market, bar if candle is None else bar_in(candle).join(bar))


def _remake(void: Void) -> Iterator[Candle]:
    """Yield a voided trade's candles without it, each interval from the shorter one's."""
    held = Q(first_trade__lte=void.trade, last_trade__gte=void.trade)
    for candle in Candle.objects.filter(held, contract=void.contract).order_by("interval_s"):
        five_minutes = candle.interval_s == Interval.FIVE_MINUTES
        bar = join_all(_bars_of_trades(candle) if five_minutes else _bars_inside(candle))
        if bar is None:
            candle.delete()
            continue
        key = (candle.contract_id, candle.interval_s, candle.start_s)
        # What was counted stays so, or the voided trade would be again where the journal repeats.
        counted = {name: getattr(candle, name) for name in _COUNTED}
        remade = _candle(key, candle.market_id, replace(bar, **counted))
        _save([remade])
        yield remade


def _bars_of_trades(candle: Candle) -> Iterator[Bar]:
    trades = Trade.objects.filter(
        contract=candle.contract_id,
        pk__range=(candle.first_trade, candle.last_trade),
        kind__in=PRICING_KINDS,
    ).exclude(pk__in=VoidedTrade.objects.values("pk"))
    return (bar_of(print_of(trade)) for trade in trades.order_by("pk").iterator())


def _bars_inside(candle: Candle) -> Iterator[Bar]:
    """Yield the five-minute bars inside a longer window."""
    inside = Candle.objects.filter(
        contract=candle.contract_id,
        interval_s=Interval.FIVE_MINUTES,
        start_s__range=(candle.start_s, candle.start_s + candle.interval_s - 1),
    )
    return (bar_in(one) for one in inside.order_by("start_s"))


def bar_in(candle: Candle) -> Bar:
    """Return what a candle holds."""
    return Bar(**{name: getattr(candle, name) for name in _PARTS})


def print_of(trade: Trade) -> Print:
    """Return a trade as a print."""
    return Print(
        market=trade.market_id,
        contract=trade.contract_id,
        trade=trade.pk,
        seq=trade.market_seq,
        price_ticks=trade.price_ticks,
        quantity=trade.quantity,
        time_s=_unix_s(trade.executed_at),
    )


def _unix_s(moment: datetime) -> int:
    return int(moment.replace(microsecond=0).timestamp())


def _read(windows: Iterable[Key]) -> Mapping[Key, Candle]:
    contracts: set[int] = set()
    starts: dict[int, set[int]] = defaultdict(set)
    for contract, interval_s, start_s in windows:
        contracts.add(contract)
        starts[interval_s].add(start_s)
    wanted = Q(pk__in=[])
    for interval_s, of_interval in starts.items():
        wanted |= Q(interval_s=interval_s, start_s__in=of_interval)
    found = Candle.objects.filter(wanted, contract__in=contracts)
    return {(one.contract_id, one.interval_s, one.start_s): one for one in found}


def _candle(key: Key, market: int, bar: Bar) -> Candle:
    contract, interval_s, start_s = key
    return Candle(
        market_id=market,
        contract_id=contract,
        interval_s=interval_s,
        start_s=start_s,
        **asdict(bar),
    )


def _save(candles: Sequence[Candle]) -> None:
    assert connection.in_atomic_block, "candles are written with the cursor that says so"
    Candle.objects.bulk_create(
        candles, update_conflicts=True, unique_fields=_KEY, update_fields=_PARTS, batch_size=500
    )
