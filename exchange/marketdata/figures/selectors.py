"""Figures of contracts and markets as lists show them, and lists sorted by them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import F, Max, Min, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from exchange.marketdata.candles.bars import half_even
from exchange.marketdata.candles.models import Candle, Interval
from exchange.marketdata.figures.models import ContractFigures
from exchange.marketdata.figures.services import since_s
from exchange.markets.models import Contract, Market
from exchange.trading.models import Order, Side

BestPrices = Mapping[tuple[int, str], tuple[int, int]]
# Whoever has no closing time closes after all that have one.
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
SORTS: Final = ("newest", "volume", "movers", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a contract trades at and how it does; None where there is no such price."""

    bid_ticks: int | None
    ask_ticks: int | None
    volume_24h: int
    move_24h_ticks: int
    open_interest: int

    @property
    def spread_ticks(self) -> int | None:
        """The best ask less the best bid."""
        if self.bid_ticks is None or self.ask_ticks is None:
            return None
        return self.ask_ticks - self.bid_ticks

    @property
    def mid_ticks(self) -> int | None:
        """Half-way between best bid and best ask, half a tick to the even one."""
        if self.bid_ticks is None or self.ask_ticks is None:
            return None
        return half_even(self.bid_ticks + self.ask_ticks, 2)


@dataclass(frozen=True, slots=True)
class Day:
    """What happened in a market within 24 hours, and how many of its contracts are held."""

    volume: int
    open_interest: int


def get_day(market: Market) -> Day:
    """Return a market's last day, its contracts together, by one query."""
    sums = ContractFigures.objects.filter(market=market).aggregate(
        volume=Sum("volume_24h"), held=Sum("open_interest")
    )
    return Day(sums["volume"] or 0, sums["held"] or 0)


def get_best_prices(contract_ids: Iterable[int]) -> BestPrices:
    """Return {(contract, side): (lowest, highest)} open price in ticks, by one query."""
    rows = (
        Order.objects.filter(contract__in=list(contract_ids), open_quantity__gt=0, is_waiting=False)
        .values_list("contract_id", "side")
        .annotate(low=Min("price_ticks"), high=Max("price_ticks"))
    )
    return {(contract, side): (low, high) for contract, side, low, high in rows}


def get_figures(contracts: Sequence[Contract]) -> Mapping[int, Figures]:
    """Return the figures of contracts, by two queries."""
    keys = [contract.pk for contract in contracts]
    best = get_best_prices(keys)
    kept = ContractFigures.objects.in_bulk(keys)
    return {key: _figures(key, best, kept.get(key)) for key in keys}


def _figures(contract: int, best: BestPrices, kept: ContractFigures | None) -> Figures:
    bid, ask = best.get((contract, Side.BUY)), best.get((contract, Side.SELL))
    return Figures(
        bid_ticks=bid[1] if bid else None,
        ask_ticks=ask[0] if ask else None,
        volume_24h=kept.volume_24h if kept else 0,
        move_24h_ticks=kept.move_24h_ticks if kept else 0,
        open_interest=kept.open_interest if kept else 0,
    )


def with_sort_key(markets: QuerySet[Market], sort: str) -> QuerySet[Market]:
    """Return markets with what they are sorted by as `sort_key`; `sort` is one of SORTS."""
    keys: dict[str, Any] = {
        "newest": F("pk"),
        "volume": Coalesce("figures__volume_24h", 0),
        "movers": Coalesce("figures__move_24h_ticks", 0),
        "closing": Coalesce("closes_at", Value(_NEVER)),
    }
    return markets.annotate(sort_key=keys[sort])


def get_day_closes(contracts: Iterable[int]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Return (start, close) of the hours of the last day, oldest first, by one query."""
    hours = Candle.objects.filter(
        contract__in=list(contracts), interval_s=Interval.HOUR, start_s__gte=since_s() - 3_600
    ).order_by("start_s")
    closes: dict[int, list[tuple[int, int]]] = {}
    for contract, start_s, close in hours.values_list("contract_id", "start_s", "close_ticks"):
        closes.setdefault(contract, []).append((start_s, close))
    return closes
