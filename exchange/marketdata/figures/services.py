"""Writing figures. They follow from candles and positions, so they can be made again any time."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import F, IntegerField, Max, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Abs, Coalesce

from core.clock import now_ms
from exchange.marketdata.candles.bars import start_of
from exchange.marketdata.candles.models import Candle, Interval
from exchange.marketdata.figures.models import ContractFigures, MarketFigures
from exchange.markets.models import Contract
from exchange.trading.models import Position

_DAY_S: Final = 86_400
_AT_ONCE: Final = 500


def refresh_figures(*, contracts: Iterable[int]) -> None:
    """Make the figures of contracts anew, as of now. Runs transactions of its own."""
    for some in _batched(sorted(set(contracts))):
        figures = _measured(some, since_s())
        with transaction.atomic():
            _save(figures)


def move_the_day_on() -> int:
    """Make the figures anew of whatever traded within a day, or did so before; return how many.

    A day's volume shrinks without a trade. Runs transactions of its own.
    """
    recent = Candle.objects.filter(interval_s=Interval.FIVE_MINUTES, start_s__gte=since_s())
    traded = set(recent.values_list("contract_id", flat=True).distinct())
    shown = ContractFigures.objects.exclude(volume_24h=0, move_24h_ticks=0)
    contracts = traded | set(shown.values_list("pk", flat=True))
    refresh_figures(contracts=contracts)
    return len(contracts)


def since_s() -> int:
    """Return when the day up to now began: its first five minutes count whole."""
    return start_of(now_ms() // 1_000, Interval.FIVE_MINUTES) - _DAY_S


def _measured(contracts: Sequence[int], begin_s: int) -> list[ContractFigures]:
    """Measure contracts by one query."""
    candles = Candle.objects.filter(contract=OuterRef("pk"), interval_s=Interval.FIVE_MINUTES)
    before = candles.filter(start_s__lt=begin_s).order_by("-start_s").values("close_ticks")
    inside = candles.filter(start_s__gte=begin_s).order_by("start_s")
    held = Position.objects.filter(
        market=OuterRef("market"), contract=OuterRef("pk"), quantity__gt=0, settled_ticks=None
    )
    rows = Contract.objects.filter(pk__in=contracts).annotate(
        # A contract that is younger than a day has moved since its first trade.
        was=Coalesce(Subquery(before[:1]), Subquery(inside.values("open_ticks")[:1])),
        now=Subquery(candles.order_by("-start_s").values("close_ticks")[:1]),
        traded=_sum(inside, "contract", "volume"),
        held=_sum(held, "contract", "quantity"),
    )
    return [
        ContractFigures(
            contract_id=row.pk,
            market_id=row.market_id,
            volume_24h=row.traded,
            move_24h_ticks=0 if row.now is None else row.now - row.was,
            open_interest=row.held,
        )
        for row in rows
    ]


def _sum(rows: QuerySet[Any], by: str, column: str) -> Coalesce:
    summed = rows.order_by().values(by).annotate(n=Sum(column)).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)


def _save(figures: Sequence[ContractFigures]) -> None:
    ContractFigures.objects.bulk_create(
        figures,
        update_conflicts=True,
        unique_fields=["contract"],
        update_fields=["volume_24h", "move_24h_ticks", "open_interest"],
    )
    markets = {one.market_id for one in figures}
    sums = (
        ContractFigures.objects.filter(market__in=markets)
        .values("market")
        .annotate(volume=Sum("volume_24h"), move=Max(Abs(F("move_24h_ticks"))))
    )
    MarketFigures.objects.bulk_create(
        [
            MarketFigures(
                market_id=row["market"], volume_24h=row["volume"], move_24h_ticks=row["move"]
            )
            for row in sums
        ],
        update_conflicts=True,
        unique_fields=["market"],
        update_fields=["volume_24h", "move_24h_ticks"],
    )


def _batched(contracts: Sequence[int]) -> Iterable[Sequence[int]]:
    return (contracts[at : at + _AT_ONCE] for at in range(0, len(contracts), _AT_ONCE))
