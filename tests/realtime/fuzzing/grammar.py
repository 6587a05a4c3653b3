"""Frames made of random bytes: some nonsense, some nearly right. The same bytes, the same frame."""

import json

from google.protobuf.message import DecodeError, EncodeError

from tests.realtime.proto_client import OPS, encode_request

OPERATIONS = [name.replace("_", ".", 1) for name in OPS]
FIELDS = [
    "channel", "market", "member", "event", "name", "since", "key", "cancel_on_disconnect",
    "dead_man_ms", "conflate_ms", "take_over", "contract", "side", "type", "price", "quantity",
    "time_in_force", "client_order_id", "orders", "order", "reduce_by", "new_client_order_id",
    "group", "stop_price", "post_only", "expires_at", "stp", "op", "id", "colour",
]  # fmt: skip
CHANNELS = [
    "book", "trades", "market", "account", "notifications", "feed", "candles", "event",
    "leaderboard", "weather",
]  # fmt: skip
WORDS = [
    *CHANNELS, "rain", "alice", "buy", "sell", "limit", "stop", "GTC", "FOK", "0.45", "0.4500",
    "1", "29", "-1", "1e9", "", " ", "\0", "\ud800", "\u202e", "../x", "mine", "x" * 200,
    "2027-01-01T00:00:00Z", "NaN",
]  # fmt: skip
NUMBERS = [0, 1, -1, 10, 100, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**400, 0.5, 1e308]
# So that many an order comes as far as the book.
ORDER = {"contract": "1", "side": "buy", "type": "limit", "price": "0.45", "quantity": 1}
_LEAVES: list[list[object]] = [
    [*WORDS], [*WORDS], [*WORDS], [*NUMBERS], [True, False, None], [*range(256)],
]  # fmt: skip
_KINDS = len(_LEAVES) + 2
_DEPTH_MAX = 4


class Bytes:
    """Choices read from bytes; zeros once they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def next(self, below: int) -> int:
        byte = self._data[self._at] if self._at < len(self._data) else 0
        self._at += 1
        return byte % below

    def rest(self) -> bytes:
        return self._data[self._at :]


def json_frame(data: bytes) -> str:
    """Return a text frame."""
    source = Bytes(data)
    style = source.next(4)
    if style == 0:
        return source.rest().decode("utf-8", "replace")
    text = json.dumps(request(source))
    if style == 1:  # damaged somewhere
        cut, end = source.next(256), source.next(256)
        return text[:cut] + source.rest().decode("latin1") + text[cut + end % 8 :]
    return text


def proto_frame(data: bytes) -> bytes:
    """Return a binary frame."""
    source = Bytes(data)
    style = source.next(4)
    if style == 0:
        return source.rest()
    try:
        message = encode_request(request(source))
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        EncodeError,
        DecodeError,
    ):
        return source.rest()  # what cannot be said in Protobuf
    if style == 1:
        cut = source.next(256)
        return message[:cut] + source.rest()[:16] + message[cut:]
    return message


def request(source: Bytes) -> dict[str, object]:
    """Return a request with an op that there is, mostly, and members that may fit it."""
    members: dict[str, object] = {"op": OPERATIONS[source.next(len(OPERATIONS))]}
    if source.next(2):
        members["channel"] = CHANNELS[source.next(len(CHANNELS))]
    if source.next(2):
        members["market"] = "rain"
    if members["op"] == "order.place" and source.next(4):
        members = {"op": "order.place", **ORDER}
    for _ in range(source.next(6)):
        members[FIELDS[source.next(len(FIELDS))]] = value(source, 0)
    return members


def value(source: Bytes, depth: int) -> object:
    """Return a value of JSON."""
    kind = source.next(_KINDS)
    if kind < len(_LEAVES):
        words = _LEAVES[kind]
        return words[source.next(len(words))]
    if depth >= _DEPTH_MAX:
        return {}
    if kind == _KINDS - 1:
        return [value(source, depth + 1) for _ in range(source.next(4))]
    return {
        FIELDS[source.next(len(FIELDS))]: value(source, depth + 1) for _ in range(source.next(6))
    }
