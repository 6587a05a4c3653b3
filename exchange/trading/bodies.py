"""Orders in JSON, read: the usual ones quickly, all others carefully.

The usual ones are well-formed. Whatever is not exactly that goes through the serializers, which
say what is wrong with it; so a refusal has the same words wherever an order comes in.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from core.api.fields import ID_LENGTH_MAX, read_id
from core.api.problems import problem_of
from core.api.serializers import read
from core.errors import Problem
from core.money import parse_ticks
from exchange.markets.models import Contract
from exchange.trading.known_contracts import find_contract
from exchange.trading.requests import OrderRequest, worst_price_ticks
from exchange.trading.serializers import ORDERS_MAX, PlaceOrderSerializer
from exchange.trading.term_fields import asked_terms

_Id = Annotated[str, Meta(min_length=1, max_length=ID_LENGTH_MAX)]
_Quantity = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Token = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}\Z")]


class OrderBody(Struct, forbid_unknown_fields=True):
    """An order as a client asks for it, well-formed but for its price's form."""

    contract: _Id
    side: Literal["buy", "sell"]
    price: str
    quantity: _Quantity
    type: Literal["limit"] | UnsetType = UNSET
    time_in_force: Literal["GTC", "IOC", "FOK"] | UnsetType = UNSET
    post_only: bool | UnsetType = UNSET
    client_order_id: _Token | UnsetType = UNSET


class OrdersBody(Struct, forbid_unknown_fields=True):
    """Several orders."""

    orders: Annotated[list[OrderBody], Meta(min_length=1, max_length=ORDERS_MAX)]


_orders: Final = msgspec.json.Decoder(OrdersBody)
_REQUIRED: Final = tuple(f'"{name}"'.encode() for name in ("contract", "side", "price", "quantity"))
_OPTIONAL: Final = tuple(
    (f'"{name}"'.encode(), name)
    for name in ("type", "time_in_force", "client_order_id", "post_only")
)


def decode_orders(body: bytes) -> list[OrderBody] | None:
    """Return the orders of a body that is well-formed in every way, None for any other.

    A member named twice is not seen by the decoder: each name must be there as often as it is
    meant, and written without escapes.
    """
    if not body.isascii() or b"\\" in body:
        return None
    try:
        orders = _orders.decode(body).orders
    except msgspec.DecodeError:
        return None
    if body.count(b'"orders"') != 1 or not _names_once(body, orders):
        return None
    return orders


def _names_once(body: bytes, orders: Sequence[OrderBody]) -> bool:
    return all(body.count(quoted) == len(orders) for quoted in _REQUIRED) and all(
        body.count(quoted) == sum(getattr(order, name) is not UNSET for order in orders)
        for quoted, name in _OPTIONAL
    )


def order_requests(items: Sequence[OrderBody | Any]) -> list[OrderRequest | Problem]:
    """Return what each item asks for, or why it cannot be asked."""
    return [_request_or_problem(item) for item in items]


def _request_or_problem(item: OrderBody | Any) -> OrderRequest | Problem:
    try:
        return read_order(item)
    except Exception as error:  # noqa: BLE001 -- told as the API tells it
        return problem_of(error)


def read_order(
    item: OrderBody | Any, find: Callable[[int], Contract] = find_contract
) -> OrderRequest:
    """Return what an item, decoded or not, asks for. Raises ValidationError, UNKNOWN_CONTRACT."""
    typed = item if isinstance(item, OrderBody) else _typed(item)
    if typed is not None:
        try:
            return _request_of(typed, parse_ticks(typed.price), find)
        except ValueError:
            item = {
                name: value
                for name, value in msgspec.structs.asdict(typed).items()
                if value is not UNSET
            }
    body = read(PlaceOrderSerializer, item)
    contract, side = find(body["contract"]), body["side"]
    if "price" not in body:
        body["price"] = worst_price_ticks(contract.market, side)
    return OrderRequest(
        contract=contract,
        side=side,
        price_ticks=body["price"],
        quantity=body["quantity"],
        kind=body["type"],
        time_in_force=body["time_in_force"],
        client_order_id=body.get("client_order_id", ""),
        **asked_terms(body),
    )


def _typed(item: Any) -> OrderBody | None:
    """Return an object of JSON as a well-formed order, None for what is none."""
    try:
        return msgspec.convert(item, OrderBody)
    except msgspec.ValidationError:
        return None


def _request_of(body: OrderBody, price_ticks: int, find: Callable[[int], Contract]) -> OrderRequest:
    return OrderRequest(
        contract=find(read_id(body.contract)),
        side=body.side,
        price_ticks=price_ticks,
        quantity=body.quantity,
        kind=body.type or "limit",
        time_in_force=body.time_in_force or "GTC",
        client_order_id=body.client_order_id or "",
        post_only=body.post_only or False,
    )
