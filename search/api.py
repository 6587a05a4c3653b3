"""Searching over the API: suggestions while somebody types, and pages of all that fits."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import conditional
from core.api.fields import WordField
from core.api.pagination import NewestFirst
from core.api.representations.listing import Listing
from core.api.representations.views import Represented
from core.api.schema import problems
from core.api.serializers import read
from core.errors import Code, Problem
from core.money import format_ticks
from exchange.markets.models import MarketStatus
from search.addresses import address_of
from search.cursors import decode_place, encode_place
from search.finding import Narrowing, Place
from search.models import Kind
from search.queries import QUERY_LENGTH_MAX
from search.selectors import Result, find, suggest

_STATUSES: Final = [status for status in MarketStatus.values if status != MarketStatus.DRAFT]
# While somebody types and deletes, the same beginnings come again and again.
_FRESH_S: Final = 5
_LISTING: Final = Listing(
    title="Search",
    kind="search",
    entry_title="{title}",
    key="url",
    link="{url}",
    page="/search/",
    columns=("kind", "subtitle", "category", "status", "outcome", "price", "move_24h"),
)


class FoundSerializer(serializers.Serializer[Any]):
    """Something that was found."""

    kind = serializers.ChoiceField(choices=Kind.values, source="document.kind")
    id = serializers.SerializerMethodField(
        help_text="The id of a market, event or contract; the handle of a member; the category."
    )
    title = serializers.CharField(source="document.title")
    subtitle = serializers.CharField(
        source="document.context",
        help_text="Of a market its event, of an event its category, of a contract its market, "
        "of a member the handle.",
    )
    url = serializers.SerializerMethodField(help_text="The path of its page.")
    slug = serializers.CharField(source="document.slug")
    category = serializers.CharField(source="document.category")
    status = serializers.CharField(
        source="document.status", help_text="Of markets and contracts; else empty."
    )
    is_open = serializers.BooleanField(source="document.is_open")
    outcome = serializers.SerializerMethodField(
        help_text="The contract that `price` is of; of a market with several, the likeliest."
    )
    price = serializers.SerializerMethodField(
        help_text="The contract's last price; null: no trade yet, or nothing that trades."
    )
    move_24h = serializers.SerializerMethodField(
        help_text="How far that price went in the last 24 hours; null where there is no price."
    )

    @staticmethod
    def get_id(result: Result) -> str:
        """Return what other addresses of the API name it by."""
        document = result.document
        return document.slug if document.kind == Kind.MEMBER else document.key

    @staticmethod
    def get_url(result: Result) -> str:
        """Return the path of its page."""
        return address_of(result.document)

    @staticmethod
    def get_outcome(result: Result) -> str | None:
        """Return the name of what the price is of."""
        return result.quoted.name if result.quoted else None

    @staticmethod
    def get_price(result: Result) -> str | None:
        """Return the last price as a decimal string."""
        return format_ticks(result.quoted.price_ticks) if result.quoted else None

    @staticmethod
    def get_move_24h(result: Result) -> str | None:
        """Return the move as a signed decimal string."""
        return format_ticks(result.quoted.move_24h_ticks) if result.quoted else None


class WordsSerializer(serializers.Serializer[Any]):
    """What is searched for."""

    q = serializers.CharField(
        allow_blank=True,
        max_length=QUERY_LENGTH_MAX,
        help_text="Beginnings of words, in any order. Case and accents do not matter; where "
        "nothing fits, mistakes are forgiven in words of 4 letters or more.",
    )


class SearchSerializer(WordsSerializer):
    """What is searched for, and among what."""

    kind = WordField(choices=Kind.values, required=False, allow_blank=True, default="")
    status = WordField(choices=_STATUSES, required=False, allow_blank=True, default="")
    category = serializers.CharField(
        required=False, allow_blank=True, max_length=60, default="", trim_whitespace=False
    )


class SuggestView(Represented, APIView):
    """Suggestions."""

    listing = _LISTING

    @extend_schema(
        operation_id="suggest",
        tags=["search"],
        auth=[],
        parameters=[
            WordsSerializer,
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
        ],
        responses={
            200: inline_serializer("Suggestions", {"results": FoundSerializer(many=True)}),
            304: None,
        }
        | problems(Code.INVALID),
    )
    def get(self, request: Request) -> Response:
        """Suggest the best of each kind for what was typed so far, at most 5 of one.

        By kind, markets first. One to three letters are the beginning of a word of the title, and
        the answer is in order: open, then the larger volume (its first two digits), then the newer.
        """
        words = read(WordsSerializer, request.query_params)["q"]
        data = {"results": FoundSerializer(suggest(words), many=True).data}
        answer = conditional.answer(
            request, conditional.etag_of([request.accepted_renderer.format, data]), lambda: data
        )
        answer["Cache-Control"] = f"private, max-age={_FRESH_S}"
        return answer


class SearchView(Represented, APIView):
    """Results."""

    listing = _LISTING

    @extend_schema(
        operation_id="search",
        tags=["search"],
        auth=[],
        parameters=[
            SearchSerializer,
            OpenApiParameter("cursor", str, description="The `next` of the page before."),
            OpenApiParameter(
                "limit", int, description="How many results a page has, 1 to 200 (50)."
            ),
        ],
        responses={
            200: inline_serializer(
                "SearchPage",
                {
                    "results": FoundSerializer(many=True),
                    "next": serializers.CharField(allow_null=True),
                    "is_near": serializers.BooleanField(
                        help_text="Nothing fits as typed: this is what may have been meant."
                    ),
                },
            )
        }
        | problems(Code.INVALID, Code.INVALID_CURSOR),
    )
    def get(self, request: Request) -> Response:
        """Search markets, events, outcomes, categories and members; what fits best comes first."""
        wanted = read(SearchSerializer, request.query_params)
        words = wanted.pop("q")
        size = NewestFirst().get_page_size(request)
        found = find(words, Narrowing(**wanted), after=_read_cursor(request), size=size)
        return Response(
            {
                "results": FoundSerializer(found.results, many=True).data,
                "next": encode_place(found.next_place),
                "is_near": found.is_near,
            }
        )


def _read_cursor(request: Request) -> Place | None:
    cursor = request.query_params.get("cursor", "")
    try:
        return decode_place(cursor) if cursor else None
    except ValueError:
        raise Problem(Code.INVALID_CURSOR) from None
