"""Events and markets as the API shows them; drafts are not there at all."""

from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import conditional
from core.api.fields import IdField, MomentField, TicksField, WordField
from core.api.representations.listing import Listing, Row
from core.api.representations.views import ListView
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import read
from core.api.waiting import wait_for_seq
from core.errors import Code, Problem
from exchange.markets.metadata import Value, read_pair, shown_metadata
from exchange.markets.models import Event, Market, MarketStatus
from exchange.markets.selectors import list_events, list_markets

STATUSES = [status for status in MarketStatus.values if status != MarketStatus.DRAFT]


_METADATA_SCHEMA: Final = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": "string"},
            {"type": "integer"},
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}},
        ]
    },
    "description": "Facts about the event, by key.",
    "examples": [{"venue": "Wembley", "teams": ["Reds", "Blues"], "capacity": 90000}],
}


class ContractSerializer(serializers.Serializer[Any]):
    """An outcome that is traded: pays 1 credit a contract if it wins."""

    id = IdField(source="pk")
    name = serializers.CharField()
    last_price = TicksField(source="last_price_ticks", allow_null=True)


class MarketSerializer(serializers.Serializer[Any]):
    """A question and its outcomes."""

    id = IdField(source="pk")
    slug = serializers.CharField()
    title = serializers.CharField()
    event = serializers.CharField(source="event.slug")
    event_title = serializers.CharField(source="event.title")
    category = serializers.CharField(source="event.category")
    rules = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    tick_size = TicksField(source="price_step_ticks")
    has_other = serializers.BooleanField(help_text="Whether an outcome without a book can win.")
    closes_at = MomentField(allow_null=True)
    created_at = MomentField()
    settled_at = MomentField(allow_null=True)
    winner = IdField(
        source="winner_id", allow_null=True, help_text="Null: none yet, or the one without a book."
    )
    volume = serializers.IntegerField(help_text="Contracts traded.")
    trade_count = serializers.IntegerField()
    seq = serializers.IntegerField()
    contracts = ContractSerializer(source="contracts.all", many=True)


class EventMarketSerializer(serializers.Serializer[Any]):
    """A market as its event names it."""

    id = IdField(source="pk")
    slug = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)


class EventSerializer(serializers.Serializer[Any]):
    """Something that will happen, with its markets."""

    id = IdField(source="pk")
    slug = serializers.CharField()
    title = serializers.CharField()
    category = serializers.CharField()
    starts_at = MomentField(allow_null=True)
    created_at = MomentField()
    metadata = serializers.SerializerMethodField()
    markets = serializers.SerializerMethodField()

    @staticmethod
    @extend_schema_field(_METADATA_SCHEMA)
    def get_metadata(event: Event) -> dict[str, Value]:
        """Return what is everybody's of it."""
        return shown_metadata(event.metadata)

    @staticmethod
    @extend_schema_field(EventMarketSerializer(many=True))
    def get_markets(event: Event) -> list[dict[str, Any]]:
        """Return those that are not drafts; filtered here, as they are prefetched.

        By hand: a serializer for each event of a page took longer than all else of it.
        """
        return [
            {
                "id": str(market.pk),
                "slug": market.slug,
                "title": market.title,
                "status": market.status,
            }
            for market in event.markets.all()
            if market.status != MarketStatus.DRAFT
        ]


class PairField(serializers.CharField):
    """A key and a value of an event's metadata, "key:value"."""

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            return read_pair(text) if text else None
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None


class EventQuerySerializer(serializers.Serializer[Any]):
    """How a list of events is narrowed."""

    metadata = PairField(
        required=False,
        allow_blank=True,
        help_text="key:value: events whose metadata has this value, or a list with it.",
    )


class MarketQuerySerializer(serializers.Serializer[Any]):
    """How a list of markets is narrowed."""

    status = WordField(choices=STATUSES, required=False, allow_blank=True)
    category = serializers.CharField(required=False, allow_blank=True, max_length=60)
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Beginnings of words, each of the market's title or an outcome, or of its "
        "event's title, category or metadata. Case and accents do not matter.",
    )
    metadata = PairField(
        required=False,
        allow_blank=True,
        help_text="key:value: markets whose event's metadata has this value, or a list with it.",
    )


def market_link(row: Row) -> str:
    """Return the path of a market's page, from its row."""
    return reverse("web:market", args=[row["slug"]])


def find_market(slug: str) -> Market:
    """Return a market with event and contracts. Raises Problem UNKNOWN_MARKET."""
    market = list_markets().filter(slug=slug).first()
    if market is None:
        raise Problem(Code.UNKNOWN_MARKET, f"There is no market {slug[:160]!r}.")
    return market


def wait_for_market(request: Request, slug: str) -> None:
    """Wait until a market has reached ?min_seq=, if that is asked for."""
    seqs = Market.objects.filter(slug=slug).values_list("seq", flat=True)
    wait_for_seq(request, "min_seq", seqs.first)


class EventsView(ListView[Event]):
    """Events that have a market."""

    listing = Listing(
        title="Events",
        kind="event",
        entry_title="{title}",
        link=lambda event: reverse("web:event", args=[event["slug"]]),
        columns=("category", "starts_at", "created_at", "markets"),
    )

    serializer_class = EventSerializer

    def get_queryset(self) -> QuerySet[Event]:
        return list_events(**read(EventQuerySerializer, self.request.query_params))

    @extend_schema(
        operation_id="list_events",
        tags=["markets"],
        auth=[],
        parameters=[EventQuerySerializer],
        responses={200: EventSerializer(many=True)} | problems(Code.INVALID, Code.INVALID_CURSOR),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List events that have a market, newest first."""
        return super().get(request, *args, **kwargs)


class EventView(APIView):
    """One event."""

    @extend_schema(
        operation_id="get_event",
        tags=["markets"],
        auth=[],
        responses={200: EventSerializer} | problems(Code.NOT_FOUND),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read an event and its markets."""
        event = list_events().filter(slug=slug).first()
        if event is None:
            raise Problem(Code.NOT_FOUND, f"There is no event {slug[:120]!r}.")
        return Response(EventSerializer(event).data)


class MarketsView(ListView[Market]):
    """Markets."""

    listing = Listing(
        title="Markets",
        kind="market",
        entry_title="{title}",
        updated=("settled_at", "created_at"),
        published=("created_at",),
        link=market_link,
        page="/markets/",
        columns=("event_title", "category", "status", "contracts", "volume", "closes_at", "rules"),
    )

    serializer_class = MarketSerializer

    def get_queryset(self) -> QuerySet[Market]:
        return list_markets(**read(MarketQuerySerializer, self.request.query_params))

    @extend_schema(
        operation_id="list_markets",
        tags=["markets"],
        auth=[],
        parameters=[MarketQuerySerializer],
        responses={200: MarketSerializer(many=True)} | problems(Code.INVALID, Code.INVALID_CURSOR),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List markets, newest first."""
        return super().get(request, *args, **kwargs)


class MarketView(APIView):
    """One market."""

    @extend_schema(
        operation_id="get_market",
        tags=["markets"],
        auth=[],
        parameters=[MIN_SEQ, OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={200: MarketSerializer, 304: None} | problems(Code.INVALID, Code.UNKNOWN_MARKET),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read a market: its rules, outcomes, last prices and state."""
        wait_for_market(request, slug)
        data = MarketSerializer(find_market(slug)).data
        return conditional.answer(request, conditional.etag_of(data), lambda: data)
