"""A book worker's ear: the nudges for the shards it owns, and the news of shards that are free."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import structlog

from exchange.trading.channels import BOOKS_GROUP, book_group

log = structlog.get_logger(__name__)

_RETRY_S: Final = 1.0


class Listening:
    """Hears the channel layer's messages. Hints only: whatever is lost is found by polling."""

    def __init__(self, layer: Any, heard: Callable[[Mapping[str, Any]], object]) -> None:
        self._layer: Final = layer
        self._heard: Final = heard
        self._channel = ""
        self._shards: set[int] = set()

    async def run(self) -> None:
        """Hear messages for ever; a layer that is away is waited for."""
        while True:
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("nudges_lost", exc_info=True)
                await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        self._shards = set()
        self._channel = await self._layer.new_channel("books.")
        await self._layer.group_add(BOOKS_GROUP, self._channel)
        self._heard({"type": "listening"})
        while True:
            self._heard(await self._layer.receive(self._channel))

    async def attend_to(self, shards: Iterable[int]) -> bool:
        """Hear the nudges of these shards and no others; True if any is new.

        What came before one was attended to was not heard: look for it.
        """
        wanted = set(shards)
        if not self._channel or wanted == self._shards:
            return False
        new = wanted - self._shards
        try:
            for shard in new:
                await self._layer.group_add(book_group(shard), self._channel)
            for shard in self._shards - wanted:
                await self._layer.group_discard(book_group(shard), self._channel)
        except Exception:
            log.warning("nudges_not_attended_to", exc_info=True)
            return False
        self._shards = wanted
        return bool(new)
