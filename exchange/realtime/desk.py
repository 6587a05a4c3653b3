"""Order entry from the event loop: what sockets send is posted in order and inserted in a thread.

Nothing here blocks. A socket's commands are posted the moment they are read, so they keep their
order; the inserting task (trading/inserting.py) groups them with everybody else's.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Final, TypeVar

from django.conf import settings

from exchange.realtime.background import Background
from exchange.realtime.own_thread import OwnThread
from exchange.trading.gateway import Answer, answers_of
from exchange.trading.inserting import Posting, inserter
from exchange.trading.sending import Sending
from exchange.trading.waiting import Wait, waiters

T = TypeVar("T")

# INSERTs begin this far apart, at the least: where many orders come in each is shared by a few, and
# one that comes alone waits for nobody.
_PACE_S: Final = 0.005


class Flight:
    """Commands on their way, posted together. Somebody must await `answers`."""

    def __init__(self, sendings: Sequence[Sending], wait: Wait, posting: Posting) -> None:
        self._ids = [sending.command_id for sending in sendings]
        self._wait = wait
        self._posting = posting
        self._is_inserted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note_inserted(self) -> bool:
        """Tell who waits when the commands are in the inbox, or refused; say whether they are."""
        if self._posting.receipts.done() and not self._is_inserted.done():
            self._is_inserted.set_result(None)
        return self._posting.receipts.done()

    async def command_id(self, place: int) -> int:
        """Return what one of the commands is called in the inbox, once it is there.

        That is another id than it was sent under where the same had been sent before. Raises why
        it was not received.
        """
        await asyncio.shield(self._is_inserted)  # who waits no more ends it for nobody else
        receipt = self._posting.receipts.result()[place]
        if isinstance(receipt, Exception):
            raise receipt
        return receipt

    async def answers(self) -> list[Answer | Exception]:
        """Return what the book said to each, or why it was not received.

        Raises what the database raised when it was away: then none was received.
        """
        try:
            await self._is_inserted
            receipts = self._posting.receipts.result()
            waiters.received(self._wait, self._ids, receipts)
            await _done_within(self._wait.done, settings.REPLY_TIMEOUT_S)
            return answers_of(self._wait, receipts)
        finally:
            waiters.end(self._wait)


class Desk:
    """The one place through which the sockets of a process send commands."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._thread = OwnThread("inserting")
        self._is_flushing = False
        self._flights: deque[Flight] = deque()
        self._paced_until_s = 0.0

    def send(self, sendings: Sequence[Sending], *, is_order: bool = False) -> Flight:
        """Post commands behind those sent before. Raises Problem UNAVAILABLE: too many wait."""
        ids = [sending.command_id for sending in sendings]
        wait = waiters.begin(ids, is_order=is_order)
        flight = Flight(sendings, wait, inserter.post(sendings))
        self._flights.append(flight)
        if not self._is_flushing:
            self._is_flushing = True
            self._background.start(self._flush())
        return flight

    async def after_all_sent(self, work: Callable[[], T]) -> T:
        """Run blocking work once everything sent so far is in the inbox; what is sent later waits.

        Raises what the work raises.
        """
        return await self._thread.run(partial(_flush_and_run, work))

    def stop(self) -> None:
        """Take no more; what is being inserted is finished."""
        self._thread.stop()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            # Somebody else may insert what was posted: a flush waits until that is done.
            while self._flights:
                await self._keep_pace(loop)
                # The thread keeps its connection: to take one for each INSERT costs as much again.
                await self._thread.run(inserter.flush)
                self._note_inserted()
        finally:
            self._is_flushing = False
            self._note_inserted()

    async def _keep_pace(self, loop: asyncio.AbstractEventLoop) -> None:
        if (pause_s := self._paced_until_s - loop.time()) > 0:
            await asyncio.sleep(pause_s)
        self._paced_until_s = loop.time() + _PACE_S

    def _note_inserted(self) -> None:
        """Tell all whose commands were inserted meanwhile: together, each by itself is dearer."""
        while self._flights and self._flights[0].note_inserted():
            self._flights.popleft()


def _flush_and_run(work: Callable[[], T]) -> T:
    # Once at least: what another thread is inserting just now was sent before.
    inserter.flush()
    while inserter.has_posted():
        inserter.flush()
    return work()


async def _done_within(future: "Future[None]", timeout_s: float) -> None:
    """Return once a future is done, which the loop's own thread mostly does, or it is too late.

    asyncio's ways cost several times as much: they wake the loop through a pipe, from wherever.
    """
    loop, own = asyncio.get_running_loop(), threading.get_ident()
    waiting: asyncio.Future[None] = loop.create_future()

    def end(_: object = None) -> None:
        if not waiting.done():
            waiting.set_result(None)

    def note(_: object) -> None:
        if threading.get_ident() == own:
            end()
        else:
            loop.call_soon_threadsafe(end)

    late = loop.call_later(timeout_s, end)
    future.add_done_callback(note)
    try:
        await waiting
    finally:
        late.cancel()
