"""Commands: what somebody asks of the engine, and how they look in JSON (CONTRACTS, section 2).

Prices and money are integers in ticks, quantities whole contracts, times milliseconds. A command
says what its sender wants, however wrong: it is the engine that refuses, with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, cast

from exchange.engine import fields
from exchange.engine.enums import Side
from exchange.engine.fields import InputError, Reader

__all__ = ["Command", "InputError", "decode", "encode"]

OrderKind = Literal["limit"]
TimeInForce = Literal["GTC", "IOC"]
SelfTradePrevention = Literal["cancel_newest", "allow"]


@dataclass(frozen=True, slots=True)
class OpenMarket:
    """Open a market whose contracts are mutually exclusive outcomes.

    `other` adds an outcome without a book; a market of one contract always has one (No).
    `payout_ticks` None stands for the engine's own payout.
    """

    market: int
    contracts: tuple[int, ...]
    other: bool = False
    payout_ticks: int | None = 10_000
    price_step_ticks: int = 1
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Fund:
    """Add to what an account has available."""

    account: int
    amount_ticks: int
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Ask to trade quantity contracts at price_ticks or better."""

    order: int
    account: int
    contract: int
    side: Side
    price_ticks: int
    quantity: int
    kind: OrderKind = "limit"
    tif: TimeInForce = "GTC"
    stp: SelfTradePrevention = "cancel_newest"
    client_order_id: str | None = None
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Take an order out of the book."""

    order: int
    account: int
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class ReduceOrder:
    """Make an order's open quantity smaller; it keeps its place in the queue.

    With `if_open_quantity` only while that much is open: a request sent twice reduces once.
    """

    order: int
    account: int
    by: int
    if_open_quantity: int | None = None
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class HaltMarket:
    """Stop placing for a while; orders stay and may be cancelled or reduced."""

    market: int
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class ResumeMarket:
    """Let a halted market trade again."""

    market: int
    auction: bool = False
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class CloseMarket:
    """End trading for good; open orders are cancelled."""

    market: int
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class SettleMarket:
    """Pay the holders of the winning contract; None is the outcome without a book."""

    market: int
    winner: int | None
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class VoidMarket:
    """Undo a market: nobody gains or loses."""

    market: int
    time: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Tick:
    """Say what time it is. Nothing is due at a time yet, so it changes nothing."""

    time: int | None = field(default=None, kw_only=True)


Command = (
    OpenMarket
    | Fund
    | PlaceOrder
    | CancelOrder
    | ReduceOrder
    | HaltMarket
    | ResumeMarket
    | CloseMarket
    | SettleMarket
    | VoidMarket
    | Tick
)


class Shape(NamedTuple):
    """The JSON fields of one type of command, each with what reads it."""

    make: type[Any]
    required: Mapping[str, Reader]
    optional: Mapping[str, Reader]
    unsupported: Mapping[str, Reader] = {}


_id, _integer, _boolean = fields.identifier, fields.integer, fields.boolean
_optional_integer: Final = fields.optional(fields.integer)
_false: Final = fields.only(default=False, read=fields.boolean)
_timed: Final[Mapping[str, Reader]] = {"time": fields.optional(fields.identifier)}
_place_order: Final = Shape(
    PlaceOrder,
    {
        "order": _id,
        "account": _id,
        "contract": _id,
        "side": fields.choice(Side),
        "price_ticks": _integer,
        "quantity": _integer,
    },
    {
        "kind": fields.choice(("limit",), unsupported=("market", "stop", "stop_limit")),
        "tif": fields.choice(("GTC", "IOC"), unsupported=("FOK", "GTD")),
        "stp": fields.choice(
            ("cancel_newest", "allow"), unsupported=("cancel_oldest", "cancel_both", "decrement")
        ),
        "client_order_id": fields.optional(fields.text),
        **_timed,
    },
    {
        "post_only": _false,
        "reduce_only": _false,
        "on_halt": fields.only("keep", fields.choice(("keep", "cancel"))),
        "min_quantity": fields.never,
        "max_cost_ticks": fields.never,
        "stop_ticks": fields.never,
        "expires_at": fields.never,
        "group": fields.never,
    },
)
_open_market: Final = Shape(
    OpenMarket,
    {"market": _id, "contracts": fields.identifiers},
    {
        "other": _boolean,
        "payout_ticks": _optional_integer,
        "price_step_ticks": _integer,
        **_timed,
    },
)
_market: Final[Mapping[str, Reader]] = {"market": _id}
_order: Final[Mapping[str, Reader]] = {"order": _id, "account": _id}
_shapes: Final[Mapping[str, Shape]] = {
    "OpenMarket": _open_market,
    "Fund": Shape(Fund, {"account": _id, "amount_ticks": _integer}, _timed),
    "PlaceOrder": _place_order,
    "CancelOrder": Shape(CancelOrder, _order, _timed),
    "ReduceOrder": Shape(
        ReduceOrder, {**_order, "by": _integer}, {"if_open_quantity": _optional_integer, **_timed}
    ),
    "HaltMarket": Shape(HaltMarket, _market, _timed),
    "ResumeMarket": Shape(ResumeMarket, _market, {"auction": _false, **_timed}),
    "CloseMarket": Shape(CloseMarket, _market, _timed),
    "SettleMarket": Shape(SettleMarket, {**_market, "winner": fields.optional(_id)}, _timed),
    "VoidMarket": Shape(VoidMarket, _market, _timed),
    "Tick": Shape(Tick, {"time": fields.identifier}, {}),
}
_unsupported: Final = ("ReplaceOrder", "CancelAll", "VoidTrade", "CrossTrade")
_not_encoded_when_none: Final = frozenset(
    {"time", "client_order_id", "payout_ticks", "if_open_quantity"}
)


def decode(members: Mapping[str, Any]) -> Command:
    """Return the command that a JSON object stands for.

    Raises InputError, saying what is wrong, for an unknown type or field, a missing field, a value
    of the wrong kind, and anything that is well formed but not supported.
    """
    shape = _shape_of(members.get("type"))
    arguments = {}
    for name, value in members.items():
        if name == "type":
            continue
        read = shape.required.get(name) or shape.optional.get(name)
        if read is not None:
            arguments[name] = read(name, value)
        else:
            _read_unsupported(shape, name, value)
    for name in shape.required:
        if name not in arguments:
            raise fields.fault(name, "is missing")
    if shape.make is OpenMarket:
        arguments.setdefault("payout_ticks", None)
    return cast(Command, shape.make(**arguments))


def encode(command: Command) -> dict[str, Any]:
    """Return the JSON object of a command; `decode` of it is the same command again."""
    name = type(command).__name__
    members: dict[str, Any] = {"type": name}
    for field_name, get in _getters[name]:
        value = get(command)
        if value is not None or field_name not in _not_encoded_when_none:
            members[field_name] = value
    return members


def _shape_of(type_name: Any) -> Shape:
    if type(type_name) is not str:
        raise InputError("type is missing" if type_name is None else "type must be a string")
    shape = _shapes.get(type_name)
    if shape is not None:
        return shape
    if type_name in _unsupported:
        raise fields.fault(type_name, "is not supported")
    raise fields.fault("unknown type", repr(type_name[:40]))


def _read_unsupported(shape: Shape, name: str, value: Any) -> None:
    # valid_until may stand on any command.
    read = fields.never if name == "valid_until" else shape.unsupported.get(name)
    if read is None:
        raise fields.fault("unknown field", repr(name[:40]))
    read(name, value)


_getters: Final = {
    name: tuple((member, attrgetter(member)) for member in (*shape.required, *shape.optional))
    for name, shape in _shapes.items()
}
