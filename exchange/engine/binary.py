"""Commands as messages of exactly 100 bytes, little-endian: `python -m exchange.engine --binary`.

    offset  bytes  field
    0       1      type: 1 PlaceOrder, 2 CancelOrder, 3 ReduceOrder, 4 ReplaceOrder, 5 Fund,
                   6 OpenMarket (of one contract), 7 HaltMarket, 8 ResumeMarket, 9 CloseMarket,
                   10 SettleMarket, 11 VoidMarket, 12 Tick
    1       1      side: 0 buy, 1 sell
    2       1      kind: 0 limit, 1 market, 2 stop, 3 stop_limit
    3       1      tif: 0 GTC, 1 IOC, 2 FOK, 3 GTD
    4       1      stp: 0 cancel_newest, 1 cancel_oldest, 2 cancel_both, 3 decrement, 4 allow
    5       1      flags: 1 post_only, 2 reduce_only, 4 on_halt cancel
    6       2      which of the optional numbers are given, a bit each in the order below
    8       8      order, or market
    16      8      account
    24      8      contract (the winner in SettleMarket)
    32      8      price_ticks (amount_ticks in Fund), signed like all below
    40      8      quantity (by in ReduceOrder)
    48      8      new_order in ReplaceOrder, else group                     optional from here on
    56      8      stop_ticks
    64      8      min_quantity
    72      8      max_cost_ticks
    80      8      expires_at
    88      8      time
    96      4      0

What has no place here (a bad market order without a price among them) has no message.
"""

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any, Final

from exchange.engine.commands import (
    CancelOrder,
    CloseMarket,
    Command,
    Fund,
    HaltMarket,
    InputError,
    OpenMarket,
    PlaceOrder,
    ReduceOrder,
    ReplaceOrder,
    ResumeMarket,
    SettleMarket,
    Tick,
    VoidMarket,
)
from exchange.engine.enums import Side
from exchange.engine.terms import PLAIN, Terms

MESSAGE_BYTES: Final = 100

_SIDES: Final = (Side.BUY, Side.SELL)
_KINDS: Final = ("limit", "market", "stop", "stop_limit")
_TIFS: Final = ("GTC", "IOC", "FOK", "GTD")
_STPS: Final = ("cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow")
_POST_ONLY, _REDUCE_ONLY, _ON_HALT = 1, 2, 4
# The optional numbers, by their bit in bytes 6 and 7.
_OPTIONAL: Final = ("group", "stop_ticks", "min_quantity", "max_cost_ticks", "expires_at", "time")
_GROUP_BIT, _TIME_BIT = 1, 32

_whole: Final = Struct("<8sQQQqqqqqqqq4x")
_usual: Final = Struct("<8sQQQqq52x")
_head: Final = Struct("<BBBBBBH")
assert _whole.size == _usual.size == MESSAGE_BYTES

_Usual = tuple[bytes, int, int, int, int, int]


def decode_commands(data: bytes | memoryview) -> list[Command]:
    """Return the commands of whole messages, in order. Raises InputError, naming the first bad one.

    Messages without optional numbers, which most are, cost one look at their first eight bytes.
    """
    if len(data) % MESSAGE_BYTES:
        raise InputError(f"{len(data)} bytes are not whole messages of {MESSAGE_BYTES}")
    found: list[Command] = []
    append, placed_by = found.append, _placed_by
    for index, usual in enumerate(_usual.iter_unpack(data)):
        head, order, account, contract, price_ticks, quantity = usual
        known = placed_by.get(head)
        if known is not None:
            side, terms = known
            append(PlaceOrder(order, account, contract, side, price_ticks, quantity, terms))
        elif head == _CANCEL_HEAD:
            append(CancelOrder(order, account))
        else:
            append(_decode_rarer(data, index, usual))
    return found


def encode_command(command: Command) -> bytes:
    """Return the message of a command. Raises ValueError for one that has none."""
    encode = _encoders.get(type(command))
    if encode is None:
        raise ValueError(f"{type(command).__name__} has no binary message")
    head, numbers, optional = encode(command)
    if command.time is not None:
        optional["time"] = command.time
    if command.valid_until is not None or not optional.keys() <= set(_OPTIONAL):
        raise ValueError("valid_until has no place in a binary message")
    bits = sum(1 << _OPTIONAL.index(name) for name in optional)
    tail = (optional.get(name, 0) for name in _OPTIONAL)
    return _whole.pack(_head.pack(*head, bits), *numbers, *tail)


_placed_by: Final[dict[bytes, tuple[Side, Terms]]] = {}
_CANCEL_HEAD: Final = _head.pack(2, 0, 0, 0, 0, 0, 0)


def _decode_rarer(data: bytes | memoryview, index: int, usual: _Usual) -> Command:
    kind, side, *words, bits = _head.unpack(usual[0])
    values = _whole.unpack_from(data, index * MESSAGE_BYTES)[6:]
    optional = {name: values[bit] for bit, name in enumerate(_OPTIONAL) if bits >> bit & 1}
    try:
        if kind == 1:
            return _decode_place(usual, side, words, optional)
        return _decoders[kind](usual, optional, values[0])
    except (KeyError, IndexError, TypeError):
        raise InputError(f"message {index + 1} is not a command") from None


