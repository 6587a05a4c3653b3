"""The book worker: the only consumer of its shards' channels.

It owns its loop and treats messages as hints: a nudge sets a flag, whatever was lost is found
by polling. The engine and the database run in one thread of their own (owner.py).
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection

from core.failpoints import reach
from exchange.trading import inbox
from exchange.trading.listening import Listening
from exchange.trading.nudging import nudge_journal_subscribers
from exchange.trading.owner import BooksOwner
from exchange.trading.owning.membership import Membership
from exchange.trading.publisher import Publication, publish
from exchange.trading.standby.standby import Standby

log = structlog.get_logger(__name__)

_POLL_S: Final = 0.25
_RETRY_S: Final = 1.0
# A standby that has followed everything looks again so much later.
_FOLLOW_S: Final = 0.1
# Pushes are hints: when Redis hangs, the oldest are dropped and the books go on.
_UNSENT_MAX: Final = 1_000
_PUBLISH_TIMEOUT_S: Final = 5.0
# Which accounts have changed is told this often at most, of all batches together: whoever watches
# one reads it anew, and waits as long before that.
_ACCOUNTS_S: Final = 0.02


class BookWorker:
    """Serves the books of its share of shards until stopped. Start with `run`, on the loop.

    `shards` are those it may own, all by default; `label` is what operators call it. One that
    `follows` keeps books of other workers' shards warm, in one more thread. A standby owns shards
    only while no other worker lives.
    """

    def __init__(
        self,
        shards: Iterable[int] | None = None,
        *,
        label: str = "",
        follows: bool = False,
        is_standby: bool = False,
    ) -> None:
        self.shards = tuple(range(settings.BOOK_SHARDS) if shards is None else shards)
        self.ready = asyncio.Event()
        self._wake = asyncio.Event()
        self._unsent: deque[Publication] = deque(maxlen=_UNSENT_MAX)
        self._to_publish = asyncio.Event()
        self._touched = Publication()
        self._were_touched = asyncio.Event()
        self._stopping = False
        # What the next step looks at: the shards that were nudged, or all of them.
        self._nudged: set[int] = set()
        self._looks_everywhere = True
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="books")
        membership = Membership(self.shards, label=label, is_standby=is_standby)
        self._standby = Standby() if follows else None
        self._standby_thread = ThreadPoolExecutor(1, thread_name_prefix="standby")
        self._owner = BooksOwner(self.shards, membership=membership, standby=self._standby)

    async def run(self) -> None:
        """Judge batches until `stop` is called; then hand the books over."""
        loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        unlisten = inbox.listen(lambda shard: self._nudge_from_thread(loop, shard))
        listening = Listening(layer, self._hear)
        beside = (
            asyncio.create_task(listening.run()),
            asyncio.create_task(self._publish(layer)),
            asyncio.create_task(self._publish_accounts(layer)),
            asyncio.create_task(self._follow()),
        )
        try:
            while not self._stopping:
                await self._serve(listening)
        finally:
            unlisten()
            for task in beside:
                task.cancel()
            await loop.run_in_executor(self._thread, self._hand_over)
            await self._publish_rest(layer)
            await self._publish_touched(layer)
            self._thread.shutdown()
            self._standby_thread.shutdown()

    def _nudge_from_thread(self, loop: asyncio.AbstractEventLoop, shard: int) -> None:
        loop.call_soon_threadsafe(self._nudge, shard)

    def _nudge(self, shard: int) -> None:
        self._nudged.add(shard)
        self._wake.set()

    def _hand_over(self) -> None:
        try:
            self._unsent.appendleft(self._owner.stop())
        except Exception:
            log.warning("books_not_handed_over", exc_info=True)  # their leases expire
        finally:
            connection.close()

    def stop(self) -> None:
        """Finish the batch at hand, then return from `run`. Call on the loop."""
        self._stopping = True
        self._wake.set()

    def _hear(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "nudge":
            self._nudge(message["shard"])
            return
        if message["type"] == "books.free":
            self._owner.look_for_free()
        self._looks_everywhere = True
        self._wake.set()

    async def _serve(self, listening: Listening) -> None:
        self._wake.clear()
        try:
            judged = await self._step()
        except Exception:
            # The database is away or a bug bit: nothing is lost, everything waits in the inbox.
            log.exception("books_paused")
            self._looks_everywhere = True
            await self._forget_connection()
            await self._sleep(_RETRY_S)
            return
        self.ready.set()
        # What was put in before its nudges were attended to is looked for at once.
        if await listening.attend_to(self._owner.books):
            self._looks_everywhere = True
        elif not judged and not self._nudged:
            was_woken = await self._sleep(_POLL_S)
            self._looks_everywhere = self._looks_everywhere or not was_woken

    async def _step(self) -> bool:
        loop = asyncio.get_running_loop()
        nudged, self._nudged = self._nudged, set()
        steps = self._owner.step(None if self._looks_everywhere else nudged)
        self._looks_everywhere = False
        judged = False
        # Whoever is to stop does so between two batches: what waits is the next owner's.
        while not self._stopping and (
            publication := await loop.run_in_executor(self._thread, next, steps, None)
        ):
            self._unsent.append(publication)
            self._to_publish.set()
            judged = True
        return judged

    async def _follow(self) -> None:
        """Keep the standby's books up with their journals, beside everything else."""
        loop = asyncio.get_running_loop()
        while self._standby is not None:
            try:
                did_work = await loop.run_in_executor(self._standby_thread, self._standby.step)
            except Exception:
                log.exception("standby_paused")
                await loop.run_in_executor(self._standby_thread, _close_connection)
                did_work = False
            if not did_work:
                await asyncio.sleep(_FOLLOW_S)

    async def _publish(self, layer: Any) -> None:
        """Send what was committed, in order, beside the judging of the next batch."""
        while True:
            await self._to_publish.wait()
            self._to_publish.clear()
            await self._publish_rest(layer)

    async def _publish_rest(self, layer: Any) -> None:
        while self._unsent:
            publication = self._unsent.popleft()
            reach("books.publishing")
            self._touched.accounts |= publication.accounts
            publication.accounts = {}
            self._were_touched.set()
            await self._send(layer, publication)
            nudge_journal_subscribers()

    async def _publish_accounts(self, layer: Any) -> None:
        """Tell which accounts have changed: at once, and then of many batches together."""
        while True:
            await self._were_touched.wait()
            self._were_touched.clear()
            await self._publish_touched(layer)
            await asyncio.sleep(_ACCOUNTS_S)

    async def _publish_touched(self, layer: Any) -> None:
        touched, self._touched = self._touched, Publication()
        await self._send(layer, touched)

    async def _send(self, layer: Any, publication: Publication) -> None:
        try:
            async with asyncio.timeout(_PUBLISH_TIMEOUT_S):
                await publish(layer, publication)
        except TimeoutError:
            log.warning("push_timed_out", unsent=len(self._unsent))

    async def _sleep(self, timeout_s: float) -> bool:
        """Sleep until woken, at most so long; say whether somebody woke us."""
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return False
        return True

    async def _forget_connection(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, _close_connection)


def _close_connection() -> None:
    # Named in the thread itself: `connection.close` named on the loop is that of the loop's own
    # connection, and the thread would go on with a broken one for ever.
    connection.close()
