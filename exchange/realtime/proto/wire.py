"""Whole messages as bytes: what a client sends, and what it gets."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf.message import DecodeError, Message

from core.errors import Code, Problem
from exchange.realtime.proto.live_pb2 import ClientMessage, ServerMessage
from exchange.realtime.proto.mapping import Members, kinds_of, members_of, message_of

_OPS: Final[Mapping[str, str]] = {
    field.name: field.name.replace("_", ".", 1)
    for field in ClientMessage.DESCRIPTOR.oneofs_by_name["op"].fields
}
_KINDS: Final = kinds_of(ServerMessage)
_ORDERS_MAX: Final = 500  # in a batch; told here, before each of thousands is looked at
REPLY: Final = "reply"


def encode(members: Members) -> bytes:
    """Return a frame, said as JSON has it, as a ServerMessage; an empty one for what it lacks."""
    name = kind_of(members)
    kind = _KINDS.get(name)
    said: dict[str, Any] = {} if kind is None else {name: message_of(kind, members)}
    return ServerMessage(**said).SerializeToString()


def kind_of(members: Members) -> str:
    """Return which of ServerMessage a frame is: a reply, its channel, or what has no channel."""
    return REPLY if "ok" in members else str(members.get("channel") or members["type"])


def parse_request(data: bytes) -> ClientMessage:
    """Return what a client sent. Raises Problem MALFORMED."""
    try:
        return ClientMessage.FromString(data)
    except DecodeError as error:
        raise Problem(Code.MALFORMED, f"Not a ClientMessage: {error}") from error


def request_members(message: ClientMessage) -> dict[str, Any]:
    """Return a request as JSON has it.

    Raises Problem: UNKNOWN_FIELD (an order of which a part would be ignored is none), UNKNOWN_OP
    for none.
    """
    if len(message.order_batch.orders) > _ORDERS_MAX:
        raise Problem(Code.INVALID, f"A batch may have {_ORDERS_MAX} orders.", limit=_ORDERS_MAX)
    if _has_unknown(message):
        raise Problem(Code.UNKNOWN_FIELD, "The message has a field that this version lacks.")
    name = message.WhichOneof("op")
    if name is None:
        raise Problem(Code.UNKNOWN_OP, "Set one of the ops.", known=sorted(_OPS.values()))
    named = {"id": message.id} if message.HasField("id") else {}
    return {**members_of(getattr(message, name)), **named, "op": _OPS[name]}


def _has_unknown(message: Message) -> bool:
    """Whether a field is there that this version lacks, at any depth; it is gone then."""
    size = message.ByteSize()
    message.DiscardUnknownFields()
    return message.ByteSize() != size
