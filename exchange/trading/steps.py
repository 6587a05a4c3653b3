"""The steps of a market's life as operators take them: which are allowed, and what they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Count, F, Q, Sum, Value, When

from core.money import PAYOUT_TICKS
from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Order, Position

_LIVE: Final = (MarketStatus.OPEN, MarketStatus.HALTED, MarketStatus.CLOSED)
ALLOWED_FROM: Final[Mapping[str, tuple[MarketStatus, ...]]] = {
    "open": (MarketStatus.DRAFT,),
    "halt": (MarketStatus.OPEN,),
    "resume": (MarketStatus.HALTED,),
    "close": (MarketStatus.OPEN, MarketStatus.HALTED),
    "settle": _LIVE,
    "void": _LIVE,
}
_CANCELLING: Final = ("close", "settle", "void")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome that may win, and what settling for it does; `contract` None has no book.

    The losers pay what the winners get: `paid_ticks` is that sum.
    """

    name: str
    contract: Contract | None
    winners: int
    losers: int
    paid_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a step would do to a market as it is now."""

    market: Market
    allowed: bool
    cancels: int
    holders: int
    outcomes: tuple[Outcome, ...]


def list_steps(market: Market) -> list[str]:
    """Return the steps that a market's status allows."""
    return [step for step, statuses in ALLOWED_FROM.items() if market.status in statuses]


def forecast_step(market: Market, step: str) -> Forecast:
    """Say what a step would do; changes nothing. The market may still move meanwhile."""
    ends = step in {"settle", "void"}
    return Forecast(
        market=market,
        allowed=market.status in ALLOWED_FROM[step],
        cancels=_count_open_orders(market) if step in _CANCELLING else 0,
        holders=_count_holders(market) if ends else 0,
        outcomes=tuple(_outcomes(market)) if step == "settle" else (),
    )


def _count_open_orders(market: Market) -> int:
    return Order.objects.filter(market=market, open_quantity__gt=0).count()


def _count_holders(market: Market) -> int:
    held = Position.objects.filter(~Q(quantity=0) | ~Q(cash_ticks=0), market=market)
    return int(held.aggregate(n=Count("account", distinct=True))["n"])


def _outcomes(market: Market) -> list[Outcome]:
    contracts = list(market.contracts.all())
    found = [_outcome(market, contract.name, contract) for contract in contracts]
    if market.has_other:
        name = name_other_outcome([contract.name for contract in contracts])
        found.append(_outcome(market, name, None))
    return found


def _outcome(market: Market, name: str, contract: Contract | None) -> Outcome:
    payout = Case(When(contract=contract, then=F("quantity") * PAYOUT_TICKS), default=Value(0))
    result = Sum("cash_ticks") + (Sum(payout) if contract is not None else Value(0))
    accounts = Position.objects.filter(market=market).order_by().values("account")
    rows = accounts.annotate(result_ticks=result).values_list("result_ticks", flat=True)
    results = [ticks for ticks in rows if ticks]
    return Outcome(
        name=name,
        contract=contract,
        winners=sum(ticks > 0 for ticks in results),
        losers=sum(ticks < 0 for ticks in results),
        paid_ticks=sum(ticks for ticks in results if ticks > 0),
    )
