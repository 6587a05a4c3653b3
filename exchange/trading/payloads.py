"""Payloads of the inbox, read back into commands: the usual ones quickly, all others carefully.

The usual ones are what the exchange offers most: a limit order, a cancel. Whatever is not exactly
such a thing goes the engine's own way, which also says what is wrong with it.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from exchange.engine import Side, commands
from exchange.engine.commands import PLAIN, CancelOrder, Command, InputError, PlaceOrder, Terms
from exchange.engine.terms import SelfTradePrevention, TimeInForce
from exchange.trading.offered import is_offered

_Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Integer = Annotated[int, Meta(ge=-(2**63) + 1, le=2**63 - 1)]


class _Order(Struct, tag_field="type", tag="PlaceOrder", forbid_unknown_fields=True):
    order: _Id
    account: _Id
    contract: _Id
    side: Literal["buy", "sell"]
    price_ticks: _Integer
    quantity: _Integer
    kind: Literal["limit"] = "limit"
    tif: Literal["GTC", "IOC"] = "GTC"
    stp: Literal["cancel_newest", "allow"] = "cancel_newest"
    client_order_id: Annotated[str, Meta(max_length=200)] | None = None


class _Cancel(Struct, tag_field="type", tag="CancelOrder", forbid_unknown_fields=True):
    order: _Id
    account: _Id


_usual: Final = msgspec.json.Decoder(_Order | _Cancel)
_sides: Final[Mapping[str, Side]] = {"buy": Side.BUY, "sell": Side.SELL}


def read_payload(payload: str) -> Command | None:
    """Return the command of a payload, None for one that cannot be read or is not offered."""
    return read_usual(payload) or _read_carefully(payload)


def read_usual(payload: str | bytes) -> Command | None:
    """Return the command of a payload that is one of the usual ones, None for any other."""
    try:
        usual = _usual.decode(payload)
    except (msgspec.DecodeError, ValueError):
        return None
    if type(usual) is _Cancel:
        return CancelOrder(usual.order, usual.account)
    assert type(usual) is _Order
    return PlaceOrder(
        usual.order,
        usual.account,
        usual.contract,
        _sides[usual.side],
        usual.price_ticks,
        usual.quantity,
        _terms(usual.tif, usual.stp),
        usual.client_order_id,
    )


def _read_carefully(payload: str) -> Command | None:
    try:
        members = json.loads(payload)
        command = commands.decode(members) if isinstance(members, dict) else None
    except (InputError, ValueError, RecursionError):
        return None
    return command if command is not None and is_offered(command) else None


@cache
def _terms(tif: TimeInForce, stp: SelfTradePrevention) -> Terms:
    """Return the terms; orders that want the same share one object."""
    terms = Terms(tif=tif, stp=stp)
    return PLAIN if terms == PLAIN else terms
