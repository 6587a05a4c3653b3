"""Where the caller's orders stand in their books: one of them, or all in a market."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import IdField, TextField, read_id
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.serializers import read
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, account_of, wait_for_account
from exchange.markets.api import find_market
from exchange.trading.order_answers import find_order
from exchange.trading.queues import get_queue_position, list_queues
from exchange.trading.selectors import list_orders
from exchange.trading.serializers import ORDERS_MAX, QueuePositionSerializer


class QueuesQuerySerializer(serializers.Serializer[Any]):
    """Which market is meant."""

    market = TextField(max_length=160, help_text="Its slug.")


class QueueAheadSerializer(serializers.Serializer[Any]):
    """What would be matched before one of the orders."""

    id = IdField()
    ahead_quantity = serializers.IntegerField()
    ahead_orders = serializers.IntegerField()


class QueuesSerializer(serializers.Serializer[Any]):
    """What would be matched before each of the caller's orders that rest in a market."""

    queues = QueueAheadSerializer(many=True)
    market_seq = serializers.IntegerField()


class QueuesView(APIView):
    """Where the caller's orders in a market stand."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="get_queue_positions",
        tags=["orders"],
        parameters=[QueuesQuerySerializer, MIN_ACCOUNT_SEQ],
        responses={200: QueuesSerializer}
        | problems(Code.INVALID, Code.UNKNOWN_MARKET, member=True),
    )
    def get(self, request: Request) -> Response:
        """Say how much would be matched before each resting order, of the newest 500."""
        wait_for_account(request)
        # The seq first: what leaves the queue meanwhile makes the answer newer than it claims.
        market = find_market(read(QueuesQuerySerializer, request.query_params)["market"])
        orders = list_orders(account_of(request), status="open").filter(market=market)
        queues = list_queues(orders[:ORDERS_MAX])
        shown = [
            {"id": order_id, "ahead_quantity": one.quantity, "ahead_orders": one.orders}
            for order_id, one in queues.items()
        ]
        return Response(QueuesSerializer({"queues": shown, "market_seq": market.seq}).data)


class QueueView(APIView):
    """Where one of the caller's orders stands in its book."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="get_queue_position",
        tags=["orders"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: QueuePositionSerializer}
        | problems(Code.INVALID, Code.NOT_FOUND, Code.UNKNOWN_ORDER, member=True),
    )
    def get(self, request: Request, order_id: str) -> Response:
        """Say how much would be matched before an open order that rests."""
        wait_for_account(request)
        order = find_order(account_of(request), read_id(order_id))
        return Response(QueuePositionSerializer(get_queue_position(order)).data)
