"""The live feed as an AsyncAPI 3 document, made of the Protobuf schema, which says the same.

Both formats follow proto/likely/v1, so nothing is said here twice: messages, their members, and how
the JSON writes each are read from the descriptors (proto/values.py has the rule).
"""

from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from exchange.realtime.problems import ADDRESS
from exchange.realtime.proto.live_pb2 import ClientMessage, Levels, Result, ServerMessage
from exchange.realtime.proto.values import member_of, words_of

Json = dict[str, Any]

_SCHEMAS: Final = "#/components/schemas/"
_MESSAGES: Final = "#/components/messages/"
_CHANNEL: Final = "live"
_TICKS: Final = {"type": "string", "pattern": r"^-?\d+\.\d{1,4}$", "examples": ["0.4500"]}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_ID: Final = {"type": "string", "examples": ["29"]}
_INTEGER: Final = {"type": "integer"}
_BY_SUFFIX: Final = (("_ticks", _TICKS), ("_us", _MOMENT), ("_ids", _ID), ("_id", _ID))
_LEVELS: Final = {
    "type": "array",
    "items": {"type": "array", "prefixItems": [_TICKS, _INTEGER], "minItems": 2, "maxItems": 2},
}
_ABOUT: Final = """\
One socket, JSON text frames; the same in binary Protobuf with the subprotocol likely.v1.proto. Each
request is answered with its id. docs/api.md has the rules of seqs, gaps, checksums and close codes.
"""


def make_document(site_url: str = "http://localhost:8000") -> Json:
    """Return the document for a site at that address."""
    made = _Made()
    sent = [made.add_request(field) for field in _parts(ClientMessage, "op")]
    told = [made.add_frame(field) for field in _parts(ServerMessage, "message")]
    scheme, _, host = site_url.partition("://")
    channel = {
        "address": ADDRESS,
        "messages": {name: {"$ref": _MESSAGES + name} for name in [*sent, *told]},
        "bindings": {"ws": {"method": "GET"}},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Likely live", "version": "1", "description": _ABOUT},
        "defaultContentType": "application/json",
        "servers": {
            "site": {
                "host": host,
                "protocol": "wss" if scheme == "https" else "ws",
                "security": [{"$ref": "#/components/securitySchemes/key"}],
            }
        },
        "channels": {_CHANNEL: channel},
        "operations": {
            "ask": _operation("receive", sent, "What a client sends."),
            "tell": _operation("send", told, "What the site sends."),
        },
        "components": {
            "messages": made.messages,
            "schemas": made.schemas,
            "securitySchemes": {
                "key": {
                    "type": "httpApiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "Token <key>; or the site's session cookie; or the op auth.",
                }
            },
        },
    }


def _operation(action: str, names: list[str], summary: str) -> Json:
    where = f"#/channels/{_CHANNEL}"
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": where},
        "messages": [{"$ref": f"{where}/messages/{name}"} for name in names],
    }


class _Made:
    """The messages and schemas of a document, as they are met."""

    def __init__(self) -> None:
        self.messages: Json = {}
        self.schemas: Json = {}

    def add_request(self, field: FieldDescriptor) -> str:
        """Add a request; return its message's name."""
        op = field.name.replace("_", ".", 1)
        kind = _kind(field)
        schema = self._object(kind)
        envelope = {"op": {"const": op}, "id": {"type": ["string", "integer"]}}
        schema["properties"] = envelope | schema["properties"]
        schema["required"] = ["op"]
        return self._add_message(op, kind.name, schema)

    def add_frame(self, field: FieldDescriptor) -> str:
        """Add a frame; return its message's name."""
        kind = _kind(field)
        schema = self._object(kind)
        if "type" in schema["properties"]:
            schema["properties"] = {"channel": {"const": field.name}} | schema["properties"]
        elif field.name != "reply":
            schema["properties"] = {"type": {"const": field.name}} | schema["properties"]
        return self._add_message(field.name, kind.name, schema)

    def _add_message(self, name: str, title: str, schema: Json) -> str:
        self.messages[name] = {"name": name, "title": title, "payload": schema}
        return name

    def _object(self, kind: Descriptor) -> Json:
        properties = {member_of(field): self._value(field) for field in _fields(kind)}
        return {"type": "object", "properties": properties}

    def _value(self, field: FieldDescriptor) -> Json:
        schema = self._one(field)
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        return {"type": "array", "items": schema} if field.is_repeated and not is_map else schema

    def _one(self, field: FieldDescriptor) -> Json:
        if field.message_type is not None:
            return self._message(field.message_type)
        if field.enum_type is not None:
            return {"type": "string", "enum": list(words_of(field.enum_type).values())}
        if field.type == FieldDescriptor.TYPE_STRING:
            return {"type": "string"}
        if field.type == FieldDescriptor.TYPE_BOOL:
            return {"type": "boolean"}
        if field.name == "id":
            return dict(_ID)
        schema = next((one for end, one in _BY_SUFFIX if field.name.endswith(end)), _INTEGER)
        return dict(schema)

    def _message(self, kind: Descriptor) -> Json:
        if kind.GetOptions().map_entry:
            return {"type": "object", "additionalProperties": self._one(_fields(kind)[1])}
        if kind.full_name.startswith("google.protobuf."):
            return {"type": "object"}
        if kind.name == Levels.DESCRIPTOR.name:
            return dict(_LEVELS)
        if kind.name not in self.schemas:
            self.schemas[kind.name] = {}  # a message may hold its like
            self.schemas[kind.name] = (
                self._result() if kind.name == Result.DESCRIPTOR.name else self._object(kind)
            )
        return {"$ref": _SCHEMAS + kind.name}

    def _result(self) -> Json:
        """Return a batch's result: its body is an order or a problem, each a field in Protobuf."""
        bodies = [self._one(field) for field in _parts(Result, "body")]
        return {"type": "object", "properties": {"status": _INTEGER, "body": {"oneOf": bodies}}}


def _fields(kind: Descriptor) -> list[FieldDescriptor]:
    return cast(list[FieldDescriptor], list(kind.fields))


def _parts(kind: type[Message], oneof: str) -> list[FieldDescriptor]:
    return cast(list[FieldDescriptor], list(kind.DESCRIPTOR.oneofs_by_name[oneof].fields))


def _kind(field: FieldDescriptor) -> Descriptor:
    assert field.message_type is not None, "requests and frames are messages"
    return field.message_type
