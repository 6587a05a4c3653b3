"""A line between the site and one client that loses, delays, doubles, swaps and cuts.

WebSocket frames of the site are what suffers; what the client sends, and HTTP, is passed on.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Protocol, Self
from urllib.parse import urlsplit

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

KINDS: Final = ("drop", "delay", "double", "reorder", "cut")
SUBPROTOCOLS: Final = [Subprotocol("likely.v1.json")]
_DELAY_S: Final = (0.05, 1.0)


class Watcher(Protocol):
    """Who is told what the line does to frames of the book."""

    def harmed(self, at_s: float) -> None:
        """Note that the client lacks a frame since then."""

    def delivered(self) -> None:
        """Note that a frame that was late has come."""

    def resumes(self, seq: int) -> None:
        """Note that the client asks to go on after a seq."""

    def told(self, kind: str) -> None:
        """Note what the first frame of the book on a connection is."""


@dataclass(slots=True)
class Passed:
    """What went over all lines."""

    frames: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class Line:
    """One client's way to the site, at an address of its own."""

    def __init__(self, site: str, share: float, chance: random.Random, passed: Passed) -> None:
        self.share = share
        self.watcher: Watcher | None = None
        self._site = site
        self._chance = chance
        self._passed = passed
        self._held: str | bytes | None = None
        self._late: set[asyncio.Task[None]] = set()
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        self._http = httpx.AsyncClient(base_url=self._site)
        self._server = await serve(
            self._serve, "127.0.0.1", 0, subprotocols=SUBPROTOCOLS, compression=None,
            process_request=self._pass_http, max_size=None,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything."""
        assert self._server is not None, "it was opened"
        self._server.close()
        await self._server.wait_closed()
        await self._http.aclose()

    @property
    def url(self) -> str:
        """Where the client finds the site."""
        assert self._server is not None, "it was opened"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _pass_http(self, _: ServerConnection, request: Request) -> Response | None:
        if request.headers.get("Upgrade"):
            return None
        answer = await self._http.get(request.path, headers={"Accept": "application/json"})
        headers = Headers({"Content-Type": answer.headers["Content-Type"]})
        headers["Content-Length"] = str(len(answer.content))
        reason = HTTPStatus(answer.status_code).phrase
        return Response(answer.status_code, reason, headers, answer.content)

    async def _serve(self, client: ServerConnection) -> None:
        self._held = None
        address = f"ws://{urlsplit(self._site).netloc}/ws/v1/"
        async with connect(
            address, subprotocols=SUBPROTOCOLS, compression=None, max_size=None
        ) as site:
            ways = [
                asyncio.create_task(_quietly(way))
                for way in (self._up(client, site), self._down(site, client))
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()

    async def _up(self, client: ServerConnection, site: ClientConnection) -> None:
        async for text in client:
            request = msgspec.json.decode(text)
            if self.watcher is not None and request.get("since") is not None:
                self.watcher.resumes(request["since"])
            await site.send(text)

    async def _down(self, site: ClientConnection, client: ServerConnection) -> None:
        is_first = True
        async for text in site:
            frame = msgspec.json.decode(text)
            is_book = frame.get("channel") == "book"
            if is_book and is_first:
                is_first = False
                if self.watcher is not None:
                    self.watcher.told(frame["type"])
            self._passed.frames += 1
            if self._chance.random() < self.share:
                await self._fail(text, client, is_book=is_book)
            else:
                await self._pass(text, client)

    async def _pass(self, text: str | bytes, client: ServerConnection) -> None:
        await client.send(text)
        if self._held is not None:
            held, self._held = self._held, None
            await client.send(held)
            self._deliver()

    async def _fail(self, text: str | bytes, client: ServerConnection, *, is_book: bool) -> None:
        kind = self._chance.choice(KINDS)
        self._passed.faults[kind] += 1
        if self.watcher is not None and kind != "double" and (is_book or kind == "cut"):
            self.watcher.harmed(time.monotonic())
        match kind:
            case "double":
                await client.send(text)
                await client.send(text)
            case "delay":
                self._start(self._send_late(text, client))
            case "reorder":
                self._held = text
            case "cut":
                client.transport.abort()

    async def _send_late(self, text: str | bytes, client: ServerConnection) -> None:
        await asyncio.sleep(self._chance.uniform(*_DELAY_S))
        await client.send(text)
        self._deliver()

    def _deliver(self) -> None:
        if self.watcher is not None:
            self.watcher.delivered()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(_quietly(work))
        self._late.add(task)
        task.add_done_callback(self._late.discard)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """Wait for what ends with its connection."""
    try:
        await work
    except (ConnectionClosed, WebSocketException, OSError):
        return
