"""Events as bytes: the few that a busy book gives all day packed, all others as JSON.

One byte says which, then come the numbers, little-endian. A number that does not fit into its
eight bytes makes its event one of the others. Equal events give equal bytes, so that a replay can
compare what it gives with what was written.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from struct import Struct, error
from typing import Any, Final

from exchange.engine import events
from exchange.engine.enums import CancelReason, Side
from exchange.engine.events import Event, OrderAccepted, OrderCancelled, OrderReduced, TradeExecuted

_JSON, _ACCEPTED, _TRADE, _CANCELLED, _REDUCED = range(5)
_accepted: Final = Struct("<BQQQQQ")
_trade: Final = Struct("<BBBQQQQQQQQQQQQ")
_cancelled: Final = Struct("<BBQQQQQQ")
_reduced: Final = Struct("<BQQQQQQQ")
_length: Final = Struct("<BI")

_kinds: Final[Sequence[events.TradeKind]] = ("book", "auction")
_sides: Final = (Side.BUY, Side.SELL)
_reasons: Final = tuple(CancelReason)
_index_of_reason: Final = {reason.value: index for index, reason in enumerate(_reasons)}
_to_json: Final = json.JSONEncoder(separators=(",", ":")).encode


def pack(given: Iterable[Event]) -> bytes:
    """Return the bytes of events, one after the other."""
    packers = _packers
    parts = []
    for event in given:
        packer = packers.get(type(event))
        try:
            parts.append(_pack_json(event) if packer is None else packer(event))
        except error:
            parts.append(_pack_json(event))
    return b"".join(parts)


def unpack(data: bytes) -> Iterator[Event]:
    """Iterate over the events of `pack`. Raises ValueError for anything else."""
    offset = 0
    while offset < len(data):
        try:
            event, offset = _unpackers[data[offset]](data, offset)
        except (error, IndexError) as problem:
            raise ValueError("not packed events") from problem
        yield event


def _pack_json(event: Event) -> bytes:
    text = _to_json(events.encode(event)).encode()
    return _length.pack(_JSON, len(text)) + text


def _pack_accepted(event: OrderAccepted) -> bytes:
    return _accepted.pack(
        _ACCEPTED, event.seq, event.market, event.contract, event.order, event.account
    )


def _pack_trade(event: TradeExecuted) -> bytes:
    if event.maker_order is None or event.taker_order is None:
        return _pack_json(event)
    return _trade.pack(
        _TRADE,
        0 if event.kind == "book" else 1,
        0 if event.maker_side == "buy" else 1,
        event.seq,
        event.market,
        event.trade,
        event.contract,
        event.price_ticks,
        event.quantity,
        event.maker_order,
        event.taker_order,
        event.maker_account,
        event.taker_account,
        event.maker_open_quantity,
        event.taker_open_quantity,
    )


def _pack_cancelled(event: OrderCancelled) -> bytes:
    return _cancelled.pack(
        _CANCELLED,
        _index_of_reason[event.reason.value],
        event.seq,
        event.market,
        event.contract,
        event.order,
        event.account,
        event.quantity,
    )


def _pack_reduced(event: OrderReduced) -> bytes:
    return _reduced.pack(
        _REDUCED,
        event.seq,
        event.market,
        event.contract,
        event.order,
        event.account,
        event.by,
        event.open_quantity,
    )


_packers: Final[Mapping[type[Any], Callable[[Any], bytes]]] = {
    OrderAccepted: _pack_accepted,
    TradeExecuted: _pack_trade,
    OrderCancelled: _pack_cancelled,
    OrderReduced: _pack_reduced,
}


def _unpack_json(data: bytes, offset: int) -> tuple[Event, int]:
    _, size = _length.unpack_from(data, offset)
    start = offset + _length.size
    return events.decode(json.loads(data[start : start + size])), start + size


def _unpack_accepted(data: bytes, offset: int) -> tuple[Event, int]:
    _, *values = _accepted.unpack_from(data, offset)
    return OrderAccepted(*values), offset + _accepted.size


def _unpack_trade(data: bytes, offset: int) -> tuple[Event, int]:
    _, kind, side, seq, market, trade, *values, maker_left, taker_left = _trade.unpack_from(
        data, offset
    )
    head = (seq, market, trade, _kinds[kind])
    left = (maker_left, taker_left)
    return TradeExecuted(*(*head, *values, _sides[side], *left)), offset + _trade.size


def _unpack_cancelled(data: bytes, offset: int) -> tuple[Event, int]:
    _, reason, *values = _cancelled.unpack_from(data, offset)
    return OrderCancelled(*(*values, _reasons[reason])), offset + _cancelled.size


def _unpack_reduced(data: bytes, offset: int) -> tuple[Event, int]:
    _, *values = _reduced.unpack_from(data, offset)
    return OrderReduced(*values), offset + _reduced.size


_unpackers: Final = (
    _unpack_json,
    _unpack_accepted,
    _unpack_trade,
    _unpack_cancelled,
    _unpack_reduced,
)
