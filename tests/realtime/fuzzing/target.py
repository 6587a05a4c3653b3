"""The real consumer, fed frame by frame without a server; whatever it should not do is an error."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
from structlog.testing import capture_logs

from exchange.realtime import throttle
from exchange.realtime.consumer import FeedConsumer
from exchange.realtime.hub import get_hub
from exchange.realtime.limits import CLOSE_SESSION_ENDED
from exchange.realtime.sessions import ANONYMOUS, Visitor
from tests.realtime.proto_client import decode, encode_request

# What is logged of a bug; a refusal is none.
BUGS = {"background_task_failed", "socket_write_failed", "subscribe_failed", "hub_message_failed"}
SOCKET_FRAMES = 20_000  # then another socket: subscriptions and memories fill
CANCELLED_EVERY = 500  # frames: thousands of open orders are another test, and slow this one down
CANCEL_ALL = {"op": "order.cancel_all"}


class BrokenError(AssertionError):
    """Something happened that must not."""


class Target:
    """A socket of a visitor, in one format; reopened now and then."""

    def __init__(self, subprotocol: str, visitor: Visitor = ANONYMOUS) -> None:
        self.frames = 0
        self.codes: Counter[str] = Counter()
        self._subprotocol = subprotocol
        self._visitor = visitor
        is_json = subprotocol.endswith("json")
        self._cancel_all = json.dumps(CANCEL_ALL) if is_json else encode_request(CANCEL_ALL)
        self._consumer: FeedConsumer | None = None
        self._is_over = True
        self._sent: list[Mapping[str, Any]] = []
        # The rate is a policy of its own, and tested elsewhere: here every frame is looked at.
        throttle.MESSAGES_PER_S = throttle.MESSAGES_BURST = 1e12  # type: ignore[misc]

    async def take(self, frame: str | bytes) -> None:
        """Feed a frame. Raises BrokenError where the socket does not stand it."""
        if self._is_over or self.frames % SOCKET_FRAMES == 0:
            await self._open()
        assert self._consumer is not None, "it is open"
        self.frames += 1
        if self.frames % CANCELLED_EVERY == 0:
            frame = self._cancel_all
        kind = "text" if isinstance(frame, str) else "bytes"
        with capture_logs() as logs:
            await self._consumer.dispatch({"type": "websocket.receive", kind: frame})
            for _ in range(3):
                await asyncio.sleep(0)
        self._judge(frame, logs)

    async def close(self) -> None:
        """End the socket."""
        if self._consumer is not None and self._consumer.socket is not None:
            self._consumer.hub.drop(self._consumer.socket)
            self._consumer.ordering.session.end()
            self._consumer = None

    async def _open(self) -> None:
        await self.close()
        self._is_over = False
        consumer = FeedConsumer()
        consumer.scope = {"subprotocols": [self._subprotocol], "visitor": self._visitor}
        consumer.base_send = self._send
        await consumer.dispatch({"type": "websocket.connect"})
        self._consumer = consumer

    async def _send(self, event: Mapping[str, Any]) -> None:
        self._sent.append(event)

    def _judge(self, frame: str | bytes, logs: list[Any]) -> None:
        bugs = [one for one in logs if one["event"] in BUGS]
        sent, self._sent = self._sent, []
        closed = [event for event in sent if event["type"] == "websocket.close"]
        if [event["code"] for event in closed] == [CLOSE_SESSION_ENDED]:
            # This process was held up for five seconds, and another ended its orders: open again.
            self.codes["session closed"] += 1
            self._is_over, closed = True, []
        if bugs or closed:
            raise BrokenError(f"{frame!r}: {bugs} {closed}")
        for event in sent:
            self._count(event)

    def _count(self, event: Mapping[str, Any]) -> None:
        if event["type"] != "websocket.send":
            return
        text, data = event.get("text"), event.get("bytes")
        message = msgspec.json.decode(text) if text is not None else decode(data)
        if "ok" not in message:
            return
        code = "ok" if message["ok"] else message["error"]["code"]
        self.codes[code] += 1
        if code == "internal_error":
            raise BrokenError(f"internal_error: {message}")


async def stop() -> None:
    """End the hub."""
    await get_hub().stop()
