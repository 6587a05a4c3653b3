"""What became of orders, as the API tells it: many at a time, without a serializer for each."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
import structlog

from core.api.problems import problem_of
from core.db import DATABASE_AWAY
from core.errors import Problem
from core.money import format_ticks
from exchange.trading.answers import Answer, Figures
from exchange.trading.models import Order
from exchange.trading.refusals import order_rejected, order_rejected_briefly
from exchange.trading.requests import OrderRequest
from exchange.trading.serializers import OrderSerializer, average_price_ticks
from exchange.trading.term_fields import json_terms
from exchange.trading.times import to_datetime

log = structlog.get_logger(__name__)
# To say what a rejected order lacked costs some queries: it is said of so many in one answer.
_SUMS_MAX: Final = 10
# One for all: a serializer of its own for each order costs more than all else of its answer.
_ORDERS: Final = OrderSerializer()


class Result(msgspec.Struct, frozen=True):
    """The status and the body of an answer."""

    status: int
    body: Mapping[str, Any]


def asks_the_database(placed: Sequence[Answer | Exception]) -> bool:
    """Whether `order_results` would have to read something."""
    return any(
        isinstance(one, Answer) and (bool(one.reason) or _lacks_figures(one)) for one in placed
    )


def order_results(
    account_id: int, orders: Sequence[OrderRequest], placed: Sequence[Answer | Exception]
) -> list[Result | Problem]:
    """Return what each order is answered with.

    Those whose figures did not come with the answer are read, all of them in one query.
    """
    missing = [one.command_id for one in placed if isinstance(one, Answer) and _lacks_figures(one)]
    rows = _read(account_id, missing) if missing else {}
    results: list[Result | Problem] = []
    sums_left = _SUMS_MAX
    for order, answer in zip(orders, placed, strict=True):
        if isinstance(answer, Exception):
            results.append(problem_of(answer))
        elif answer.reason:
            rejected = order_rejected if sums_left > 0 else order_rejected_briefly
            results.append(rejected(account_id, order, answer))
            sums_left -= 1
        else:
            results.append(_taken(order, answer, rows.get(answer.command_id)))
    return results


def _lacks_figures(answer: Answer) -> bool:
    return not answer.pending and not answer.reason and answer.figures is None


def _read(account_id: int, order_ids: Sequence[int]) -> Mapping[int, Order]:
    """Return orders by id; none where the database is away: they are placed all the same."""
    try:
        orders = Order.objects.select_related("contract", "market")
        return orders.filter(account_id=account_id).in_bulk(order_ids)
    except DATABASE_AWAY:
        log.warning("orders_not_read", exc_info=True)
        return {}


def _taken(order: OrderRequest, answer: Answer, row: Order | None) -> Result:
    if answer.figures is not None:
        return Result(201, order_members(order, answer, answer.figures))
    if row is not None:
        return Result(201, _ORDERS.to_representation(row))
    return Result(202, {"id": str(answer.command_id), "status": "pending_new"})


def order_members(order: OrderRequest, answer: Answer, figures: Figures) -> dict[str, Any]:
    """Return an order as OrderSerializer gives it, by what the book said; nothing is read."""
    average_ticks = average_price_ticks(figures.notional_ticks, figures.filled_quantity)
    journaled_at = _moment(figures.journaled_at_ms)
    return {
        "id": str(answer.command_id),
        "status": figures.status,
        "market": order.contract.market.slug,
        "contract": str(order.contract.pk),
        "contract_name": order.contract.name,
        "side": order.side,
        "type": order.kind,
        "price": format_ticks(order.price_ticks),
        "quantity": order.quantity,
        "filled_quantity": figures.filled_quantity,
        "open_quantity": figures.open_quantity,
        "cancelled_quantity": figures.cancelled_quantity,
        "expired_quantity": 0,
        "voided_quantity": 0,
        "average_price": None if average_ticks is None else format_ticks(average_ticks),
        "time_in_force": order.time_in_force,
        "client_order_id": order.client_order_id or None,
        "reason": figures.reason or None,
        "received_at": _moment(figures.received_at_ms),
        "journaled_at": journaled_at,
        "updated_at": journaled_at,
        "market_seq": figures.market_seq,
        "account_seq": answer.account_seq,
        **json_terms(order, is_waiting=figures.is_waiting),
    }


@lru_cache(maxsize=8_192)
def _moment(time_ms: int) -> str:
    """Return a time as MomentField writes it; orders of one batch share theirs."""
    return to_datetime(time_ms).isoformat().replace("+00:00", "Z")
