"""One order: read, cancelled, changed."""

from typing import ClassVar, Final

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import conditional
from core.api.fields import read_id
from core.api.idempotency import IDEMPOTENCY_KEY, idempotency_key
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.serializers import read
from core.api.throttles import spend_also
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, account_of, user_of, wait_for_account
from exchange.trading import gateway
from exchange.trading.amendments import carry_out, find_replacement, plan_change
from exchange.trading.models import Order
from exchange.trading.order_answers import answer_changed, find_order
from exchange.trading.selectors import PendingOrder
from exchange.trading.serializers import (
    AmendOrderSerializer,
    OrderSerializer,
    PendingSerializer,
)

_CHANGE: Final = (
    Code.NOT_FOUND,
    Code.UNKNOWN_ORDER,
    Code.ORDER_CHANGED,
    Code.PRECONDITION_FAILED,
)
_REPLACE: Final = (
    Code.INVALID_QUANTITY,
    Code.INVALID_PRICE,
    Code.PRICE_OFF_TICK,
    Code.AMENDMENT_NOT_SUPPORTED,
    Code.CLIENT_ORDER_ID_REUSED,
    Code.MARKET_HALTED,
    Code.ACCOUNT_SUSPENDED,
    Code.POST_ONLY,
    Code.MAX_COST,
    Code.INSUFFICIENT_FUNDS,
)
_IF_MATCH: Final = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)
_IF_NONE_MATCH: Final = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)
_PENDING: Final = OpenApiResponse(PendingSerializer, description="Not decided yet: see Location.")


class OrderView(APIView):
    """One of the caller's orders."""

    permission_classes = (HasTradingAccount,)
    key_scopes = {"DELETE": ("cancel", "trade")}
    throttle_also: ClassVar = {"PATCH": {"orders": "Another order takes its place."}}

    @extend_schema(
        operation_id="get_order",
        tags=["orders"],
        parameters=[MIN_ACCOUNT_SEQ, _IF_NONE_MATCH],
        responses={200: OrderSerializer, 304: None}
        | problems(Code.INVALID, Code.NOT_FOUND, member=True),
    )
    def get(self, request: Request, order_id: str) -> Response:
        """Read an order; it is there from the moment it is received."""
        wait_for_account(request)
        data = OrderSerializer(find_order(account_of(request), read_id(order_id))).data
        return conditional.answer(request, conditional.etag_of(data), lambda: data)

    @extend_schema(
        operation_id="cancel_order",
        tags=["orders"],
        parameters=[_IF_MATCH],
        responses={200: OrderSerializer, 202: _PENDING}
        | problems(*_CHANGE, Code.CSRF_FAILED, member=True),
    )
    def delete(self, request: Request, order_id: str) -> Response:
        """Cancel what is open of an order."""
        account = account_of(request)
        order = find_order(account, read_id(order_id))
        _check_if_match(request, order)
        answer = gateway.cancel_order(account=account, user=user_of(request), order_id=order.id)
        return answer_changed(account, order, answer, "pending_cancel")

    @extend_schema(
        operation_id="amend_order",
        tags=["orders"],
        parameters=[_IF_MATCH, IDEMPOTENCY_KEY],
        request=AmendOrderSerializer,
        responses={200: OrderSerializer, 202: _PENDING}
        | problems(*_CHANGE, *_REPLACE, body=True, member=True),
    )
    def patch(self, request: Request, order_id: str) -> Response:
        """Reduce an order, which keeps its place in the queue, or replace it by another.

        `quantity` is the new total of what is filled and open, `reduce_by` what is taken off.
        Another price, or more than there is, ends the order: another takes its place, behind
        all others of its price, with an id of its own and `replaces`. Both happen or neither.
        """
        account, body = account_of(request), read(AmendOrderSerializer, request.data)
        name = idempotency_key(request)
        order = find_order(account, read_id(order_id))
        if name and (earlier := find_replacement(account, order, name, body)) is not None:
            return Response(OrderSerializer(earlier).data)
        _check_if_match(request, order)
        change = plan_change(order, body)
        if change is None:  # it is as is wanted already
            return Response(OrderSerializer(order).data)
        if not change.is_reduction:
            spend_also(request, self, "orders")
        answer = carry_out(change, account=account, user=user_of(request), order=order, name=name)
        new_id = 0 if change.is_reduction else answer.command_id
        return answer_changed(account, order, answer, "pending_replace", new_id=new_id)


def _check_if_match(request: Request, order: Order | PendingOrder) -> None:
    if "If-Match" in request.headers:
        conditional.is_unchanged(request, conditional.etag_of(OrderSerializer(order).data))
