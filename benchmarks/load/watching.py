"""A watcher of every book: when what was answered had been pushed to a socket too."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Self

import websockets


class Watcher:
    """Follows books on one socket; knows the last seq of each, and when it came."""

    def __init__(self, url: str, slugs: Sequence[str]) -> None:
        self._url = f"ws{url[4:]}/ws/v1/"
        self._slugs = slugs
        self._seqs: dict[str, int] = {}
        self._arrived = asyncio.Condition()
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        socket = await self._closing.enter_async_context(
            websockets.connect(self._url, subprotocols=["likely.v1.json"], max_size=2**24)
        )
        for request in self._requests():
            await socket.send(request)
        reading = asyncio.create_task(self._read(socket))
        self._closing.callback(reading.cancel)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._closing.aclose()

    async def until(self, seqs: Mapping[str, int]) -> float:
        """Return when every book had been pushed up to a seq."""
        async with self._arrived:
            await asyncio.wait_for(
                self._arrived.wait_for(
                    lambda: all(self._seqs.get(slug, 0) >= seq for slug, seq in seqs.items())
                ),
                30,
            )
        return time.perf_counter()

    def _requests(self) -> Iterator[str]:
        for slug in self._slugs:
            yield json.dumps({"op": "subscribe", "channel": "book", "market": slug})

    async def _read(self, socket: websockets.ClientConnection) -> None:
        async for text in socket:
            frame = json.loads(text)
            if frame.get("channel") == "book":
                async with self._arrived:
                    self._seqs[frame["market"]] = frame["seq"]
                    self._arrived.notify_all()
