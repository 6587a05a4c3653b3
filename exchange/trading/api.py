"""Orders: parse, call one service or selector, translate the answer."""

from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import conditional
from core.api.fields import read_id
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.serializers import read
from core.db import DATABASE_AWAY
from core.errors import Code, Problem
from exchange.ledger.api import HasTradingAccount, account_of, user_of, wait_for_account
from exchange.ledger.models import Account
from exchange.trading import gateway
from exchange.trading.bodies import read_order
from exchange.trading.known_contracts import read_contract
from exchange.trading.models import Order
from exchange.trading.refusals import command_refused, order_rejected
from exchange.trading.results import order_members
from exchange.trading.selectors import (
    PendingOrder,
    get_order,
    list_orders,
    preview_order,
)
from exchange.trading.serializers import (
    AmendOrderSerializer,
    OrderQuerySerializer,
    OrderSerializer,
    PendingSerializer,
    PlaceOrderSerializer,
    PreviewSerializer,
)

_RETRY_AFTER_S: Final = 1
_DOOR: Final = (
    Code.UNKNOWN_CONTRACT,
    Code.INVALID_PRICE,
    Code.PRICE_OFF_TICK,
    Code.INVALID_QUANTITY,
)
_BOOK: Final = (
    Code.MARKET_HALTED,
    Code.MARKET_CLOSED,
    Code.MARKET_SETTLED,
    Code.MARKET_VOIDED,
    Code.ACCOUNT_SUSPENDED,
)
_CHANGE: Final = (
    Code.NOT_FOUND,
    Code.UNKNOWN_ORDER,
    Code.ORDER_CHANGED,
    Code.PRECONDITION_FAILED,
)
_IF_MATCH: Final = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)
_IF_NONE_MATCH: Final = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)
_PENDING: Final = OpenApiResponse(PendingSerializer, description="Not decided yet: see Location.")


