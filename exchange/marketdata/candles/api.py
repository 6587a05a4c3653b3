"""Candles as the API shows them to everybody."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import IdField, MomentField, TicksField, WordField
from core.api.pagination import NewestFirst
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import read
from core.errors import Code, Problem
from exchange.marketdata.candles.models import Candle
from exchange.marketdata.candles.selectors import (
    INTERVALS,
    Quiet,
    end_of_now,
    list_candles,
    list_windows,
)
from exchange.marketdata.candles.telling import candle_row, quiet_row
from exchange.markets.api import find_market, wait_for_market
from exchange.markets.models import Contract, Market

_YEAR_MAX: Final = 9_999


class CandleSerializer(serializers.Serializer[Any]):
    """What was traded of a contract in a window; a trade beside the book does not count."""

    contract = IdField()
    interval = serializers.ChoiceField(choices=list(INTERVALS))
    start = MomentField(help_text="When the window begins.")
    open = TicksField()
    high = TicksField()
    low = TicksField()
    close = TicksField()
    mean = TicksField(allow_null=True, help_text="Plain mean of the prices, half-even.")
    vwap = TicksField(allow_null=True, help_text="Mean by quantity, half-even.")
    price_sum = TicksField(help_text="The mean's exact part: this / trades.")
    notional = TicksField(help_text="The VWAP's exact part: this / volume.")
    volume = serializers.IntegerField(help_text="Contracts traded.")
    trades = serializers.IntegerField()

    def to_representation(self, instance: Candle | Quiet) -> dict[str, Any]:
        return quiet_row(instance) if isinstance(instance, Quiet) else candle_row(instance)


class CandleQuerySerializer(serializers.Serializer[Any]):
    """Which candles are wanted."""

    interval = WordField(choices=list(INTERVALS), default="5m")
    contract = IdField(required=False, help_text="Only those of this contract.")
    fill = WordField(
        choices=("previous",),
        required=False,
        help_text="Windows without trades too, at the close before; of one contract.",
    )

    def get_fields(self) -> dict[str, Any]:
        """Add those whose name Python keeps for itself."""
        begin = MomentField(required=False, help_text="Windows that begin then or later.")
        end = MomentField(required=False, help_text="Windows that begin before then.")
        return {**super().get_fields(), "from": begin, "to": end}


class ByStart(NewestFirst):
    """The newest window first, its contracts in their order."""

    ordering = ("-start_s", "contract_id")
    page_size = 200
    max_page_size = 1_000
    page_size_query_description = "How many results a page has, 1 to 1000 (200)."


class CandlesView(ListView[Candle]):
    """A market's candles."""

    serializer_class = CandleSerializer
    pagination_class = ByStart
    listing = Listing(
        title="Candles of {slug}",
        kind="candle",
        entry_title="{interval} from {start}: {open}, {high}, {low}, {close}",
        key="contract/interval/start",
        updated=("start",),
        page="/markets/{slug}/",
    )

    def get_queryset(self) -> QuerySet[Candle]:
        wanted = self._wanted()
        return list_candles(
            wanted["market"],
            interval=wanted["interval"],
            contract=wanted["contract"],
            from_s=wanted["from_s"],
            to_s=wanted["to_s"],
        )

    @extend_schema(
        operation_id="list_candles",
        tags=["market data"],
        auth=[],
        parameters=[CandleQuerySerializer, MIN_SEQ],
        responses={200: CandleSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, Code.UNKNOWN_MARKET, Code.UNKNOWN_CONTRACT),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List candles, newest first. Without ?fill= a window without trades has none.

        They are counted from the journal: what ?min_seq= waits for may be counted a moment later.
        """
        wait_for_market(request, self.kwargs["slug"])
        if request.query_params.get("fill"):
            return self._filled(request, self._wanted())
        return super().get(request, *args, **kwargs)

    def _filled(self, request: Request, wanted: dict[str, Any]) -> Response:
        paginator = ByStart()
        cursor = paginator.decode_cursor(request)
        end_s = end_of_now(wanted["interval"])
        windows, next_s = list_windows(
            wanted["contract"] or _only_contract(wanted["market"]),
            interval=wanted["interval"],
            from_s=wanted["from_s"],
            to_s=min(end_s, wanted["to_s"] or end_s, _position(cursor) or end_s),
            count=paginator.get_page_size(request),
        )
        following = None if next_s is None else _cursor_at(paginator, next_s)
        return Response({"results": CandleSerializer(windows, many=True).data, "next": following})

    def _wanted(self) -> dict[str, Any]:
        told = read(CandleQuerySerializer, _given(self.request))
        market = find_market(self.kwargs["slug"])
        return {
            "market": market,
            "interval": INTERVALS[told["interval"]],
            "contract": _find_contract(market, told["contract"]) if "contract" in told else None,
            "from_s": _unix_s(told.get("from")),
            "to_s": _unix_s(told.get("to")),
        }


def _find_contract(market: Market, wanted: int) -> Contract:
    for contract in market.contracts.all():
        if contract.pk == wanted:
            return contract
    raise Problem(Code.UNKNOWN_CONTRACT, "This market has no such contract.")


def _given(request: Request) -> dict[str, Any]:
    """Return the parameters that say something: a form sends those that do not, too."""
    return {name: value for name, value in request.query_params.items() if value}


def _only_contract(market: Market) -> Contract:
    contracts = list(market.contracts.all())
    if len(contracts) != 1:
        raise serializers.ValidationError({"contract": "Windows are filled for one contract."})
    return contracts[0]


def _unix_s(moment: datetime | None) -> int | None:
    """Return the second that begins at a moment or after it: what begins before is before it."""
    return None if moment is None else -int(-moment.timestamp() // 1)


def _position(cursor: Cursor | None) -> int | None:
    return None if cursor is None or cursor.position is None else int(cursor.position)


def _cursor_at(paginator: ByStart, start_s: int) -> str:
    position: Any = str(start_s)  # the stubs say int; the library keeps text
    return paginator.encode_cursor(Cursor(offset=0, reverse=False, position=position))
