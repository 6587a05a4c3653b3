"""Telling the world what a batch changed, once it is committed. The only sender of batches.

Everything here is a hint or a live push: whoever misses it finds the truth in the database.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import structlog

from core.failpoints import reach
from exchange.engine import Depth, Engine
from exchange.engine.events import CancelRejected, CommandRejected, OrderRejected, TradeExecuted
from exchange.trading.batch import Batch
from exchange.trading.channels import ACCOUNTS_GROUP, BOOKS_GROUP, market_group
from exchange.trading.checksums import CHECKSUM_LEVELS, checksum
from exchange.trading.effects import Judged, LevelKey

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Publication:
    """The messages of one batch, or of shards that were handed over, ready to be sent."""

    markets: dict[int, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    replies: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    free_shards: list[int] = field(default_factory=list)


def make_publication(engine: Engine, batch: Batch) -> Publication:
    """Return what to tell of a batch. Call before the engine judges the next one."""
    publication = Publication()
    publication.accounts = {str(account): seq for account, seq in batch.account_seqs.items()}
    levels = _levels_by_contract(engine, batch.effects.levels)
    trades = defaultdict(list)
    for trade in batch.effects.trades:
        trades[trade.market].append(_trade(trade, batch.time_ms))
    for market, change in batch.effects.markets.items():
        publication.markets[market] = {
            "type": "market.batch",
            "market": market,
            "epoch": batch.epoch,
            "prev_seq": change.seq - change.event_count,
            "seq": change.seq,
            "time_ms": batch.time_ms,
            "status": str(engine.market_status(market)),
            "contracts": [
                levels[contract] for contract in engine.contracts_of(market) if contract in levels
            ],
            "trades": trades[market],
        }
    for judged in batch.judged:
        if judged.entry.reply_to:
            publication.replies[judged.entry.reply_to].append(_reply(judged, batch))
    return publication


async def publish(layer: Any, publication: Publication) -> None:
    """Send a batch's messages: replies first, then private, then public changes."""
    if publication.free_shards:
        news = {"type": "books.free", "shards": publication.free_shards}
        await _quietly(layer.group_send(BOOKS_GROUP, news))
    for channel, replies in publication.replies.items():
        await _quietly(layer.send(channel, {"type": "replies", "replies": replies}))
    reach("books.replied")
    if publication.accounts:
        message = {"type": "accounts.batch", "accounts": publication.accounts}
        await _quietly(layer.group_send(ACCOUNTS_GROUP, message))
    for market, message in publication.markets.items():
        await _quietly(layer.group_send(market_group(market), message))


async def _quietly(sending: Any) -> None:
    try:
        await sending
    except Exception:
        log.warning("push_failed", exc_info=True)


def _levels_by_contract(engine: Engine, keys: set[LevelKey]) -> dict[int, dict[str, Any]]:
    by_contract = {}
    for contract, group in groupby(sorted(keys), key=lambda key: key[0]):
        touched = [(side, price_ticks) for _, side, price_ticks in group]
        depth = _depth(engine, contract, touched)
        quantities = {"buy": dict(depth.bids), "sell": dict(depth.asks)}
        changed: dict[str, list[list[int]]] = {"buy": [], "sell": []}
        for side, price_ticks in touched:
            changed[side].append([price_ticks, quantities[side].get(price_ticks, 0)])
        by_contract[contract] = {
            "contract": contract,
            "bids": changed["buy"],
            "asks": changed["sell"],
            "checksum": checksum(depth.bids, depth.asks),
        }
    return by_contract


def _depth(engine: Engine, contract: int, touched: Sequence[tuple[str, int]]) -> Depth:
    """Return as much of a book as the checksum and the touched levels need: mostly the best ten."""
    depth = engine.depth(contract, CHECKSUM_LEVELS)
    if all(_reaches(depth, side, price_ticks) for side, price_ticks in touched):
        return depth
    return engine.depth(contract)


def _reaches(depth: Depth, side: str, price_ticks: int) -> bool:
    """Whether the level, if there is one, is among those of the depth."""
    levels = depth.bids if side == "buy" else depth.asks
    if len(levels) < CHECKSUM_LEVELS:
        return True
    worst_ticks = levels[-1][0]
    return price_ticks >= worst_ticks if side == "buy" else price_ticks <= worst_ticks


def _trade(trade: TradeExecuted, time_ms: int) -> dict[str, Any]:
    return {
        "id": trade.trade,
        "kind": trade.kind,
        "contract": trade.contract,
        "price_ticks": trade.price_ticks,
        "quantity": trade.quantity,
        "side": "sell" if trade.maker_side == "buy" else "buy",
        "seq": trade.seq,
        "time_ms": time_ms,
    }


def _reply(judged: Judged, batch: Batch) -> list[Any]:
    seqs = [event.seq for event in judged.events if event.seq is not None]
    refusals = (OrderRejected, CancelRejected, CommandRejected)
    reasons = [str(event.reason) for event in judged.events if isinstance(event, refusals)]
    account = getattr(judged.entry.command, "account", None)
    return [
        judged.entry.command_id,
        reasons[0] if reasons else "",
        seqs[-1] if seqs else None,
        batch.account_seqs.get(account) if account is not None else None,
        None if reasons else _figures(judged, batch),
    ]


def _figures(judged: Judged, batch: Batch) -> Sequence[Any] | None:
    """Return how the order that a command placed stands now (answers.Figures), None for others."""
    command_id = judged.entry.command_id
    change = None if command_id is None else batch.effects.orders.get(command_id)
    if change is None or change.placed is not judged.entry:
        return None
    return (
        change.status, change.filled, change.open_quantity, change.cancelled,
        change.notional_ticks, change.reason or "", change.market_seq,
        judged.entry.received_at_ms, batch.time_ms, bool(change.is_waiting),
    )  # fmt: skip
