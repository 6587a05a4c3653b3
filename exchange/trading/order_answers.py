"""Answers about single orders, the same from every endpoint."""

from typing import Final

from django.urls import reverse
from rest_framework.response import Response

from core.db import DATABASE_AWAY
from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.trading.answers import Answer
from exchange.trading.models import Order
from exchange.trading.refusals import command_refused
from exchange.trading.selectors import PendingOrder, get_order
from exchange.trading.serializers import OrderSerializer, PendingSerializer

_RETRY_AFTER_S: Final = 1


def find_order(account: Account, order_id: int) -> Order | PendingOrder:
    """Return an account's order. Raises Problem NOT_FOUND."""
    order = get_order(account, order_id)
    if order is None:
        raise Problem(Code.NOT_FOUND, "There is no such order among yours.")
    return order


def answer_changed(
    account: Account, order: Order | PendingOrder, answer: Answer, pending: str, *, new_id: int = 0
) -> Response:
    """Return what became of a change of an order: the order, or `new_id` in its place.

    Raises Problem where the book refused.
    """
    if answer.pending:
        return answer_pending(order.id, pending)
    if answer.reason:
        raise command_refused(order, answer)
    order_id = new_id or order.id
    try:
        found = find_order(account, order_id)
    except DATABASE_AWAY:
        return answer_pending(order_id, pending)
    return Response(OrderSerializer(found).data, headers={"Location": location_of(order_id)})


def answer_pending(order_id: int, status: str) -> Response:
    """Return 202: the book has not answered yet."""
    headers = {"Location": location_of(order_id), "Retry-After": str(_RETRY_AFTER_S)}
    body = PendingSerializer({"id": order_id, "status": status}).data
    return Response(body, status=202, headers=headers)


def location_of(order_id: int) -> str:
    """Return the path of an order."""
    return reverse("api:order", args=[order_id])
