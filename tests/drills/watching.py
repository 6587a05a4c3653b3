"""A program that watches a market's book by WebSocket, and must never show a wrong one."""

import asyncio
import json
import threading
from contextlib import suppress
from typing import Any, Self

import httpx
import websockets

from core.money import parse_ticks
from tests.drills.site import Book, DrillSite, wait_for
from tests.realtime.replica import BookReplica, GapError


class Watcher:
    """One socket, in a thread of its own, that asks for a snapshot where frames do not fit."""

    def __init__(self, site: DrillSite, book: Book) -> None:
        self.closed = ""
        self.gaps = 0
        self._url = site.urls[0]
        self._slug = book.slug
        self._replica = BookReplica()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._watch()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(20)

    def reaches(self, book: Book, timeout_s: float = 30) -> float:
        """Return the seconds until what is shown here is the book as REST has it."""
        return wait_for(lambda: self._shown(book) == self._true(book), timeout_s)

    def _shown(self, book: Book) -> Any:
        with suppress(KeyError, RuntimeError):  # a frame is being taken in just now
            return self._replica.seq, self._replica.levels(book.contract)
        return None

    def _true(self, book: Book) -> Any:
        answer = httpx.get(f"{self._url}/api/v1/markets/{book.slug}/book/", timeout=20).json()
        contract = next(one for one in answer["contracts"] if one["contract"] == book.contract)
        levels = [
            [(parse_ticks(price), quantity) for price, quantity in contract[side]]
            for side in ("bids", "asks")
        ]
        return answer["seq"], tuple(levels)

    async def _watch(self) -> None:
        url = f"ws{self._url[4:]}/ws/v1/"
        async with websockets.connect(url, subprotocols=["likely.v1.json"]) as socket:
            await self._ask(socket, "subscribe")
            while not self._stopping.is_set():
                try:
                    text = await asyncio.wait_for(socket.recv(), 0.5)
                except TimeoutError:
                    continue
                except websockets.ConnectionClosed as closed:
                    self.closed = str(closed)
                    return
                await self._take(socket, json.loads(text))

    async def _take(self, socket: Any, message: dict[str, Any]) -> None:
        if message.get("channel") != "book" or message["type"] == "heartbeat":
            return
        try:
            self._replica.take(message)
        except GapError:
            self.gaps += 1
            await self._ask(socket, "snapshot")

    async def _ask(self, socket: Any, op: str) -> None:
        request = {"id": op, "op": op, "channel": "book", "market": self._slug}
        await socket.send(json.dumps(request))
