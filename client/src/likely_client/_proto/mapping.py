"""Frames and requests of likely.v1.proto as JSON has them, so that nothing else need know."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from likely_client._proto.live_pb2 import ClientMessage, Levels, ServerMessage
from likely_client._proto.values import price_of, rule_of

Members = Mapping[str, Any]
# Of each kind of message, once it was met.
_known: dict[type[Message], "tuple[_Field, ...]"] = {}
_ABOUT_THE_LINE: Final = frozenset({"heartbeat", "lag", "dead_man"})


class _Field(NamedTuple):
    name: str
    member: str
    to_proto: Callable[[Any], Any]
    to_json: Callable[[Any], Any]
    is_optional: bool


def encode_request(members: Members) -> bytes:
    """Return a request, said as JSON has it, as bytes.

    Raises ValueError for what the schema cannot say.
    """
    said = {name: value for name, value in members.items() if name not in {"id", "op"}}
    name = str(members["op"]).replace(".", "_")
    message = ClientMessage()
    if members.get("id") is not None:
        message.id = str(members["id"])
    op = getattr(message, name)
    op.CopyFrom(_message(type(op), said))
    return message.SerializeToString(deterministic=True)


def decode_frame(data: bytes) -> dict[str, Any]:
    """Return a frame as JSON has it; what is not set is left out, what is unknown is no frame."""
    message = ServerMessage.FromString(data)
    name = message.WhichOneof("message")
    if name is None:  # of a newer site
        return {"channel": "unknown"}
    members = _members(getattr(message, name))
    if name == "reply":
        return members
    return {"type": name, **members} if name in _ABOUT_THE_LINE else {"channel": name, **members}


def _message(kind: type[Message], members: Members) -> Message:
    fields = {field.member: field for field in _fields(kind)}
    message = kind()
    for member, value in members.items():
        field = fields.get(member)
        if field is None:
            raise ValueError(f"{kind.DESCRIPTOR.name} has no {member}")
        if value is not None:
            message.MergeFrom(_only(kind, field, value))
    return message


def _only(kind: type[Message], field: _Field, value: Any) -> Message:
    said: dict[str, Any] = {}
    try:
        said[field.name] = field.to_proto(value)
        return kind(**said)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{field.member} cannot be {value!r}: {error}") from error


def _members(message: Message) -> dict[str, Any]:
    found = {}
    for field in _fields(type(message)):
        if not field.is_optional or message.HasField(field.name):
            value = field.to_json(getattr(message, field.name))
            if value is not None:
                found[field.member] = value
    return found


def _fields(kind: type[Message]) -> tuple[_Field, ...]:
    if kind not in _known:
        fields = cast(list[FieldDescriptor], list(kind.DESCRIPTOR.fields))
        _known[kind] = tuple(_field(one) for one in fields)
    return _known[kind]


def _field(field: FieldDescriptor) -> _Field:
    if field.message_type is None:
        member, to_proto, to_json = rule_of(field)
    else:
        member, (to_proto, to_json) = field.name, _of_message(field)
    if field.is_repeated and not _is_map(field):
        return _Field(field.name, member, _each(to_proto), _each(to_json), is_optional=False)
    # Levels that are not set are none.
    is_optional = field.has_presence and to_json is not _levels
    return _Field(field.name, member, to_proto, to_json, is_optional)


def _of_message(field: FieldDescriptor) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if _is_map(field) or field.message_type is None:
        return dict, dict
    kind = GetMessageClass(field.message_type)
    special = {"Levels": _levels, "Struct": _struct, "Problem": _problem, "Result": _result}
    to_json = special.get(kind.DESCRIPTOR.name, _members)
    return (lambda members: _message(kind, members)), to_json


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _each(convert: Callable[[Any], Any]) -> Callable[[Sequence[Any]], list[Any]]:
    return lambda values: [convert(value) for value in values]


def _levels(levels: Levels) -> list[list[Any]]:
    pairs = zip(levels.price_ticks, levels.quantities, strict=True)
    return [[price_of(price_ticks), quantity] for price_ticks, quantity in pairs]


def _struct(struct: Message) -> Any:
    return _whole(MessageToDict(struct))


def _whole(value: Any) -> Any:
    """Return JSON's integers, which a Struct has as floats."""
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _problem(problem: Message) -> dict[str, Any]:
    members = _members(problem)
    more: Members = members.pop("more", {})
    return {**members, **more}


def _result(result: Message) -> dict[str, Any]:
    """Return a result of a batch, whose body is an order or a problem."""
    members = _members(result)
    return {"status": members["status"], "body": members.get("problem") or members.get("order", {})}
