"""One client's connection: what it is subscribed to, and the one task that writes to it.

A socket has no queue of frames. It has a set of subscriptions that have news; the writer asks
each for what the client lacks at the moment it can be sent. So a client that reads slowly costs
a bounded amount of memory, is given the newest state when it reads on, and never holds up
another.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import structlog

from core.clock import monotonic_s, now_ms
from exchange.realtime import frames
from exchange.realtime.formats import JSON, Format
from exchange.realtime.frame import Frame
from exchange.realtime.lag import LagWatch
from exchange.realtime.limits import (
    CLOSE_ERROR,
    CLOSE_SLOW,
    FLUSH_INTERVAL_S,
    HEARTBEAT_S,
    REPLIES_WAITING_MAX,
)
from exchange.realtime.sessions import ANONYMOUS, Visitor

log = structlog.get_logger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Feed(Protocol):
    """What a subscription reads from; since when it may lack something, None: it does not."""

    behind_since_s: float | None

    def frames(
        self, channel: str, sent: int | None, *, is_raw: bool
    ) -> tuple[list[Frame], int | None]:
        """Return the frames that lead on from `sent`, and the seq reached with them.

        Where changes can be added up, `is_raw` asks for each as it was.
        """


class Subscription:
    """A socket's place in a feed: `sent` is the seq of the last frame written, None for none."""

    __slots__ = ("channel", "conflate_ms", "feed", "key", "sent", "socket")

    def __init__(self, socket: "Socket", feed: Feed, *, channel: str, key: str) -> None:
        self.socket = socket
        self.feed = feed
        self.channel = channel
        self.key = key
        self.conflate_ms = socket.conflate_ms
        self.sent: int | None = None

    def take(self) -> list[Frame]:
        """Return what the client lacks and count it as sent."""
        is_raw = self.conflate_ms == 0
        lacking, self.sent = self.feed.frames(self.channel, self.sent, is_raw=is_raw)
        return lacking

    def mark(self) -> None:
        """Tell the socket's writer that there may be news."""
        self.socket.mark(self)


class Socket:
    """The server's end of a connection. Lives on the hub's event loop."""

    def __init__(
        self,
        send: Send,
        *,
        visitor: Visitor = ANONYMOUS,
        wire: Format = JSON,
        server_lag_s: Callable[[], float] = float,
    ) -> None:
        self.visitor = visitor
        self._lag = LagWatch(server_lag_s)
        self.subscriptions: dict[str, Subscription] = {}
        self.conflate_ms = round(1000 * FLUSH_INTERVAL_S)
        self._send = send
        self._wire = wire
        self._replies: deque[Frame] = deque()
        self._dirty: dict[Subscription, None] = {}
        self._wake = asyncio.Event()
        self._sending_since: float | None = None
        self._is_beat_due = False
        self._is_lag_due = False
        self._is_closing = False
        loop = asyncio.get_running_loop()
        self._beat_timer = loop.call_later(HEARTBEAT_S, self._beat)
        self._writer = loop.create_task(self._write())
        self._closer: asyncio.Task[None] | None = None

    def reply(self, message: Mapping[str, object]) -> None:
        """Answer a request; closes a socket that asks and never reads the answers."""
        self.push(Frame(message))

    def push(self, frame: Frame) -> None:
        """Send a frame that nothing stands for when it is lost: kept until it is sent."""
        if self._is_closing:
            return
        if len(self._replies) >= REPLIES_WAITING_MAX:
            self.close(CLOSE_SLOW)
            return
        self._replies.append(frame)
        self._wake.set()

    def mark(self, subscription: Subscription) -> None:
        """Remember that a subscription has news."""
        self._dirty[subscription] = None
        self._wake.set()

    def forget(self, subscription: Subscription) -> None:
        """Drop a subscription; nothing more is sent for it."""
        self.subscriptions.pop(subscription.key, None)
        self._dirty.pop(subscription, None)

    def stalled_s(self) -> float:
        """Return for how long the client has taken nothing of what is being sent."""
        return 0.0 if self._sending_since is None else monotonic_s() - self._sending_since

    def look_at_lag(self, *, is_server_calm: bool) -> None:
        """Tell the client where it or we have begun to lag, or do no more. Call every second."""
        if is_server_calm and self._sending_since is None and self._lag.is_calm:
            return
        feeds = [subscription.feed for subscription in self.subscriptions.values()]
        if self._lag.look(self.stalled_s(), feeds):
            self._is_lag_due = True
            self._wake.set()

    def close(self, code: int) -> None:
        """Stop writing and close with a code. Safe to call again."""
        if self._is_closing:
            return
        self.stop()
        self._closer = asyncio.get_running_loop().create_task(self._send_close(code))

    def stop(self) -> None:
        """Stop writing: the client is gone, or is told to go."""
        self._is_closing = True
        self._beat_timer.cancel()
        self._writer.cancel()
        self._dirty.clear()

    def _beat(self) -> None:
        self._is_beat_due = True
        self._wake.set()
        self._beat_timer = asyncio.get_running_loop().call_later(HEARTBEAT_S, self._beat)

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._write_what_waits()
            except Exception as error:  # noqa: BLE001 -- each server has errors of its own
                # The client is gone, or a frame cannot be made: never leave a silent socket.
                log.warning("socket_write_failed", error=repr(error))
                self.close(CLOSE_ERROR)

    async def _write_what_waits(self) -> None:
        while (waiting := self._next_frames()) is not None:
            for frame in waiting:
                await self._send_frame(frame)

    def _next_frames(self) -> list[Frame] | None:
        """Return what to send next, None when nothing waits. Replies go before what is pushed."""
        if self._is_lag_due:
            self._is_lag_due = False
            return [frames.lag_frame(self._lag.take(), time_ms=now_ms())]
        if self._replies:
            return [self._replies.popleft()]
        if self._dirty:
            subscription = next(iter(self._dirty))
            del self._dirty[subscription]
            return subscription.take()
        if self._is_beat_due:
            self._is_beat_due = False
            return [self._heartbeat()]
        return None

    async def _send_close(self, code: int) -> None:
        with suppress(Exception):  # the client may be gone already
            await self._send({"type": "websocket.close", "code": code})

    async def _send_frame(self, frame: Frame) -> None:
        self._sending_since = monotonic_s()
        await self._send(self._wire.send_event(frame))
        self._lag.note_client(self.stalled_s())
        self._sending_since = None

    def _heartbeat(self) -> Frame:
        seqs = {
            key: subscription.sent
            for key, subscription in self.subscriptions.items()
            if subscription.sent is not None
        }
        account_seq = seqs.pop("account", None)
        self._is_lag_due = False
        return frames.heartbeat(
            time_ms=now_ms(), seqs=seqs, account_seq=account_seq, lag=self._lag.take()
        )
