"""Reads of books and trades as everybody may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from exchange.markets.models import Market
from exchange.trading.checksums import Level, checksum
from exchange.trading.models import Trade



@dataclass(frozen=True, slots=True)
class ContractBook:
    """One contract's open quantity by price, best first."""

    contract: int
    bids: Sequence[Level]
    asks: Sequence[Level]

    @property
    def get_book(market: Market, *, levels: int | None = None) -> MarketBook:
    """Return the books of a market, all contracts at one seq; `levels` best per side or all."""
    raise NotImplementedError


def list_trades(market: Market) -> QuerySet[Trade]:
    """Return the market's trades, newest first."""
    return Trade.objects.filter(market=market).select_related("contract").order_by("-id")
