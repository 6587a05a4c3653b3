"""daphne with limits.

What one client sends or does not read never fills this process's memory, and a stop lets
requests finish and tells sockets to come back.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

# Installs the asyncio reactor, so it comes before anything else of Twisted.
from daphne.server import Server  # isort: skip

import structlog
from daphne.ws_protocol import WebSocketFactory
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.logger import globalLogBeginner

from config.bodies import LimitedHTTPFactory
from config.sockets import CLOSE_RESTART, BoundedWebSocket, Inbox

log = structlog.get_logger(__name__)
Application = Callable[..., Any]

FRAME_BYTES_MAX: Final = 262_144  # the feed answers from 64 KiB on; this is where it is cut off
CONNECT_TIMEOUT_S: Final = 60  # a herd that reconnects must not time out while it waits
HTTP_TIMEOUT_S: Final = 60
IDLE_TIMEOUT_S: Final = 30
DRAIN_S: Final = 10.0
_BACKLOG: Final = 1024
_LAST_WORDS_S: Final = 0.1  # for answers that are written but not sent yet


class LimitedServer(Server):
    """One process's server, on daphne's event loop."""

    def __init__(
        self,
        application: Application,
        *,
        host: str,
        port: int,
        on_ready: Callable[[], object] | None = None,
        signal_handlers: bool = True,
    ) -> None:
        super().__init__(
            application,
            endpoints=[f"tcp:{port}"],
            http_timeout=HTTP_TIMEOUT_S,
            websocket_connect_timeout=CONNECT_TIMEOUT_S,
            websocket_handshake_timeout=CONNECT_TIMEOUT_S,
            websocket_max_frame_size=FRAME_BYTES_MAX,
            websocket_max_message_size=FRAME_BYTES_MAX,
            signal_handlers=signal_handlers,
            ready_callable=on_ready,
            server_name="",
        )
        self.host = host
        self.port = port
        self.failure = ""
        self._ports: list[Any] = []

    def run(self) -> None:
        """Serve until stopped. Raises SystemExit with a plain sentence when it cannot listen."""
        self.connections: dict[Any, dict[str, Any]] = {}
        self.http_factory = LimitedHTTPFactory(self, idle_s=IDLE_TIMEOUT_S)
        self.ws_factory = self._make_ws_factory()
        globalLogBeginner.beginLoggingTo([lambda _: None], redirectStandardIO=False)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        asyncio.set_event_loop(reactor._asyncioEventloop)  # noqa: SLF001 -- as daphne does
        self._listen()
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        if self.failure:
            sys.exit(self.failure)
        if self.ready_callable is not None:
            # Not callWhenRunning: that is called before the loop runs.
            reactor.callLater(0, self.ready_callable)
        reactor.run(installSignalHandlers=self.signal_handlers)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Start the application for a connection; a socket's inbox is bounded."""
        if not isinstance(protocol, BoundedWebSocket):
            return super().create_application(protocol, scope)
        inbox = Inbox(protocol)
        scope["asgi"] = {"version": "3.0"}
        running = self.application(
            scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol)
        )
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(running)
        return inbox

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Pass on what the application sends; for a socket, wait until the client reads."""
        await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send":
            await protocol.drained()

    def kill_all_applications(self) -> Any:
        """Stop: no new connections, sockets told to come back, requests finished, then the rest.

        Twisted waits for what this returns before it ends the loop.
        """
        return Deferred.fromFuture(asyncio.ensure_future(self._drain()))

    def _make_ws_factory(self) -> Any:
        factory = WebSocketFactory(self, server=None)
        factory.protocol = BoundedWebSocket
        factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,
            failByDrop=False,  # say why (1009, 1007) instead of cutting the connection
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=self.websocket_max_message_size,
            maxFramePayloadSize=self.websocket_max_frame_size,
        )
        return factory

    def _listen(self) -> None:
        kind = TCP6ServerEndpoint if ":" in self.host else TCP4ServerEndpoint
        endpoint = kind(reactor, self.port, backlog=_BACKLOG, interface=self.host)
        listening = endpoint.listen(self.http_factory)
        listening.addCallbacks(self._ports.append, self._cannot_listen)

    def _cannot_listen(self, failure: Any) -> None:
        self.failure = f"Cannot listen on {self.host}:{self.port}: {failure.getErrorMessage()}"

    async def _drain(self) -> None:
        for port in self._ports:
            port.stopListening()
        for protocol in tuple(self.connections):
            if isinstance(protocol, BoundedWebSocket) and protocol.drain is not None:
                protocol.serverClose(CLOSE_RESTART)
        deadline = time.monotonic() + DRAIN_S
        while (left := self._running()) and time.monotonic() < deadline:
            await asyncio.wait(left, timeout=deadline - time.monotonic())
        await asyncio.sleep(_LAST_WORDS_S)
        if left:
            log.warning("requests_cut_off", count=len(left))
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _running(self) -> list["asyncio.Task[Any]"]:
        tasks = (details.get("application_instance") for details in self.connections.values())
        return [task for task in tasks if task is not None and not task.done()]


def run(
    application: Application,
    host: str,
    port: int,
    on_ready: Callable[[], object] | None = None,
) -> None:
    """Serve an ASGI application until SIGTERM or SIGINT; `on_ready` is called on the loop."""
    # What is loaded by now lives as long as the process. To look through it for garbage takes a
    # tenth of a second, in which no request and no socket is served.
    gc.collect()
    gc.freeze()
    LimitedServer(application, host=host, port=port, on_ready=on_ready).run()
