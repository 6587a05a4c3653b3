"""Order entry from the event loop: what sockets send is posted in order and inserted in a thread.

Nothing here blocks. A socket's commands are posted the moment they are read, so they keep their
order; the inserting task (trading/inserting.py) groups them with everybody else's.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.conf import settings

from exchange.realtime import reading
from exchange.realtime.background import Background
from exchange.trading.gateway import Answer, answers_of
from exchange.trading.inserting import Posting, inserter
from exchange.trading.sending import Sending
from exchange.trading.waiting import Wait, waiters


class Flight:
    """Commands on their way, posted together. Somebody must await `answers`."""

    def __init__(self, sendings: Sequence[Sending], wait: Wait, posting: Posting) -> None:
        self._ids = [sending.command_id for sending in sendings]
        self._wait = wait
        self._posting = posting

    async def command_id(self, place: int) -> int:
        """Return what one of the commands is called in the inbox, once it is there.

        That is another id than it was sent under where the same had been sent before. Raises why
        it was not received.
        """
        receipts = await asyncio.wrap_future(self._posting.receipts)
        receipt = receipts[place]
        if isinstance(receipt, Exception):
            raise receipt
        return receipt

    async def answers(self) -> list[Answer | Exception]:
        """Return what the book said to each, or why it was not received.

        Raises what the database raised when it was away: then none was received.
        """
        try:
            receipts = await asyncio.wrap_future(self._posting.receipts)
            waiters.received(self._wait, self._ids, receipts)
            done = asyncio.wrap_future(self._wait.done)
            await asyncio.wait([done], timeout=settings.REPLY_TIMEOUT_S)
            return answers_of(self._wait, receipts)
        finally:
            waiters.end(self._wait)


class Desk:
    """The one place through which the sockets of a process send commands."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="inserting")
        self._is_flushing = False

    def send(self, sendings: Sequence[Sending], *, is_order: bool = False) -> Flight:
        """Post commands behind those sent before. Raises Problem UNAVAILABLE: too many wait."""
        ids = [sending.command_id for sending in sendings]
        wait = waiters.begin(ids, is_order=is_order)
        posting = inserter.post(sendings)
        if not self._is_flushing:
            self._is_flushing = True
            self._background.start(self._flush())
        return Flight(sendings, wait, posting)

    def stop(self) -> None:
        """Take no more; what is being inserted is finished."""
        self._thread.shutdown(wait=False)

    async def _flush(self) -> None:
        flush = partial(reading.with_connection, inserter.flush)
        try:
            while inserter.has_posted():
                await asyncio.get_running_loop().run_in_executor(self._thread, flush)
        finally:
            self._is_flushing = False
