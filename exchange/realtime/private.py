"""What an account's owner is told: the whole state, or what changed since an account_seq.

Blocking reads for the hub's threads. Statements are not one snapshot of the database; what is
read is absolute and never older than the account_seq it is sent with, so whatever commits in
between is sent again with the next change, and nothing is left out. Fills are bounded by trade
ids on both sides and come exactly once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.money import format_ticks
from exchange.ledger.models import Account
from exchange.realtime.limits import ORDERS_SHOWN_MAX
from exchange.trading.account_serializers import FillSerializer, PositionSerializer
from exchange.trading.fill_cursors import read_next_trades, to_cursor, told_between
from exchange.trading.models import Trade
from exchange.trading.selectors import list_fills, list_orders, list_positions
from exchange.trading.serializers import OrderSerializer

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """How far an account's watchers have been told.

    `next_trades` is, per shard, the first trade id not told of yet; `positions` what was said
    of each contract. They are the positions of `seq` exactly where `is_exact`, else some may be
    newer.
    """

    seq: int
    next_trades: Mapping[int, int]
    positions: Mapping[int, Json]
    is_exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What to say now, and the state once it is said."""

    state: AccountState
    parts: Json


def load_account(account_id: int) -> Told:
    """Return an account's balance, open orders (the newest ones) and open positions."""
    next_trades = read_next_trades()
    account = Account.objects.get(pk=account_id)
    newest = list(list_orders(account, status="open")[: ORDERS_SHOWN_MAX + 1])
    positions = _positions(account)
    return Told(
        state=_state(account, next_trades, positions),
        parts={
            "balance": _balance(account),
            "orders": OrderSerializer(newest[:ORDERS_SHOWN_MAX], many=True).data,
            "orders_complete": len(newest) <= ORDERS_SHOWN_MAX,
            "fills": [],
            "fills_cursor": to_cursor(next_trades),
            "positions": list(positions.values()),
        },
    )


def load_changes(account_id: int, since: AccountState) -> Told | None:
    """Return what changed of an account; None when that is so much that a snapshot is less."""
    account = Account.objects.get(pk=account_id)
    orders = list(
        list_orders(account)
        .filter(account_seq__gt=since.seq)
        .order_by("account_seq", "id")[: ORDERS_SHOWN_MAX + 1]
    )
    if len(orders) > ORDERS_SHOWN_MAX:
        return None
    # Of every shard: a fill that committed while the last state was read belongs to no new order.
    next_trades = dict(since.next_trades) | read_next_trades()
    fills = _fills(account, since.next_trades, next_trades)
    positions = _positions(account)
    return Told(
        state=_state(account, next_trades, positions),
        parts={
            "balance": _balance(account),
            "orders": OrderSerializer(orders, many=True).data,
            "fills": FillSerializer(fills, many=True, context={"account": account}).data,
            "positions": _changed_positions(since.positions, positions),
            **({"fills_cursor": to_cursor(next_trades)} if fills else {}),
        },
    )


def _state(
    account: Account, next_trades: Mapping[int, int], positions: Mapping[int, Json]
) -> AccountState:
    """Return how far is told once all is read; call it last."""
    seqs = Account.objects.filter(pk=account.pk).values_list("account_seq", flat=True)
    return AccountState(
        seq=account.account_seq,
        next_trades=next_trades,
        positions=positions,
        is_exact=seqs.get() == account.account_seq,
    )


def _balance(account: Account) -> Json:
    return {
        "balance": format_ticks(account.balance_ticks),
        "exposure": format_ticks(account.exposure_ticks),
        "available": format_ticks(account.available_ticks),
    }


def _fills(account: Account, before: Mapping[int, int], now: Mapping[int, int]) -> list[Trade]:
    """Return the account's trades with ids between the two marks of each shard."""
    told = list_fills(account).filter(told_between(before, now))
    return list(told.order_by("executed_at", "pk"))


def _positions(account: Account) -> dict[int, Json]:
    rows = list(list_positions(account))
    shown = PositionSerializer(rows, many=True).data
    return dict(zip((row.contract_id for row in rows), shown, strict=True))


def _changed_positions(before: Mapping[int, Json], now: Mapping[int, Json]) -> list[Json]:
    """Return positions that differ from what was said; one that is gone has quantity 0."""
    changed = [row for contract, row in now.items() if before.get(contract) != row]
    gone = [
        {**row, "quantity": 0, "cash": format_ticks(0)}
        for contract, row in before.items()
        if contract not in now
    ]
    return changed + gone
