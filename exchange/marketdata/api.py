"""Books and trades as the API shows them to everybody."""

import zlib
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import conditional
from core.api.fields import IdField, LevelsField, MomentField, TicksField, read_id
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import read
from core.errors import Code, Problem
from exchange.marketdata.selectors import ContractBook, MarketBook, get_book, get_epoch, list_trades
from exchange.markets.api import find_market, wait_for_market
from exchange.markets.models import Contract, Market
from exchange.trading.models import Side, Trade, TradeKind

_DEPTH_MAX: Final = 10_000  # more levels than any grid has


class ContractBookSerializer(serializers.Serializer[Any]):
    """One contract's open quantity by price."""

    contract = IdField()
    name = serializers.CharField()
    bids = LevelsField(help_text="Highest first.")
    asks = LevelsField(help_text="Lowest first.")
    checksum = serializers.IntegerField(
        help_text='CRC32 of "price_ticks:quantity," of the ten best asks, then the ten best bids.'
    )


class BookSerializer(serializers.Serializer[Any]):
    """A market's books, all at one seq."""

    market = serializers.CharField()
    epoch = serializers.IntegerField()
    seq = serializers.IntegerField()
    contracts = ContractBookSerializer(many=True)


class BookQuerySerializer(serializers.Serializer[Any]):
    """How deep a book is wanted."""

    depth = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=_DEPTH_MAX,
        help_text="Levels a side; all by default.",
    )


class TradeSerializer(serializers.Serializer[Any]):
    """A trade; who traded is nobody's business."""

    id = IdField(source="pk")
    kind = serializers.ChoiceField(
        choices=TradeKind.choices,
        help_text="`cross`: two members agreed on it beside the book; the last price ignores it.",
    )
    contract = IdField(source="contract_id")
    contract_name = serializers.CharField(source="contract.name")
    side = serializers.ChoiceField(
        choices=Side.choices, source="taker_side", help_text="The taker's."
    )
    price = TicksField(source="price_ticks")
    quantity = serializers.IntegerField()
    market_seq = serializers.IntegerField()
    executed_at = MomentField()


class BookView(APIView):
    """A market's books."""

    @extend_schema(
        operation_id="get_book",
        tags=["market data"],
        auth=[],
        parameters=[
            BookQuerySerializer,
            MIN_SEQ,
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
        ],
        responses={200: BookSerializer, 304: None} | problems(Code.INVALID, Code.UNKNOWN_MARKET),
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read a market's books: open quantity by price, best first, at one seq."""
        depth = read(BookQuerySerializer, request.query_params).get("depth")
        wait_for_market(request, slug)
        market = find_market(slug)
        contracts = list(market.contracts.all())
        if "If-None-Match" in request.headers:  # whoever polls a quiet book costs no sums
            known = _etag(get_epoch(market), market.seq, contracts, depth)
            if conditional.is_unchanged(request, known):
                return conditional.unchanged(known)
        book = get_book(market, levels=depth)
        etag = _etag(book.epoch, book.seq, contracts, depth)
        return conditional.answer(request, etag, lambda: _as_json(market, book, contracts))


class TradesView(ListView[Trade]):
    """A market's trades."""

    listing = Listing(
        title="Trades in {slug}",
        kind="trade",
        entry_title="{side} {quantity} {contract_name} at {price}",
        updated=("executed_at",),
        page="/markets/{slug}/",
    )

    serializer_class = TradeSerializer

    def get_queryset(self) -> QuerySet[Trade]:
        market = find_market(self.kwargs["slug"])
        return list_trades(market, contract=self._contract(market))

    def _contract(self, market: Market) -> Contract | None:
        wanted = self.request.query_params.get("contract", "")
        if not wanted:
            return None
        for contract in market.contracts.all():
            if contract.pk == read_id(wanted):
                return contract
        raise Problem(Code.UNKNOWN_CONTRACT, "This market has no such contract.")

    @extend_schema(
        operation_id="list_trades",
        tags=["market data"],
        auth=[],
        parameters=[
            OpenApiParameter("contract", str, description="Only those of this contract."),
            MIN_SEQ,
        ],
        responses={200: TradeSerializer(many=True)}
        | problems(Code.INVALID, Code.INVALID_CURSOR, Code.UNKNOWN_MARKET, Code.UNKNOWN_CONTRACT),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List a market's trades, newest first."""
        wait_for_market(request, self.kwargs["slug"])
        return super().get(request, *args, **kwargs)


def _etag(epoch: int, seq: int, contracts: Sequence[Contract], depth: int | None) -> str:
    # The seq says everything but the names, which an admin may correct without one.
    names = zlib.crc32("\0".join(contract.name for contract in contracts).encode())
    return f'"{epoch}-{seq}-{depth or "all"}-{names:x}"'


def _as_json(market: Market, book: MarketBook, contracts: Sequence[Contract]) -> dict[str, Any]:
    names = {contract.pk: contract.name for contract in contracts}
    rows = [_contract_row(entry, names[entry.contract]) for entry in book.contracts]
    shown = {"market": market.slug, "epoch": book.epoch, "seq": book.seq, "contracts": rows}
    return BookSerializer(shown).data


def _contract_row(entry: ContractBook, name: str) -> dict[str, Any]:
    return {
        "contract": entry.contract,
        "name": name,
        "bids": entry.bids,
        "asks": entry.asks,
        "checksum": entry.checksum,
    }
