"""Commands: what somebody asks of the engine, and how they look in JSON (docs/engine.md).

Prices and money are integers in ticks, quantities whole contracts, times milliseconds. A command
says what its sender wants, however wrong: it is the engine that refuses, with a reason. Any
command may say what `time` it is, and until when it is wanted (`valid_until`).
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, cast

from exchange.engine import fields
from exchange.engine.enums import Side
from exchange.engine.fields import InputError, Reader
from exchange.engine.order_commands import CancelOrder, PlaceOrder, ReduceOrder, ReplaceOrder
from exchange.engine.other_commands import (
    CancelAll,
    CloseMarket,
    CrossTrade,
    Fund,
    HaltMarket,
    OpenMarket,
    ResumeMarket,
    SetGroup,
    SetLimits,
    SettleMarket,
    Tick,
    VoidMarket,
    VoidTrade,
)
from exchange.engine.structs import names_of
from exchange.engine.terms import PLAIN, Terms, encode_terms

__all__ = [
    "PLAIN",
    "CancelAll",
    "CancelOrder",
    "CloseMarket",
    "Command",
    "CrossTrade",
    "Fund",
    "HaltMarket",
    "InputError",
    "OpenMarket",
    "PlaceOrder",
    "ReduceOrder",
    "ReplaceOrder",
    "ResumeMarket",
    "SetGroup",
    "SetLimits",
    "SettleMarket",
    "Terms",
    "Tick",
    "VoidMarket",
    "VoidTrade",
    "decode",
    "encode",
]

Command = (
    OpenMarket
    | Fund
    | SetLimits
    | SetGroup
    | PlaceOrder
    | CancelOrder
    | ReduceOrder
    | ReplaceOrder
    | CancelAll
    | HaltMarket
    | ResumeMarket
    | CloseMarket
    | SettleMarket
    | VoidMarket
    | VoidTrade
    | CrossTrade
    | Tick
)


class Shape(NamedTuple):
    """The JSON fields of one type of command, each with what reads it."""

    make: type[Any]
    required: Mapping[str, Reader]
    optional: Mapping[str, Reader]


_id, _integer, _boolean = fields.identifier, fields.integer, fields.boolean
_optional_id: Final = fields.optional(fields.identifier)
_optional_integer: Final = fields.optional(fields.integer)
_any: Final[Mapping[str, Reader]] = {"time": _optional_id, "valid_until": _optional_id}
# In JSON the terms of an order stand beside its other fields.
_terms: Final[Mapping[str, Reader]] = {
    "kind": fields.choice(("limit", "market", "stop", "stop_limit")),
    "tif": fields.choice(("GTC", "IOC", "FOK", "GTD")),
    "stp": fields.choice(("cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow")),
    "post_only": _boolean,
    "reduce_only": _boolean,
    "min_quantity": _optional_integer,
    "max_cost_ticks": _optional_integer,
    "stop_ticks": _optional_integer,
    "expires_at": _optional_id,
    "on_halt": fields.choice(("keep", "cancel")),
    "group": _optional_id,
}
_market: Final[Mapping[str, Reader]] = {"market": _id}
_order: Final[Mapping[str, Reader]] = {"order": _id, "account": _id}
_guard: Final[Mapping[str, Reader]] = {"if_open_quantity": _optional_integer}


def _shape(
    make: type[Any], required: Mapping[str, Reader], optional: Mapping[str, Reader] | None = None
) -> Shape:
    return Shape(make, required, {**(optional or {}), **_any})


_shapes: Final[Mapping[str, Shape]] = {
    "OpenMarket": _shape(
        OpenMarket,
        {"market": _id, "contracts": fields.identifiers},
        {
            "other": _boolean,
            "payout_ticks": _optional_integer,
            "price_step_ticks": _integer,
            "price_bands": fields.pairs,
            "collar_ticks": _optional_integer,
        },
    ),
    "Fund": _shape(Fund, {"account": _id, "amount_ticks": _integer}),
    "SetLimits": _shape(
        SetLimits,
        {"account": _id},
        {
            "max_open_orders": _optional_integer,
            "max_exposure_ticks": _optional_integer,
            "loss_limit_ticks": _optional_integer,
            "suspended": _boolean,
        },
    ),
    "SetGroup": _shape(
        SetGroup, {"account": _id, "group": _id, "limit_quantity": _integer, "window_ms": _integer}
    ),
    "PlaceOrder": _shape(
        PlaceOrder,
        {
            "order": _id,
            "account": _id,
            "contract": _id,
            "side": fields.choice(Side),
            "quantity": _integer,
        },
        {
            "price_ticks": _optional_integer,
            **_terms,
            "client_order_id": fields.optional(fields.text),
        },
    ),
    "CancelOrder": _shape(CancelOrder, _order),
    "ReduceOrder": _shape(ReduceOrder, {**_order, "by": _integer}, _guard),
    "ReplaceOrder": _shape(
        ReplaceOrder,
        {**_order, "new_order": _id, "price_ticks": _integer, "quantity": _integer},
        {**_guard, "client_order_id": fields.optional(fields.text)},
    ),
    "CancelAll": _shape(
        CancelAll,
        {"account": _id},
        {
            "market": _optional_id,
            "contract": _optional_id,
            "side": fields.optional(fields.choice(Side)),
            "group": _optional_id,
        },
    ),
    "HaltMarket": _shape(HaltMarket, _market),
    "ResumeMarket": _shape(
        ResumeMarket, _market, {"auction": _boolean, "auction_ends_at": _optional_id}
    ),
    "CloseMarket": _shape(CloseMarket, _market),
    "SettleMarket": _shape(SettleMarket, {**_market, "winner": _optional_id}),
    "VoidMarket": _shape(VoidMarket, _market),
    "VoidTrade": _shape(VoidTrade, {"trade": _id}),
    "CrossTrade": _shape(
        CrossTrade,
        {
            "contract": _id,
            "buyer": _id,
            "seller": _id,
            "price_ticks": _integer,
            "quantity": _integer,
        },
    ),
    "Tick": Shape(Tick, {"time": _id}, {"valid_until": _optional_id}),
}


def decode(members: Mapping[str, Any]) -> Command:
    """Return the command that a JSON object stands for.

    Raises InputError, saying what is wrong, for an unknown type or field, a missing field, and a
    value of the wrong kind.
    """
    shape = _shape_of(members.get("type"))
    arguments = {}
    for name, value in members.items():
        if name == "type":
            continue
        read = shape.required.get(name) or shape.optional.get(name)
        if read is None:
            raise fields.fault("unknown field", repr(name[:40]))
        arguments[name] = read(name, value)
    for name in shape.required:
        if name not in arguments:
            raise fields.fault(name, "is missing")
    if shape.make is OpenMarket:
        arguments.setdefault("payout_ticks", None)
    elif shape.make is PlaceOrder:
        _gather_terms(arguments)
    return cast(Command, shape.make(**arguments))


def encode(command: Command) -> dict[str, Any]:
    """Return the JSON object of a command; `decode` of it is the same command again.

    An order's price and terms are left out where they are the usual ones, so is whatever is None
    but for a winner.
    """
    made = type(command)
    members: dict[str, Any] = {"type": made.__name__}
    for name, get in _getters[made]:
        value = get(command)
        if name == "terms":
            members.update({} if value is PLAIN else encode_terms(value))
        elif value is not None or name == "winner":
            members[name] = value
    return members


def _shape_of(type_name: Any) -> Shape:
    if type(type_name) is not str:
        raise InputError("type is missing" if type_name is None else "type must be a string")
    shape = _shapes.get(type_name)
    if shape is None:
        raise fields.fault("unknown type", repr(type_name[:40]))
    return shape


def _gather_terms(arguments: dict[str, Any]) -> None:
    """Replace the terms among the arguments by one object, and see that there is a price."""
    given = {name: arguments.pop(name) for name in _terms.keys() & arguments.keys()}
    arguments["terms"] = terms = _terms_of(frozenset(given.items())) if given else PLAIN
    if arguments.setdefault("price_ticks", None) is None and terms.kind != "market":
        raise fields.fault("price_ticks", "is missing")


@lru_cache(maxsize=1024)
def _terms_of(given: Iterable[tuple[str, Any]]) -> Terms:
    """Return the terms; orders that want the same share one object."""
    return Terms(**dict(given))


_getters: Final = {
    shape.make: tuple((name, attrgetter(name)) for name in names_of(shape.make))
    for shape in _shapes.values()
}
