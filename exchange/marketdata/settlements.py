"""Markets that are over, as the API lists them: what won, and when that was decided."""

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import IdField, MomentField
from core.api.pagination import ByMoment
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import problems
from core.errors import Code
from exchange.markets.api import market_link
from exchange.markets.models import Market, MarketStatus
from exchange.markets.outcomes import name_other_outcome
from exchange.markets.selectors import list_markets

_OVER: Final = (MarketStatus.SETTLED, MarketStatus.VOIDED)


class SettlementSerializer(serializers.Serializer[Any]):
    """How a market ended."""

    market = IdField(source="pk")
    slug = serializers.CharField()
    title = serializers.CharField()
    event = serializers.CharField(source="event.slug")
    category = serializers.CharField(source="event.category")
    status = serializers.ChoiceField(choices=_OVER, help_text="voided: every trade was undone.")
    winner = IdField(
        source="winner_id", allow_null=True, help_text="Null: the outcome without a book, or none."
    )
    winner_name = serializers.SerializerMethodField()
    settled_at = MomentField()
    volume = serializers.IntegerField()

    @staticmethod
    def get_winner_name(market: Market) -> str | None:
        """Return what won by name; null where nothing did."""
        if market.status == MarketStatus.VOIDED:
            return None
        if market.winner is not None:
            return market.winner.name
        return name_other_outcome([contract.name for contract in market.contracts.all()])


class BySettlement(ByMoment):
    """Who was decided last first."""

    ordering = ("-settled_at", "-pk")


class SettlementsView(ListView[Market]):
    """Markets that are over."""

    serializer_class = SettlementSerializer
    pagination_class = BySettlement
    listing = Listing(
        title="Settlements",
        kind="settlement",
        key="market",
        entry_title=lambda row: f"{row['title']}: {row['winner_name'] or 'voided'}",
        updated=("settled_at",),
        link=market_link,
        page="/markets/?status=settled",
        columns=("category", "status", "winner_name", "settled_at", "volume"),
    )

    def get_queryset(self) -> QuerySet[Market]:
        return list_markets().filter(status__in=_OVER, settled_at__isnull=False)

    @extend_schema(
        operation_id="list_settlements",
        tags=["markets"],
        auth=[],
        responses={200: SettlementSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List markets that were settled or voided, the last decided first."""
        return super().get(request, *args, **kwargs)
