"""A client's side of likely.v1.proto: messages read and written as JSON has them."""

from datetime import datetime

from exchange.realtime.proto.live_pb2 import ClientMessage, ServerMessage
from exchange.realtime.proto.mapping import kinds_of, members_of, message_of
from tests.realtime.conftest import Client

SUBPROTOCOL = "likely.v1.proto"
OPS = kinds_of(ClientMessage)


def encode_request(members):
    """Return a request, said as JSON has it, as bytes."""
    name = members["op"].replace(".", "_")
    named = {"id": str(members["id"])} if "id" in members else {}
    message = ClientMessage(**named, **{name: message_of(OPS[name], members)})
    return message.SerializeToString(deterministic=True)


def decode(data):
    """Return a frame in bytes as JSON has it; what is not set is left out."""
    message = ServerMessage.FromString(data)
    name = message.WhichOneof("message")
    members = members_of(getattr(message, name))
    if name in {"heartbeat", "lag", "dead_man"}:
        return {"type": name, **members}
    return members if name == "reply" else {"channel": name, **members}


def said(value, name=""):
    """Return what a value of JSON says: times as moments, without what is null or empty."""
    if isinstance(value, dict):
        parts = {key: said(part, key) for key, part in value.items()}
        return {key: part for key, part in parts.items() if part not in (None, [], {}, "")}
    if isinstance(value, list | tuple):
        return [said(part) for part in value]
    is_time = isinstance(value, str) and (name in {"time", "start"} or name.endswith("_at"))
    return datetime.fromisoformat(value) if is_time else value


class ProtoClient(Client):
    """A client inside the process that speaks Protobuf."""

    def __init__(self, path="/ws/v1/", headers=()):
        super().__init__(path, headers, [SUBPROTOCOL])

    async def send(self, data):
        await self.socket.send_input({"type": "websocket.receive", "bytes": data})

    async def receive(self, timeout_s=5):
        return decode(await self.socket.receive_from(timeout=timeout_s))

    async def ask(self, **request):
        await self.send(encode_request({"id": "q", **request}))
        while True:
            message = await self.receive()
            if "ok" in message:
                return message
            self.frames.append(message)

    async def subscribe(self, channel, market=None, **more):
        named = {} if market is None else {"market": market}
        reply = await self.ask(op="subscribe", channel=channel, **named, **more)
        assert reply["ok"], reply

    async def next_frame(self, timeout_s=5):
        while True:
            frame = self.frames.pop(0) if self.frames else await self.receive(timeout_s)
            if frame.get("type") not in {"heartbeat", "lag"}:
                return frame
