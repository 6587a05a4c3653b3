"""Reads of books and trades as everybody may see them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from exchange.markets.models import Contract, Market
from exchange.trading.checksums import Level, checksum
from exchange.trading.models import Shard, Side, Trade

# One statement sees one moment: on READ COMMITTED two of them could lie on both sides of a
# batch, and the seq would not be that of the levels.
_BOOK: Final = """
SELECT market.seq, COALESCE(shard.epoch, 0), market.status,
       contract.id, level.side, level.price_ticks, level.quantity
FROM markets_market market
LEFT JOIN markets_contract contract ON contract.market_id = market.id
LEFT JOIN trading_shard shard ON shard.number = market.shard
LEFT JOIN (
    SELECT contract_id, side, price_ticks, CAST(SUM(open_quantity) AS bigint) AS quantity
    FROM trading_order
    WHERE open_quantity > 0 AND NOT is_waiting
      AND contract_id IN (SELECT id FROM markets_contract WHERE market_id = %s)
    GROUP BY contract_id, side, price_ticks
) level ON level.contract_id = contract.id
WHERE market.id = %s
ORDER BY contract.position, level.side, level.price_ticks
"""
_Row = tuple[int, int, str, int | None, str | None, int, int]


@dataclass(frozen=True, slots=True)
class ContractBook:
    """One contract's open quantity by price, best first; the checksum is of the whole book."""

    contract: int
    bids: Sequence[Level]
    asks: Sequence[Level]
    checksum: int


@dataclass(frozen=True, slots=True)
class MarketBook:
    """The books of a market's contracts, in their order, as they were at one seq of an epoch."""

    market: int
    epoch: int
    seq: int
    status: str
    contracts: Sequence[ContractBook]


def get_book(market: Market, *, levels: int | None = None) -> MarketBook:
    """Return the books of a market, all contracts at one seq; `levels` best per side or all.

    One query. Raises Market.DoesNotExist for a market that is no longer there.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BOOK, [market.pk, market.pk])
        rows: list[_Row] = cursor.fetchall()
    if not rows:
        raise Market.DoesNotExist
    seq, epoch, status, *_ = rows[0]
    return MarketBook(market.pk, epoch, seq, status, _contract_books(rows, levels))


def get_epoch(market: Market) -> int:
    """Return the epoch of a market's book, as `get_book` gives it, without its levels."""
    epochs = Shard.objects.filter(number=market.shard).values_list("epoch", flat=True)
    return epochs.first() or 0


def _contract_books(rows: Iterable[_Row], levels: int | None) -> list[ContractBook]:
    sides: dict[int, dict[str, list[Level]]] = {}
    for *_, contract, side, price_ticks, quantity in rows:
        if contract is None:  # a market without contracts
            continue
        book = sides.setdefault(contract, {Side.BUY: [], Side.SELL: []})
        if side is not None:
            book[side].append((price_ticks, quantity))
    return [
        _contract_book(contract, book[Side.BUY][::-1], book[Side.SELL], levels)
        for contract, book in sides.items()
    ]


def _contract_book(
    contract: int, bids: Sequence[Level], asks: Sequence[Level], levels: int | None
) -> ContractBook:
    return ContractBook(contract, bids[:levels], asks[:levels], checksum(bids, asks))


def list_trades(market: Market, *, contract: Contract | None = None) -> QuerySet[Trade]:
    """Return the market's trades, or those of one of its contracts, newest first."""
    trades = Trade.objects.filter(market=market).select_related("contract").order_by("-id")
    return trades if contract is None else trades.filter(contract=contract)