class OrdersView(generics.ListAPIView[Order]):
    """The caller's orders."""

    permission_classes = (HasTradingAccount,)
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        wanted = read(OrderQuerySerializer, self.request.query_params)
        orders = list_orders(account_of(self.request), status=wanted.get("status", ""))
        market = wanted.get("market", "")
        return orders.filter(market__slug=market) if market else orders

    @extend_schema(
        operation_id="list_orders",
        tags=["orders"],
        parameters=[OrderQuerySerializer, MIN_ACCOUNT_SEQ],
        responses={200: OrderSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, member=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List your orders, newest first."""
        wait_for_account(request)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="place_order",
        tags=["orders"],
        request=PlaceOrderSerializer,
        responses={201: OrderSerializer, 202: _PENDING}
        | problems(
            *_DOOR,
            *_BOOK,
            Code.INSUFFICIENT_FUNDS,
            Code.CLIENT_ORDER_ID_REUSED,
            body=True,
            member=True,
        ),
    )
    def post(self, request: Request) -> Response:
        """Place an order, and hear what the book made of it.

        201: taken; it rests, or is filled, or what an IOC left is cancelled. 409: rejected by
        the book, the order exists. 202: not decided within 5 seconds, poll Location.
        """
        account, order = account_of(request), read_order(request.data)
        answer = gateway.place_order(account=account, user=user_of(request), order=order)
        if answer.pending:
            return _pending(answer.command_id, "pending_new")
        if answer.reason:
            raise order_rejected(account.pk, order, answer)
        headers = {"Location": _location(answer.command_id)}
        if answer.figures is not None:
            members = order_members(order, answer, answer.figures)
            return Response(members, status=201, headers=headers)
        try:
            placed = _find_order(account, answer.command_id)
        except DATABASE_AWAY:  # it is placed: "try again" would place it twice
            return _pending(answer.command_id, "pending_new")
        return Response(OrderSerializer(placed).data, status=201, headers=headers)


class PreviewView(APIView):
    """What an order would do."""

    permission_classes = (HasTradingAccount,)
    throttle_scope = "reads"

    @extend_schema(
        operation_id="preview_order",
        tags=["orders"],
        request=PlaceOrderSerializer,
        responses={200: PreviewSerializer} | problems(*_DOOR, *_BOOK, body=True, member=True),
    )
    def post(self, request: Request) -> Response:
        """Say what an order would cost and risk; changes nothing."""
        order = read_order(request.data, read_contract)
        preview = preview_order(account=account_of(request), order=order)
        return Response(PreviewSerializer(preview).data)


class OrderView(APIView):
    """One of the caller's orders."""

    permission_classes = (HasTradingAccount,)

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
        data = OrderSerializer(_find_order(account_of(request), read_id(order_id))).data
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
        order = _find_order(account, read_id(order_id))
        _check_if_match(request, order)
        answer = gateway.cancel_order(account=account, user=user_of(request), order_id=order.id)
        return _changed(account, order, answer, "pending_cancel")

    @extend_schema(
        operation_id="amend_order",
        tags=["orders"],
        parameters=[_IF_MATCH],
        request=AmendOrderSerializer,
        responses={200: OrderSerializer, 202: _PENDING}
        | problems(
            *_CHANGE, Code.INVALID_QUANTITY, Code.AMENDMENT_NOT_SUPPORTED, body=True, member=True
        ),
    )
    def patch(self, request: Request, order_id: str) -> Response:
        """Make an order smaller; it keeps its place in the queue.

        `quantity` is the new total of what is filled and open, `reduce_by` what is taken off.
        """
        account, body = account_of(request), read(AmendOrderSerializer, request.data)
        order = _find_order(account, read_id(order_id))
        _check_if_match(request, order)
        by = _reduction(order, body)
        if not by:  # it has this quantity already
            return Response(OrderSerializer(order).data)
        answer = gateway.reduce_order(
            account=account,
            user=user_of(request),
            order_id=order.id,
            by=by,
            # A new total is absolute: sent twice, or crossed by a fill, it must not count twice.
            if_open_quantity=_open_quantity(order) if "quantity" in body else None,
        )
        return _changed(account, order, answer, "pending_replace")


def _find_order(account: Account, order_id: int) -> Order | PendingOrder:
    order = get_order(account, order_id)
    if order is None:
        raise Problem(Code.NOT_FOUND, "There is no such order among yours.")
    return order


def _check_if_match(request: Request, order: Order | PendingOrder) -> None:
    if "If-Match" in request.headers:
        conditional.is_unchanged(request, conditional.etag_of(OrderSerializer(order).data))


def _reduction(order: Order | PendingOrder, body: dict[str, Any]) -> int:
    """Return by how much an order is to be reduced. Raises Problem for what it cannot become."""
    if "price" in body:
        raise Problem(Code.AMENDMENT_NOT_SUPPORTED, "An order cannot be repriced yet.")
    if "reduce_by" in body:
        return int(body["reduce_by"]) or _refuse_zero()
    wanted = int(body["quantity"]) or _refuse_zero()
    total = _filled_and_open(order)
    if wanted > total:
        raise Problem(
            Code.AMENDMENT_NOT_SUPPORTED,
            f"An order of {total} cannot grow to {wanted}.",
            limit=total,
        )
    return total - wanted


def _refuse_zero() -> int:
    raise Problem(Code.INVALID_QUANTITY, "A whole number from 1 up; DELETE cancels the order.")


def _open_quantity(order: Order | PendingOrder) -> int:
    return order.request.quantity if isinstance(order, PendingOrder) else order.open_quantity


def _filled_and_open(order: Order | PendingOrder) -> int:
    if isinstance(order, PendingOrder):
        return order.request.quantity
    return order.filled_quantity + order.open_quantity


def _changed(
    account: Account, order: Order | PendingOrder, answer: gateway.Answer, pending: str
) -> Response:
    if answer.pending:
        return _pending(order.id, pending)
    if answer.reason:
        raise command_refused(order, answer)
    try:
        return Response(OrderSerializer(_find_order(account, order.id)).data)
    except DATABASE_AWAY:
        return _pending(order.id, pending)


def _pending(order_id: int, status: str) -> Response:
    headers = {"Location": _location(order_id), "Retry-After": str(_RETRY_AFTER_S)}
    body = PendingSerializer({"id": order_id, "status": status}).data
    return Response(body, status=202, headers=headers)


def _location(order_id: int) -> str:
    return reverse("api:order", args=[order_id])