def _decode_place(
    usual: _Usual, side: int, words: list[int], optional: dict[str, int]
) -> PlaceOrder:
    kind, tif, stp, flags = words
    time_ms = optional.pop("time", None)
    terms = Terms(
        _KINDS[kind],
        _TIFS[tif],
        _STPS[stp],
        post_only=bool(flags & _POST_ONLY),
        reduce_only=bool(flags & _REDUCE_ONLY),
        on_halt="cancel" if flags & _ON_HALT else "keep",
        **optional,
    )
    if terms == PLAIN:
        terms = PLAIN
    head, order, account, contract, price_ticks, quantity = usual
    if not optional and time_ms is None:
        _placed_by[head] = (_SIDES[side], terms)
    numbers = (order, account, contract, _SIDES[side], price_ticks, quantity)
    return PlaceOrder(*numbers, terms, time=time_ms)


def _made(make: Callable[..., Command], *fields: int) -> Callable[..., Command]:
    """Return a decoder that takes the fields at these places of the message."""

    def decode(usual: _Usual, optional: dict[str, int], _: int) -> Command:
        return make(*(usual[place] for place in fields), **optional)

    return decode


_decoders: Final[Mapping[int, Callable[..., Command]]] = {
    2: _made(CancelOrder, 1, 2),
    3: _made(ReduceOrder, 1, 2, 5),
    4: lambda usual, optional, new: ReplaceOrder(
        usual[1], usual[2], new, usual[4], usual[5], **_without_group(optional)
    ),
    5: _made(Fund, 2, 4),
    6: lambda usual, optional, _: OpenMarket(usual[1], (usual[3],), payout_ticks=None, **optional),
    7: _made(HaltMarket, 1),
    8: _made(ResumeMarket, 1),
    9: _made(CloseMarket, 1),
    10: lambda usual, optional, _: SettleMarket(usual[1], usual[3] or None, **optional),
    11: _made(VoidMarket, 1),
    12: _made(Tick),
}


def _without_group(optional: dict[str, int]) -> dict[str, Any]:
    return {name: value for name, value in optional.items() if name != "group"}


Parts = tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]


def _encode_place(command: PlaceOrder) -> Parts:
    terms = command.terms
    if command.price_ticks is None or command.client_order_id is not None:
        raise ValueError("no price and a client_order_id have no place in a binary message")
    flags = (
        _POST_ONLY * terms.post_only
        + _REDUCE_ONLY * terms.reduce_only
        + _ON_HALT * (terms.on_halt == "cancel")
    )
    head = (
        1,
        _SIDES.index(command.side),
        _KINDS.index(terms.kind),
        _TIFS.index(terms.tif),
        _STPS.index(terms.stp),
        flags,
    )
    numbers = (command.order, command.account, command.contract)
    given = {name: getattr(terms, name) for name in _OPTIONAL[:-1]}
    optional = {name: value for name, value in given.items() if value is not None}
    return head, (*numbers, command.price_ticks, command.quantity), optional


def _plain(kind: int, read: Callable[[Any], tuple[int, ...]]) -> Callable[[Any], Parts]:
    """Return an encoder whose command has these five numbers and nothing else."""
    return lambda command: ((kind, 0, 0, 0, 0, 0), read(command), {})


def _guarded(command: Any) -> None:
    if command.if_open_quantity is not None:
        raise ValueError("if_open_quantity has no place in a binary message")


def _encode_reduce(command: ReduceOrder) -> Parts:
    _guarded(command)
    return (3, 0, 0, 0, 0, 0), (command.order, command.account, 0, 0, command.by), {}


def _encode_replace(command: ReplaceOrder) -> Parts:
    _guarded(command)
    if command.client_order_id is not None:
        raise ValueError("a client_order_id has no place in a binary message")
    numbers = (command.order, command.account, 0, command.price_ticks, command.quantity)
    return (4, 0, 0, 0, 0, 0), numbers, {"group": command.new_order}


def _encode_open(command: OpenMarket) -> Parts:
    (contract,) = command.contracts
    if command != OpenMarket(command.market, command.contracts, payout_ticks=None):
        raise ValueError("only a market of one contract and the usual prices has a message")
    return (6, 0, 0, 0, 0, 0), (command.market, 0, contract, 0, 0), {}


_encoders: Final[Mapping[type[Any], Callable[[Any], Parts]]] = {
    PlaceOrder: _encode_place,
    CancelOrder: _plain(2, lambda one: (one.order, one.account, 0, 0, 0)),
    ReduceOrder: _encode_reduce,
    ReplaceOrder: _encode_replace,
    Fund: _plain(5, lambda one: (0, one.account, 0, one.amount_ticks, 0)),
    OpenMarket: _encode_open,
    HaltMarket: _plain(7, lambda one: (one.market, 0, 0, 0, 0)),
    ResumeMarket: _plain(8, lambda one: (one.market, 0, 0, 0, 0)),
    CloseMarket: _plain(9, lambda one: (one.market, 0, 0, 0, 0)),
    SettleMarket: _plain(10, lambda one: (one.market, 0, one.winner or 0, 0, 0)),
    VoidMarket: _plain(11, lambda one: (one.market, 0, 0, 0, 0)),
    Tick: _plain(12, lambda _: (0, 0, 0, 0, 0)),
}
