"""The book worker: the only consumer of its shards' channels.

It owns its loop and treats messages as hints: a nudge sets a flag, whatever was lost is found
by polling. The engine and the database run in one thread of their own (owner.py).
"""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection

from exchange.trading import inbox
from exchange.trading.channels import book_group
from exchange.trading.nudging import nudge_journal_subscribers
from exchange.trading.owner import BooksOwner
from exchange.trading.publisher import Publication, publish

log = structlog.get_logger(__name__)

_POLL_S: Final = 0.25
_RETRY_S: Final = 1.0


class BookWorker:
    """Serves the books of shards until stopped. Start with `run`, on the process's loop."""

    def __init__(self, shards: Iterable[int] | None = None) -> None:
        self.shards = tuple(range(settings.BOOK_SHARDS) if shards is None else shards)
        self.ready = asyncio.Event()
        self._wake = asyncio.Event()
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="books")
        self._owner = BooksOwner(self.shards)

    async def run(self) -> None:
        """Judge batches until `stop` is called; then hand the books over."""
        loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        unlisten = inbox.listen(lambda _: self._wake_from_thread(loop))
        hints = asyncio.create_task(self._receive_nudges(layer))
        try:
            while not self._stopping:
                await self._serve(layer)
        finally:
            unlisten()
            hints.cancel()
            await loop.run_in_executor(self._thread, self._hand_over)
            self._thread.shutdown()

    def _wake_from_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(self._wake.set)

    def _hand_over(self) -> None:
        self._owner.stop()
        connection.close()

    def stop(self) -> None:
        """Finish the batch at hand, then return from `run`. Call on the loop."""
        self._stopping = True
        self._wake.set()

    async def _serve(self, layer: Any) -> None:
        self._wake.clear()
        try:
            published = await self._step(layer)
        except Exception:
            # The database is away or a bug bit: nothing is lost, everything waits in the inbox.
            log.exception("books_paused")
            await self._forget_connection()
            await self._sleep(_RETRY_S)
            return
        self.ready.set()
        if not published:
            await self._sleep(_POLL_S)

    async def _step(self, layer: Any) -> bool:
        loop = asyncio.get_running_loop()
        steps = self._owner.step()
        published = False
        while publication := await loop.run_in_executor(self._thread, next, steps, None):
            await self._publish(layer, publication)
            published = True
        return published

    async def _publish(self, layer: Any, publication: Publication) -> None:
        await publish(layer, publication)
        nudge_journal_subscribers()

    async def _sleep(self, timeout_s: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return

    async def _forget_connection(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, connection.close)

    async def _receive_nudges(self, layer: Any) -> None:
        while True:
            try:
                channel = await layer.new_channel("books.")
                for shard in self.shards:
                    await layer.group_add(book_group(shard), channel)
                while True:
                    await layer.receive(channel)
                    self._wake.set()
            except asyncio.CancelledError:
                raise
            except Exception:
                log.warning("nudges_lost", exc_info=True)
                await asyncio.sleep(_RETRY_S)
