"""Many orders in one request: read together, inserted together, answered together."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import IO, Any, Final

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.parsers import StrictJSONParser
from core.api.schema import problems
from core.api.serializers import read
from core.errors import Problem
from exchange.ledger.api import HasTradingAccount, account_of, user_of
from exchange.trading import gateway
from exchange.trading.bodies import decode_orders, order_requests
from exchange.trading.gateway import OrderRequest
from exchange.trading.results import Result, order_results
from exchange.trading.serializers import BatchResultsSerializer, BatchSerializer

_CHARSETS: Final = {"utf-8", "utf8", "us-ascii"}


class OrdersParser(StrictJSONParser):
    """Reads well-formed orders at once; what is not is left to the strict parser."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return {"orders": [...]}, or what else the body is. Raises ParseError."""
        body = stream.read()
        charset = str((parser_context or {}).get("encoding", "")).lower()
        orders = decode_orders(body) if charset in _CHARSETS else None
        if orders is not None:
            return {"orders": orders}
        return super().parse(BytesIO(body), media_type, parser_context)


class BatchView(APIView):
    """Several of the caller's orders."""

    permission_classes = (HasTradingAccount,)
    parser_classes = (OrdersParser,)
    throttle_scope = "batches"

    @extend_schema(
        operation_id="place_orders",
        tags=["orders"],
        request=BatchSerializer,
        responses={200: BatchResultsSerializer} | problems(body=True, member=True),
    )
    def post(self, request: Request) -> HttpResponse:
        """Place up to 500 orders, each as if it were sent alone, in their order.

        Each result has the status and the body that the order would have been answered with
        alone. Orders of one market are judged in the order of the request.
        """
        items = read(BatchSerializer, request.data)["orders"]
        asked = order_requests(items)
        orders = [one for one in asked if isinstance(one, OrderRequest)]
        account = account_of(request)
        placed = gateway.place_orders(account=account, user=user_of(request), orders=orders)
        results = order_results(account.pk, orders, placed)
        return _answer(_in_order(asked, results, request.path))


def _in_order(
    asked: Sequence[OrderRequest | Problem], results: Sequence[Result | Problem], path: str
) -> list[Result]:
    """Return a result for each item of the request: what was refused at once has its problem."""
    later = iter(results)
    all_results = [next(later) if isinstance(one, OrderRequest) else one for one in asked]
    return [
        Result(one.status, one.as_body(path)) if isinstance(one, Problem) else one
        for one in all_results
    ]


def _answer(results: Sequence[Result]) -> HttpResponse:
    content = msgspec.json.encode({"results": results})
    return HttpResponse(content, content_type="application/json")
