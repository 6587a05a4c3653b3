"""What an account's trading has come to, counted from its trades and positions."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from core.money import PAYOUT_TICKS
from exchange.ledger.models import Account
from exchange.markets.models import MarketStatus
from exchange.trading.models import Position, Trade

_Row = tuple[int, str, int, int, int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An account's trading so far. Gains are exact sums; `win_percent` is None before a result.

    `realised_ticks` is what settled markets brought in all, `unrealised_ticks` what the others
    would at last prices. A market is won when it brought more than it cost.
    """

    trade_count: int = 0
    volume: int = 0
    markets_traded: int = 0
    markets_settled: int = 0
    markets_won: int = 0
    realised_ticks: int = 0
    unrealised_ticks: int = 0

    @property
    def profit_ticks(self) -> int:
        """Realised and unrealised together."""
        return self.realised_ticks + self.unrealised_ticks

    @property
    def win_percent(self) -> int | None:
        """Of the settled markets, how many were won, in whole percents, a half upwards."""
        if not self.markets_settled:
            return None
        return (200 * self.markets_won + self.markets_settled) // (2 * self.markets_settled)


def get_figures(account: Account | None) -> Figures:
    """Return an account's figures; all 0 without one. Two queries."""
    if account is None:
        return Figures()
    own = Q(maker_account=account) | Q(taker_account=account)
    traded = Trade.objects.filter(own).aggregate(count=Count("pk"), volume=Sum("quantity"))
    rows = Position.objects.filter(account=account).values_list(
        "market_id",
        "market__status",
        "quantity",
        "cash_ticks",
        "settled_ticks",
        "contract__last_price_ticks",
    )
    return _sum_up(rows, trade_count=traded["count"], volume=traded["volume"] or 0)


def _sum_up(rows: Iterable[_Row], *, trade_count: int, volume: int) -> Figures:
    markets: set[int] = set()
    results: dict[int, int] = {}
    unrealised = 0
    for market, status, quantity, cash, settled, last in rows:
        markets.add(market)
        if settled is None:
            unrealised += _gain_now(quantity, cash, last)
        elif status == MarketStatus.SETTLED:
            results[market] = results.get(market, 0) + settled
    return Figures(
        trade_count=trade_count,
        volume=volume,
        markets_traded=len(markets),
        markets_settled=len(results),
        markets_won=sum(result > 0 for result in results.values()),
        realised_ticks=sum(results.values()),
        unrealised_ticks=unrealised,
    )


def _gain_now(quantity: int, cash_ticks: int, last_ticks: int | None) -> int:
    """Return what a position has gained at the last price; 0 where nothing was traded in sight."""
    if last_ticks is None:
        return 0
    assert 0 <= last_ticks <= PAYOUT_TICKS, "a price of the book"
    return cash_ticks + quantity * last_ticks
