"""Many orders cancelled in one request: some by name, or all that fit."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import IdField, TextField, TicksField, TokenField, WordField
from core.api.problems import problem_of
from core.api.schema import problems
from core.api.serializers import StrictSerializer, read
from core.errors import Code, Problem
from exchange.ledger.api import HasTradingAccount, account_of, user_of
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.answers import Answer
from exchange.trading.cancelling import (
    CANCEL_ALL_COST,
    Cancelled,
    OrderFilter,
    cancel_all,
    cancel_orders,
)
from exchange.trading.keys import find_commands
from exchange.trading.known_contracts import read_contract
from exchange.trading.models import Order, OrderStatus, Side
from exchange.trading.refusals import cancel_refused
from exchange.trading.serializers import (
    ORDERS_MAX,
    BatchResultsSerializer,
    OrderSerializer,
)
from exchange.trading.term_fields import GroupField

_PENDING_STATUS: Final = "pending_cancel"


class CancelAllSerializer(StrictSerializer):
    """Which orders are meant: all, or those that fit everything that is named."""

    market = TextField(required=False, max_length=160, help_text="Its slug.")
    contract = IdField(required=False)
    side = WordField(choices=Side.choices, required=False)
    group = GroupField(required=False)


class CancelledOrderSerializer(serializers.Serializer[Any]):
    """An order that was cancelled."""

    id = IdField(source="pk")
    client_order_id = serializers.SerializerMethodField()
    market = serializers.CharField(source="market.slug")
    contract = IdField(source="contract_id")
    side = serializers.ChoiceField(choices=Side.choices)
    price = TicksField(source="price_ticks")
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    cancelled_quantity = serializers.IntegerField()
    market_seq = serializers.IntegerField()

    def get_client_order_id(self, order: Order) -> str | None:
        """Return the client's own id; None where it gave none."""
        return order.client_order_id or None


class CancelledSerializer(serializers.Serializer[Any]):
    """What was cancelled. market_seq is the last of its market; null where it is of several."""

    cancelled = CancelledOrderSerializer(many=True)
    market_seq = serializers.IntegerField(allow_null=True)
    account_seq = serializers.IntegerField()


class CancelAllView(APIView):
    """All of the caller's open orders."""

    permission_classes = (HasTradingAccount,)
    throttle_scope = "cancels"
    throttle_costs: ClassVar = {"POST": CANCEL_ALL_COST}
    key_scopes = {"POST": ("cancel", "trade")}

    @extend_schema(
        operation_id="cancel_all_orders",
        tags=["orders"],
        request=CancelAllSerializer,
        responses={
            200: CancelledSerializer,
            202: OpenApiResponse(CancelledSerializer, description="Some books are still at it."),
        }
        | problems(Code.UNKNOWN_MARKET, Code.UNKNOWN_CONTRACT, body=True, member=True),
    )
    def post(self, request: Request) -> Response:
        """Cancel every open order that fits; orders on their way to the book are included.

        202: not every book has answered within 5 seconds; sending it again changes nothing else.
        """
        wanted = read_filter(read(CancelAllSerializer, request.data))
        done = cancel_all(account=account_of(request), user=user_of(request), wanted=wanted)
        headers = {"Retry-After": "1"} if done.is_pending else {}
        status = 202 if done.is_pending else 200
        return Response(cancelled_members(done, wanted), status=status, headers=headers)


class NamedOrderSerializer(StrictSerializer):
    """An order by its id, or by the client's own."""

    id = IdField(required=False)
    client_order_id = TokenField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what names no order or two."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Name it by id or by client_order_id.")
        return attrs


class NamedOrdersSerializer(StrictSerializer):
    """Orders to be cancelled."""

    orders = serializers.ListField(
        child=NamedOrderSerializer(), min_length=1, max_length=ORDERS_MAX
    )


class CancelOrdersView(APIView):
    """Several of the caller's orders."""

    permission_classes = (HasTradingAccount,)
    throttle_scope = "batches"
    key_scopes = {"POST": ("cancel", "trade")}

    @extend_schema(
        operation_id="cancel_orders",
        tags=["orders"],
        request=NamedOrdersSerializer,
        responses={200: BatchResultsSerializer} | problems(body=True, member=True),
    )
    def post(self, request: Request) -> Response:
        """Cancel up to 500 orders, each as if alone; results stand in the request's order."""
        account = account_of(request)
        named = read(NamedOrdersSerializer, request.data)["orders"]
        ids = _ids(account, named)
        answers = cancel_orders(account=account, user=user_of(request), order_ids=ids)
        orders = Order.objects.select_related("contract", "market").filter(account=account)
        rows = orders.in_bulk(ids)
        results = [
            _result(order_id, rows.get(order_id), answer, request.path)
            for order_id, answer in zip(ids, answers, strict=True)
        ]
        return Response({"results": results})


def read_filter(body: dict[str, Any]) -> OrderFilter:
    """Return which orders a body means. Raises Problem UNKNOWN_MARKET, UNKNOWN_CONTRACT."""
    contract = read_contract(body["contract"]) if "contract" in body else None
    market = contract.market if contract is not None else None
    if "market" in body:
        named = Market.objects.filter(slug=body["market"]).exclude(status="draft").first()
        if named is None:
            raise Problem(Code.UNKNOWN_MARKET)
        if market is not None and market != named:
            raise Problem(Code.UNKNOWN_CONTRACT, "It is not a contract of this market.")
        market = named
    return OrderFilter(
        market=market, contract=contract, side=body.get("side", ""), group=body.get("group")
    )


def cancelled_members(done: Cancelled, wanted: OrderFilter) -> dict[str, Any]:
    """Return what was cancelled, as CancelledSerializer describes it.

    Of orders of several markets there is no one market_seq: each has its own.
    """
    markets = {order.market_id for order in done.orders}
    if wanted.market is not None:
        markets = {wanted.market.pk}
    market_seq = None
    if len(markets) == 1:
        market_seq = Market.objects.values_list("seq", flat=True).get(pk=markets.pop())
    return {
        "cancelled": CancelledOrderSerializer(done.orders, many=True).data,
        "market_seq": market_seq,
        "account_seq": done.account_seq,
    }


def _ids(account: Account, named: Sequence[dict[str, Any]]) -> list[int]:
    """Return the orders' ids; -1, which nothing has, for a name that was never used."""
    names = [one["client_order_id"] for one in named if "client_order_id" in one]
    commands = find_commands(account.pk, names) if names else {}
    return [one["id"] if "id" in one else commands.get(one["client_order_id"], -1) for one in named]


def _result(order_id: int, row: Order | None, answer: Answer | Exception, path: str) -> Any:
    if isinstance(answer, Exception):
        return _refused(problem_of(answer), path)
    if answer.pending or row is None:
        return {"status": 202, "body": {"id": str(order_id), "status": _PENDING_STATUS}}
    if answer.reason:
        return _refused(cancel_refused(order_id, answer, row.market_id), path)
    return {"status": 200, "body": OrderSerializer(row).data}


def _refused(problem: Problem, path: str) -> dict[str, Any]:
    return {"status": problem.status, "body": problem.as_body(path)}
