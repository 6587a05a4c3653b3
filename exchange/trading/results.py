"""What became of orders, as the API tells it: many at a time, without a serializer for each."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import structlog
from django.db import InterfaceError, OperationalError

from core.api.problems import problem_of
from core.errors import Problem
from core.money import format_ticks
from exchange.ledger.models import Account
from exchange.trading.answers import Answer
from exchange.trading.models import Order
from exchange.trading.refusals import order_rejected, order_rejected_briefly
from exchange.trading.requests import OrderRequest
from exchange.trading.serializers import average_price_ticks

log = structlog.get_logger(__name__)
_DATABASE_AWAY: Final = (OperationalError, InterfaceError)
# To say what a rejected order lacked costs some queries: it is said of so many in one answer.
_SUMS_MAX: Final = 10
_COLUMNS: Final = (
    "pk", "status", "side", "kind", "price_ticks", "quantity", "filled_quantity", "open_quantity",
    "cancelled_quantity", "expired_quantity", "voided_quantity", "notional_ticks",
    "time_in_force", "client_order_id", "reason", "received_at", "journaled_at", "updated_at",
    "market_seq", "account_seq",
)  # fmt: skip


class Result(msgspec.Struct, frozen=True):
    """The status and the body of an answer."""

    status: int
    body: Mapping[str, Any]


def order_results(
    account: Account, orders: Sequence[OrderRequest], placed: Sequence[Answer | Exception]
) -> list[Result | Problem]:
    """Return what each order is answered with. Reads all of them in one query."""
    taken = [one.command_id for one in placed if isinstance(one, Answer) and _is_taken(one)]
    rows = _read(account.pk, taken)
    results: list[Result | Problem] = []
    sums_left = _SUMS_MAX
    for order, answer in zip(orders, placed, strict=True):
        if isinstance(answer, Exception):
            results.append(problem_of(answer))
        elif answer.reason:
            rejected = order_rejected if sums_left > 0 else order_rejected_briefly
            results.append(rejected(account, order, answer))
            sums_left -= 1
        else:
            results.append(_taken(order, answer.command_id, rows.get(answer.command_id)))
    return results


def _is_taken(answer: Answer) -> bool:
    return not answer.pending and not answer.reason


def _read(account_id: int, order_ids: Sequence[int]) -> Mapping[int, tuple[Any, ...]]:
    """Return rows by order; none where the database is away: the orders are placed all the same."""
    if not order_ids:
        return {}
    orders = Order.objects.filter(pk__in=order_ids, account_id=account_id)
    try:
        return {row[0]: row for row in orders.values_list(*_COLUMNS)}
    except _DATABASE_AWAY:
        log.warning("orders_not_read", exc_info=True)
        return {}


def _taken(order: OrderRequest, order_id: int, row: tuple[Any, ...] | None) -> Result:
    if row is None:
        return Result(202, {"id": str(order_id), "status": "pending_new"})
    return Result(201, order_members(order, row))


def order_members(order: OrderRequest, row: tuple[Any, ...]) -> dict[str, Any]:
    """Return the JSON of an order as OrderSerializer gives it, from a row of its columns."""
    (
        order_id, status, side, kind, price_ticks, quantity, filled, opened, cancelled, expired,
        voided, notional_ticks, time_in_force, client_order_id, reason, received_at, journaled_at,
        updated_at, market_seq, account_seq,
    ) = row  # fmt: skip
    average_ticks = average_price_ticks(notional_ticks, filled)
    return {
        "id": str(order_id),
        "status": status,
        "market": order.contract.market.slug,
        "contract": str(order.contract.pk),
        "contract_name": order.contract.name,
        "side": side,
        "type": kind,
        "price": format_ticks(price_ticks),
        "quantity": quantity,
        "filled_quantity": filled,
        "open_quantity": opened,
        "cancelled_quantity": cancelled,
        "expired_quantity": expired,
        "voided_quantity": voided,
        "average_price": None if average_ticks is None else format_ticks(average_ticks),
        "time_in_force": time_in_force,
        "client_order_id": client_order_id or None,
        "reason": reason or None,
        "received_at": _moment(received_at),
        "journaled_at": _moment(journaled_at),
        "updated_at": _moment(updated_at),
        "market_seq": market_seq,
        "account_seq": account_seq,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
