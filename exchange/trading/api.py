"""Orders: parse, call one service or selector, translate the answer."""

from dataclasses import replace
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.idempotency import IDEMPOTENCY_KEY, name_request
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.serializers import read
from core.db import DATABASE_AWAY
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, account_of, user_of, wait_for_account
from exchange.trading import gateway
from exchange.trading.bodies import read_order
from exchange.trading.known_contracts import read_contract
from exchange.trading.models import Order
from exchange.trading.order_answers import answer_pending, find_order, location_of
from exchange.trading.refusals import order_rejected
from exchange.trading.requests import OrderRequest
from exchange.trading.results import order_members
from exchange.trading.selectors import list_orders, preview_order
from exchange.trading.serializers import (
    OrderQuerySerializer,
    OrderSerializer,
    PendingSerializer,
    PlaceOrderSerializer,
    PreviewSerializer,
)

_DOOR: Final = (
    Code.UNKNOWN_CONTRACT,
    Code.INVALID_PRICE,
    Code.PRICE_OFF_TICK,
    Code.INVALID_QUANTITY,
    Code.INVALID_TERMS,
    Code.INVALID_STOP_PRICE,
    Code.INVALID_MIN_QUANTITY,
    Code.INVALID_MAX_COST,
    Code.INVALID_EXPIRY,
)
_BOOK: Final = (
    Code.MARKET_NOT_OPEN,
    Code.MARKET_HALTED,
    Code.MARKET_CLOSED,
    Code.MARKET_SETTLED,
    Code.MARKET_VOIDED,
    Code.ACCOUNT_SUSPENDED,
    Code.REDUCE_ONLY,
    Code.POST_ONLY,
    Code.MAX_COST,
)
_FILTERS: Final = {
    "market": "market__slug",
    "group": "order_group",
    "client_order_id": "client_order_id",
}
_PENDING: Final = OpenApiResponse(PendingSerializer, description="Not decided yet: see Location.")


class OrdersView(ListView[Order]):
    """The caller's orders."""

    listing = Listing(
        title="Your orders",
        kind="order",
        entry_title="{side} {quantity} {contract_name} at {price}: {status}",
        updated=("updated_at", "received_at"),
        published=("received_at",),
        page="/portfolio/orders/",
    )

    permission_classes = (HasTradingAccount,)
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Order]:
        wanted = read(OrderQuerySerializer, self.request.query_params)
        orders = list_orders(account_of(self.request), status=wanted.get("status", ""))
        narrowed = {column: wanted[name] for name, column in _FILTERS.items() if name in wanted}
        return orders.filter(**{key: value for key, value in narrowed.items() if value != ""})

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
        parameters=[IDEMPOTENCY_KEY],
        responses={201: OrderSerializer, 202: _PENDING}
        | problems(
            *_DOOR,
            *_BOOK,
            Code.INSUFFICIENT_FUNDS,
            Code.TOO_LATE,
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
        account, order = account_of(request), _read_named(request)
        answer = gateway.place_order(account=account, user=user_of(request), order=order)
        if answer.pending:
            return answer_pending(answer.command_id, "pending_new")
        if answer.reason:
            raise order_rejected(account.pk, order, answer)
        headers = {"Location": location_of(answer.command_id)}
        if answer.figures is not None:
            members = order_members(order, answer, answer.figures)
            return Response(members, status=201, headers=headers)
        try:
            placed = find_order(account, answer.command_id)
        except DATABASE_AWAY:  # it is placed: "try again" would place it twice
            return answer_pending(answer.command_id, "pending_new")
        return Response(OrderSerializer(placed).data, status=201, headers=headers)


class PreviewView(APIView):
    """What an order would do."""

    permission_classes = (HasTradingAccount,)
    throttle_scope = "reads"
    key_scopes = {"POST": ("read",)}

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


def _read_named(request: Request) -> OrderRequest:
    """Return the order of a request, under the client's own name for it if it has one."""
    order = read_order(request.data)
    name = name_request(request, order.client_order_id)
    return order if name == order.client_order_id else replace(order, client_order_id=name)
