"""The formats of the live feed, one a subprotocol: how requests come in, how frames go out.

Nothing else knows of bytes: a request is a struct and its members, a frame what JSON has.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from core.errors import Code, Problem
from exchange.realtime.frame import Frame
from exchange.realtime.proto import wire
from exchange.realtime.requests import BadRequestError, Received, check_size, parse, parse_members

Event = Mapping[str, Any]  # of ASGI


class Format(Protocol):
    """How one subprotocol writes messages. Has no state: all sockets share it."""

    subprotocol: str

    def receive(self, event: Event) -> Received:
        """Return the request in a websocket.receive. Raises BadRequestError."""

    def send_event(self, frame: Frame) -> dict[str, Any]:
        """Return the websocket.send that carries a frame."""


class JsonFormat:
    """Text frames, each a JSON object."""

    subprotocol = "likely.v1.json"

    def receive(self, event: Event) -> Received:
        """Return the request in a text frame. Raises BadRequestError."""
        return parse(event.get("text"))

    def send_event(self, frame: Frame) -> dict[str, Any]:
        """Return a text frame."""
        return {"type": "websocket.send", "text": frame.text}


class ProtoFormat:
    """Binary frames, each a message of proto/likely/v1."""

    subprotocol = "likely.v1.proto"

    def receive(self, event: Event) -> Received:
        """Return the request in a binary frame. Raises BadRequestError."""
        data = event.get("bytes")
        if data is None:
            raise BadRequestError(Problem(Code.MALFORMED, "Send binary frames."), None)
        check_size(data)
        request_id = None
        try:
            message = wire.parse_request(data)
            request_id = message.id if message.HasField("id") else None
            members = wire.request_members(message)
        except Problem as problem:
            raise BadRequestError(problem, request_id) from problem
        return parse_members(members)

    def send_event(self, frame: Frame) -> dict[str, Any]:
        """Return a binary frame."""
        return {"type": "websocket.send", "bytes": frame.binary}


JSON: Final = JsonFormat()
PROTO: Final = ProtoFormat()
FORMATS: Final[Mapping[str, Format]] = {JSON.subprotocol: JSON, PROTO.subprotocol: PROTO}


def choose(offered: Sequence[str]) -> Format | None:
    """Return the format of the first subprotocol that is ours: JSON where none is offered."""
    if not offered:
        return JSON
    return next((FORMATS[name] for name in offered if name in FORMATS), None)
