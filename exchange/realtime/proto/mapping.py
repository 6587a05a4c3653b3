"""Messages of proto/likely/v1 made of what JSON has, and read back as it.

What JSON has and the schema lacks is left out; a test compares both, so that nothing is forgotten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple, cast

import msgspec
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct

from core.money import format_ticks, parse_ticks
from exchange.realtime.proto.live_pb2 import Levels, Problem, Result
from exchange.realtime.proto.values import Codec, codec_of, member_of

Members = Mapping[str, Any]
_REFUSED: Final = 400  # results from this status on have a problem for a body


class _Field(NamedTuple):
    name: str
    member: str
    codec: Codec
    has_presence: bool


def message_of(kind: type[Message], members: Members) -> Message:
    """Return the message that says what an object of JSON does. null is not set."""
    values: dict[str, Any] = {}
    for field in _fields(kind):
        value = members.get(field.member)
        if value is not None:
            values[field.name] = field.codec.to_proto(value)
    return kind(**values)


def members_of(message: Message) -> dict[str, Any]:
    """Return what a message says as JSON has it; what is not set is left out."""
    members = {}
    for field in _fields(type(message)):
        if not field.has_presence or message.HasField(field.name):
            value = field.codec.to_json(getattr(message, field.name))
            if value is not None:
                members[field.member] = value
    return members


def kinds_of(kind: type[Message]) -> dict[str, type[Message]]:
    """Return what the messages in a message are, by field."""
    return {
        field.name: GetMessageClass(field.message_type)
        for field in _descriptors(kind)
        if field.message_type is not None
    }


def _fields(kind: type[Message]) -> tuple[_Field, ...]:
    if kind not in _known:
        _known[kind] = tuple(
            _Field(field.name, member_of(field), _codec(field), _has_presence(field))
            for field in _descriptors(kind)
        )
    return _known[kind]


def _has_presence(field: FieldDescriptor) -> bool:
    """Whether a field that is not set is not said; levels that are not set are none."""
    is_levels = field.message_type is not None and field.message_type.name == "Levels"
    return field.has_presence and not is_levels


def _descriptors(kind: type[Message]) -> list[FieldDescriptor]:
    return cast(list[FieldDescriptor], list(kind.DESCRIPTOR.fields))


def _codec(field: FieldDescriptor) -> Codec:
    if field.message_type is None:
        one = codec_of(field)
    elif field.message_type.GetOptions().map_entry:
        return Codec(dict, dict)
    else:
        kind = GetMessageClass(field.message_type)
        one = _SPECIAL.get(kind) or Codec(partial(message_of, kind), members_of)
    if not field.is_repeated:
        return one
    return Codec(_each(one.to_proto), _each(one.to_json))


def _each(convert: Callable[[Any], Any]) -> Callable[[Iterable[Any]], list[Any]]:
    return lambda values: [convert(value) for value in values]


def put_levels(columns: Levels, levels: Sequence[tuple[int, int]]) -> None:
    """Add levels, (price_ticks, quantity) each, to columns, which are there even where none is."""
    columns.SetInParent()
    if levels:
        prices, quantities = zip(*levels, strict=True)
        columns.price_ticks.extend(prices)
        columns.quantities.extend(quantities)


def _levels_to_proto(levels: Iterable[tuple[str, int]]) -> Levels:
    columns = Levels()
    put_levels(columns, [(parse_ticks(price), quantity) for price, quantity in levels])
    return columns


def _levels_to_json(levels: Levels) -> list[list[Any]]:
    pairs = zip(levels.price_ticks, levels.quantities, strict=True)
    return [[format_ticks(price_ticks), quantity] for price_ticks, quantity in pairs]


def _problem_to_proto(members: Members) -> Message:
    """Return a problem; what its code alone says (have, need, tick...) is in `more`."""
    known = {field.member for field in _fields(Problem)}
    more = {name: value for name, value in members.items() if name not in known}
    return message_of(Problem, {**members, "more": more} if more else members)


def _struct_of(members: Members) -> Struct:
    struct = Struct()
    struct.update(msgspec.to_builtins(members))
    return struct


def _problem_to_json(problem: Problem) -> dict[str, Any]:
    members = members_of(problem)
    more = members.pop("more", {})
    return {**members, **more}


def _result_to_proto(result: Any) -> Result:
    """Return an item of a batch's reply: a trading.results.Result, or the same as JSON has it."""
    status, body = (
        (result["status"], result["body"])
        if isinstance(result, Mapping)
        else (result.status, result.body)
    )
    name = "problem" if status >= _REFUSED else "order"
    said: dict[str, Any] = {"status": status, name: _RESULT_BODIES[name].to_proto(body)}
    return Result(**said)


def _result_to_json(result: Result) -> dict[str, Any]:
    name = result.WhichOneof("body") or "order"
    return {"status": result.status, "body": _RESULT_BODIES[name].to_json(getattr(result, name))}


# Where a message and its JSON are not member by member the same.
_SPECIAL: Final[Mapping[type[Message], Codec]] = {
    Levels: Codec(_levels_to_proto, _levels_to_json),
    Problem: Codec(_problem_to_proto, _problem_to_json),
    Result: Codec(_result_to_proto, _result_to_json),
    Struct: Codec(_struct_of, MessageToDict),
}
# Of each kind of message, once it was met.
_known: dict[type[Message], tuple[_Field, ...]] = {}
_RESULT_BODIES: Final = {
    field.name: _codec(field) for field in _descriptors(Result) if field.message_type is not None
}
