"""What an account has traded and holds, as its owner sees it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import NewestFirst
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, account_of, wait_for_account
from exchange.trading.models import Position, Trade
from exchange.trading.selectors import list_fills, list_positions
from exchange.trading.serializers import FillSerializer, PositionSerializer


class FillsView(generics.ListAPIView[Trade]):
    """The caller's trades."""

    permission_classes = (HasTradingAccount,)
    serializer_class = FillSerializer

    def get_queryset(self) -> QuerySet[Trade]:
        return list_fills(account_of(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "account": account_of(self.request)}

    @extend_schema(
        operation_id="list_fills",
        tags=["account"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: FillSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, member=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List your trades, newest first."""
        wait_for_account(request)
        return super().get(request, *args, **kwargs)


class ByMarket(NewestFirst):
    """The newest market first, its contracts in their order."""

    ordering = ("-market_id", "contract__position")


class PositionsView(generics.ListAPIView[Position]):
    """The caller's positions."""

    permission_classes = (HasTradingAccount,)
    serializer_class = PositionSerializer
    pagination_class = ByMarket

    def get_queryset(self) -> QuerySet[Position]:
        return list_positions(account_of(self.request))

    @extend_schema(
        operation_id="list_positions",
        tags=["account"],
        parameters=[MIN_ACCOUNT_SEQ],
        responses={200: PositionSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, member=True),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List your positions in markets that are not settled, the newest market first."""
        wait_for_account(request)
        return super().get(request, *args, **kwargs)
