"""Waiting for the book's answer: by a message to this process, and by looking it up.

The message is fast and may be lost; the database is the truth and is looked at ever less often.
"""

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection

from core.db import DATABASE_AWAY, lend_connection
from core.errors import Code, Problem
from exchange.trading.answers import Answer, find_answer

log = structlog.get_logger(__name__)

_LOOKS_S: Final = (0.05, 0.15, 0.4)
_LOOKS_WITHOUT_MESSAGES_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)


class Waiters:
    """The commands of this process whose answers somebody waits for. Thread-safe."""

    def __init__(self) -> None:
        self.channel = ""
        self._futures: dict[int, Future[Answer]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def expect(self, command_id: int, *, is_order: bool = False) -> Iterator["Future[Answer]"]:
        """Register interest in a command before it is sent.

        Raises Problem UNAVAILABLE when too many already wait in this process. Half as many
        more places are kept for what is not an order: cancels pass when orders do not.
        """
        future: Future[Answer] = Future()
        places = settings.REPLY_WAITERS_MAX
        with self._lock:
            if len(self._futures) >= (places if is_order else places + places // 2):
                raise Problem(Code.UNAVAILABLE, "Too many orders wait here.", retry_after_s=1)
            self._futures[command_id] = future
        try:
            yield future
        finally:
            with self._lock:
                self._futures.pop(command_id, None)

    def resolve(self, answer: Answer) -> None:
        """Hand an answer to whoever waits for it in this process."""
        with self._lock:
            future = self._futures.get(answer.command_id)
            if future is not None and not future.done():
                future.set_result(answer)

    async def listen(self, layer: Any) -> None:
        """Receive the replies sent to this process, for ever."""
        while True:
            try:
                self.channel = await layer.new_channel("replies.")
                while True:
                    self._receive(await layer.receive(self.channel))
            except asyncio.CancelledError:
                self.channel = ""
                raise
            except Exception:
                self.channel = ""
                log.warning("reply_channel_lost", exc_info=True)
                await asyncio.sleep(0.5 + random.random())  # noqa: S311 -- jitter, not a secret

    def _receive(self, message: dict[str, Any]) -> None:
        for command_id, reason, market_seq, account_seq in message["replies"]:
            self.resolve(
                Answer(
                    command_id=command_id,
                    reason=reason,
                    market_seq=market_seq,
                    account_seq=account_seq,
                )
            )


waiters = Waiters()


async def listen(layer: Any) -> None:
    """Receive the replies sent to this process, for ever."""
    await waiters.listen(layer)


def _look_up(command_id: int) -> Answer | None:
    """Look an answer up; a database that is away has not said anything yet.

    The command is received: telling its sender to try again would place it twice.
    """
    try:
        return find_answer(command_id)
    except DATABASE_AWAY:
        log.warning("answer_not_looked_up", exc_info=True)
        connection.close()
        return None


def wait_for(command_id: int, future: "Future[Answer]") -> Answer:
    """Return the answer to a command, at most REPLY_TIMEOUT_S later; `pending` after that."""
    deadline = time.monotonic() + settings.REPLY_TIMEOUT_S
    messages = bool(waiters.channel)
    looks = (*_LOOKS_S,) if messages else (*_LOOKS_WITHOUT_MESSAGES_S,)
    for pause_s in chain(looks, repeat(0.5 if messages else 0.1)):
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            break
        if messages:
            lend_connection()
        try:
            return future.result(timeout=min(pause_s, remaining_s))
        except FutureTimeoutError:
            answer = _look_up(command_id)
        if answer is not None:
            return answer
    return Answer(command_id=command_id, pending=True)
