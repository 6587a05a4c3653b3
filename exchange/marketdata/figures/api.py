"""Markets as the API shows them: with what they trade at, sorted by how they do."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import conditional
from core.api.fields import TicksField, WordField
from core.api.pagination import ByMoment, NewestFirst
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import read
from core.errors import Code
from exchange.marketdata.figures.selectors import SORTS, get_figures, with_sort_key
from exchange.markets import api as markets
from exchange.markets.api import MarketQuerySerializer, find_market, wait_for_market
from exchange.markets.models import Market
from exchange.markets.selectors import list_markets


class QuotedContractSerializer(markets.ContractSerializer):
    """An outcome with its figures; "24h" is up to the last trade, at most five minutes old."""

    bid = TicksField(source="figures.bid_ticks", allow_null=True)
    ask = TicksField(source="figures.ask_ticks", allow_null=True)
    mid = TicksField(source="figures.mid_ticks", allow_null=True)
    spread = TicksField(source="figures.spread_ticks", allow_null=True)
    volume_24h = serializers.IntegerField(source="figures.volume_24h")
    move_24h = TicksField(
        source="figures.move_24h_ticks", help_text="The last price less that of a day ago."
    )
    open_interest = serializers.IntegerField(
        source="figures.open_interest", help_text="Contracts that somebody holds."
    )


class QuotedMarketSerializer(markets.MarketSerializer):
    """A question and its outcomes, with what they trade at."""

    contracts = QuotedContractSerializer(source="contracts.all", many=True)


class SortedMarketQuerySerializer(MarketQuerySerializer):
    """How a list of markets is narrowed and sorted."""

    sort = WordField(
        choices=SORTS,
        required=False,
        allow_blank=True,
        help_text="volume and movers: of 24 h, most first; closing: soonest first.",
    )


class BySortKey(NewestFirst):
    """The greatest first; of equals the newest."""

    ordering = ("-sort_key", "-pk")


class ByClosing(ByMoment):
    """Who closes soonest first; of equals the newest."""

    ordering = ("sort_key", "-pk")


class MarketsView(markets.MarketsView):
    """Markets."""

    serializer_class = QuotedMarketSerializer

    @property
    def pagination_class(self) -> type[NewestFirst]:  # type: ignore[override]  # by what is asked
        return ByClosing if self.request.query_params.get("sort") == "closing" else BySortKey

    def get_queryset(self) -> QuerySet[Market]:
        wanted = read(SortedMarketQuerySerializer, self.request.query_params)
        sort = wanted.pop("sort", "") or "newest"
        return with_sort_key(list_markets(**wanted), sort)

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        give_figures(page or ())
        return page

    @extend_schema(
        operation_id="list_markets",
        tags=["markets"],
        auth=[],
        parameters=[SortedMarketQuerySerializer],
        responses={200: QuotedMarketSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List markets, newest first unless sorted otherwise."""
        return super().get(request, *args, **kwargs)


class MarketView(markets.MarketView):
    """One market."""

    @extend_schema(
        operation_id="get_market",
        tags=["markets"],
        auth=[],
        parameters=[MIN_SEQ, OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={200: QuotedMarketSerializer, 304: None}
        | problems(Code.INVALID, Code.UNKNOWN_MARKET),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read a market: its rules, outcomes, prices, figures and state."""
        wait_for_market(request, slug)
        market = find_market(slug)
        give_figures([market])
        data = QuotedMarketSerializer(market).data
        return conditional.answer(request, conditional.etag_of(data), lambda: data)


def give_figures(shown: Sequence[Market]) -> None:
    """Put the figures of markets' contracts beside them, by two queries."""
    contracts = [contract for market in shown for contract in market.contracts.all()]
    figures = get_figures(contracts)
    for contract in contracts:
        contract.figures = figures[contract.pk]  # type: ignore[attr-defined]  # for the serializer
