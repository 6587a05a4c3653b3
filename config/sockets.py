"""daphne's WebSocket with back-pressure in both directions.

Out: `drained()` lets the application's send() wait until the client has read. In: a client that
sends faster than the application serves is not read from. Neither exists in daphne.
"""

import asyncio
import socket
import time
from typing import Any, Final

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

KERNEL_BUFFER_BYTES: Final = 131_072
SEND_BUFFER_BYTES_MAX: Final = 1_048_576
STALLED_S_MAX: Final = 20.0
INBOX_MESSAGES_MAX: Final = 64
CLOSE_RESTART: Final = 1012
CLOSE_SLOW: Final = 4008


@implementer(IPushProducer)
class Drain:
    """Knows whether a transport's send buffer is full; Twisted calls it."""

    def __init__(self) -> None:
        self._is_open = asyncio.Event()
        self._is_open.set()
        self.full_since: float | None = None

    def pauseProducing(self) -> None:  # noqa: N802 -- Twisted's name
        """Note that the buffer is full."""
        self._is_open.clear()
        if self.full_since is None:
            self.full_since = time.monotonic()

    def resumeProducing(self) -> None:  # noqa: N802 -- Twisted's name
        """Note that the buffer is empty again."""
        self.full_since = None
        self._is_open.set()

    def stopProducing(self) -> None:  # noqa: N802 -- Twisted's name
        """Note that the connection is gone: nobody shall wait for it."""
        self.resumeProducing()

    async def wait(self) -> None:
        """Return when more may be sent."""
        if self.full_since is not None:
            await self._is_open.wait()


class Inbox(asyncio.Queue[dict[str, Any]]):
    """What a client sent and the application has not read yet; stops reading when it is full."""

    def __init__(self, protocol: Any) -> None:
        super().__init__()
        self._protocol = protocol
        self._is_paused = False

    def put_nowait(self, item: dict[str, Any]) -> None:
        """Add an event of the server."""
        super().put_nowait(item)
        if self.qsize() >= INBOX_MESSAGES_MAX and not self._is_paused:
            self._is_paused = True
            self._protocol.transport.pauseProducing()

    async def get(self) -> dict[str, Any]:
        """Return the next event."""
        item = await super().get()
        if self._is_paused and self.qsize() < INBOX_MESSAGES_MAX // 2:
            self._is_paused = False
            self._protocol.transport.resumeProducing()
        return item


class BoundedWebSocket(WebSocketProtocol):
    """A WebSocket that neither buffers without end nor closes with a code of the wrong range."""

    drain: Drain | None = None

    def onOpen(self) -> None:  # noqa: N802 -- autobahn's name
        # Until now the HTTP channel held this place: it would stop reading when the client does
        # not, pongs included.
        self.transport.unregisterProducer()
        self.drain = Drain()
        # Left alone the kernel keeps up to 4 MB of old frames for who reads slowly.
        self.transport.getHandle().setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES
        )
        self.transport.registerProducer(self.drain, True)  # noqa: FBT003 -- Twisted's signature
        super().onOpen()

    async def drained(self) -> None:
        """Return when the client has read enough for more to be sent."""
        if self.drain is not None:
            await self.drain.wait()

    def serverSend(self, content: Any, binary: bool = False) -> None:  # noqa: N802, FBT001, FBT002 -- daphne's signature
        if self.state not in {self.STATE_CONNECTING, self.STATE_OPEN}:
            return  # it closes; autobahn would raise
        if self._buffered() > SEND_BUFFER_BYTES_MAX:  # an application that does not wait
            self.transport.abortConnection()
            return
        super().serverSend(content, binary)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 -- daphne's name
        # autobahn's sendClose refuses 1008, 1012 and 1013, which are a server's to send.
        self.sendCloseFrame(code=1000 if code is None else code)

    def check_timeouts(self) -> None:
        """Close what has timed out, and who has read nothing for too long."""
        full_since = None if self.drain is None else self.drain.full_since
        if full_since is not None and time.monotonic() - full_since > STALLED_S_MAX:
            self.transport.abortConnection()
            return
        super().check_timeouts()

    def _buffered(self) -> int:
        transport = self.transport
        unsent: int = len(transport.dataBuffer) - transport.offset
        return unsent + int(transport._tempDataLen)  # noqa: SLF001 -- Twisted has no public figure
