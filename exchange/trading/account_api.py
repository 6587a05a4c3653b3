"""What an account has traded and holds, as its owner sees it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import NewestFirst
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_ACCOUNT_SEQ, problems
from core.api.serializers import read
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, account_of, wait_for_account
from exchange.trading.account_serializers import (
    FillQuerySerializer,
    FillSerializer,
    PositionSerializer,
)
from exchange.trading.fill_cursors import read_next_trades, told_between
from exchange.trading.models import Position, Trade
from exchange.trading.selectors import list_fills, list_fills_of_order, list_positions


class FillsView(ListView[Trade]):
    """The caller's trades."""

    listing = Listing(
        title="Your trades",
        kind="fill",
        entry_title="{side} {quantity} {contract_name} at {price}",
        updated=("executed_at",),
        page="/portfolio/fills/",
    )

    permission_classes = (HasTradingAccount,)
    serializer_class = FillSerializer

    def get_queryset(self) -> QuerySet[Trade]:
        wanted = read(FillQuerySerializer, self.request.query_params)
        account = account_of(self.request)
        fills = (
            list_fills_of_order(account, wanted["order"])
            if "order" in wanted
            else list_fills(account)
        )
        if not {"since", "until"} & wanted.keys():
            return fills
        until = wanted["until"] if "until" in wanted else read_next_trades()
        return fills.filter(told_between(wanted.get("since", {}), until))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "account": account_of(self.request)}

    @extend_schema(
        operation_id="list_fills",
        tags=["account"],
        parameters=[FillQuerySerializer, MIN_ACCOUNT_SEQ],
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


class PositionsView(ListView[Position]):
    """The caller's positions."""

    listing = Listing(
        title="Your positions",
        kind="position",
        entry_title="{quantity} {contract_name}: {market_title}",
        key="account/contract",
        link=lambda row: reverse("web:market", args=[row["market"]]),
        page="/portfolio/",
        columns=("contract_name", "quantity", "cash", "last_price"),
    )
    permission_classes = (HasTradingAccount,)
    serializer_class = PositionSerializer
    pagination_class = ByMarket

    def get_queryset(self) -> QuerySet[Position]:
        return list_positions(account_of(self.request))

    def get_parts(self) -> Mapping[str, Any]:
        return {"account": account_of(self.request).pk}

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
