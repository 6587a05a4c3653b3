"""A member's trading in the export of their data."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from accounts.export import Section, rows_of
from accounts.models import User
from core.money import format_ticks
from exchange.ledger.models import Account, Transfer
from exchange.ledger.selectors import get_trading_account
from exchange.trading.account_serializers import FillSerializer
from exchange.trading.models import Order, Position, Trade
from exchange.trading.serializers import OrderSerializer


def sections(user: User) -> Iterator[Section]:
    """Return the account's orders, fills, positions and ledger; nothing without an account."""
    account = get_trading_account(user)
    if account is None:
        return
    orders = Order.objects.filter(account=account).select_related("contract", "market")
    yield Section(name="orders", rows=rows_of(orders, lambda row: OrderSerializer(row).data))
    own = Q(maker_account=account) | Q(taker_account=account)
    fills = Trade.objects.filter(own).select_related("contract", "market")
    yield Section(name="fills", rows=rows_of(fills, lambda row: _fill(row, account)))
    positions = Position.objects.filter(account=account).select_related("contract", "market")
    yield Section(name="positions", rows=rows_of(positions, _position))
    moved = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    yield Section(name="ledger", rows=rows_of(moved, lambda row: _transfer(row, account)))


def _fill(row: Trade, account: Account) -> Mapping[str, Any]:
    data: Mapping[str, Any] = FillSerializer(row, context={"account": account}).data
    return data


def _position(row: Position) -> Mapping[str, Any]:
    settled = row.settled_ticks
    return {
        "market": row.market.slug,
        "contract": row.contract.name,
        "quantity": row.quantity,
        "cash": format_ticks(row.cash_ticks),
        "settled": None if settled is None else format_ticks(settled),
    }


def _transfer(row: Transfer, account: Account) -> Mapping[str, Any]:
    sign = -1 if row.debit_id == account.pk else 1
    return {
        "kind": row.kind,
        "amount": format_ticks(sign * row.amount_ticks),
        "reference": row.reference,
        "created_at": row.created_at,
    }
