"""Waiting for the book's answers: by a message to this process, and by looking them up.

The message is fast and may be lost; the database is the truth. It is asked ever less often, and
once for everybody in the process who has waited for a while: nobody looks for himself alone.
"""

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection

from core.clock import result_within
from core.db import DATABASE_AWAY, lend_connection
from core.errors import Code, Problem
from exchange.trading.answers import Answer, Figures, find_answers
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

_LOOKS_S: Final = (0.15, 0.3, 0.5)
_LOOKS_WITHOUT_MESSAGES_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
# For those who wait on the event loop: how often it is seen to whether anybody waits for long.
_WATCH_S: Final = 0.1
_WATCH_WITHOUT_MESSAGES_S: Final = 0.02
_IDS_AT_ONCE: Final = 500
# A busy exchange answers later: what it takes by now is the mean of so many answers, and one that
# takes so many times as long counts as lost.
_REMEMBERED: Final = 16
_LATE_TIMES: Final = 3
_PATIENCE_S_MAX: Final = 2.0


class Wait:
    """What one sender waits for: done when each of its commands has its answer.

    `is_again`: one of them was sent before, and its message may have come and gone.
    """

    __slots__ = ("_missing", "answers", "done", "is_again", "since_s")

    def __init__(self, command_ids: Iterable[int]) -> None:
        self.answers: dict[int, Answer] = {}
        self.done: Future[None] = Future()
        self.since_s = monotonic_s()
        self.is_again = False
        self._missing = set(command_ids)

    def answer_to(self, command_id: int) -> Answer:
        """Return the answer to a command; `pending` where there is none."""
        return self.answers.get(command_id) or Answer(command_id=command_id, pending=True)

    def missing(self) -> frozenset[int]:
        """Return the commands without an answer."""
        return frozenset(self._missing)

    def add(self, answer: Answer) -> bool:
        """Take an answer in; say whether it was the last. For the waiters, under their lock."""
        self.answers[answer.command_id] = answer
        self._missing.discard(answer.command_id)
        return not self._missing and self.finish_if_whole()

    def replace(self, was: int, now: Iterable[int]) -> None:
        """Wait for other commands instead of one. The waiters call this, under their lock."""
        self._missing.discard(was)
        self._missing.update(now)

    def finish_if_whole(self) -> bool:
        """Tell who waits when nothing is missing. The waiters call this, under their lock."""
        if self._missing or self.done.done():
            return False
        self.done.set_result(None)
        return True


class Waiters:
    """The commands of this process whose answers somebody waits for. Thread-safe."""

    def __init__(self) -> None:
        self.channel = ""
        self._waits: dict[Wait, None] = {}
        self._by_command: dict[int, list[Wait]] = {}
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._looked_at_s = 0.0
        self._usual_s = 0.0
        self._has_again = False

    @contextmanager
    def expect(self, command_ids: Sequence[int], *, is_order: bool = False) -> Iterator[Wait]:
        """Register interest in commands before they are sent; see `begin`."""
        wait = self.begin(command_ids, is_order=is_order)
        try:
            yield wait
        finally:
            self.end(wait)

    def begin(self, command_ids: Sequence[int], *, is_order: bool = False) -> Wait:
        """Begin to wait for commands, before they are sent; the caller must `end` it.

        Raises Problem UNAVAILABLE when too many already wait in this process. Half as many
        more places are kept for what is not an order: cancels pass when orders do not.
        """
        wait = Wait(command_ids)
        places = settings.REPLY_WAITERS_MAX
        with self._lock:
            if len(self._waits) >= (places if is_order else places + places // 2):
                raise Problem(Code.UNAVAILABLE, "Too many orders wait here.", retry_after_s=1)
            self._waits[wait] = None
            for command_id in command_ids:
                self._by_command.setdefault(command_id, []).append(wait)
        return wait

    def end(self, wait: Wait) -> None:
        """Wait no more."""
        with self._lock:
            self._waits.pop(wait, None)
            for command_id in wait.missing():
                self._leave(wait, command_id)

    def received(
        self, wait: Wait, command_ids: Sequence[int], receipts: Sequence[int | Exception]
    ) -> None:
        """Wait for what the inbox says the commands are: earlier ones, or none where refused."""
        with self._lock:
            for command_id, receipt in zip(command_ids, receipts, strict=True):
                if receipt == command_id:
                    continue
                self._leave(wait, command_id)
                earlier = () if isinstance(receipt, Exception) else (receipt,)
                wait.replace(command_id, [one for one in earlier if one not in wait.answers])
                for one in earlier:
                    wait.is_again = self._has_again = True
                    waits = self._by_command.setdefault(one, [])
                    if wait not in waits:
                        waits.append(wait)
            wait.finish_if_whole()

    def resolve(self, answers: Iterable[Answer], *, are_told: bool = False) -> None:
        """Hand answers to whoever waits for them in this process.

        Only what the books told themselves teaches how long answers take: what was looked up
        came as late as it was looked for, and would be looked for ever later.
        """
        with self._lock:
            for answer in answers:
                for wait in self._by_command.pop(answer.command_id, ()):
                    if wait.add(answer) and are_told and not wait.is_again:
                        self._learn(monotonic_s() - wait.since_s)

    def look_up(self) -> None:
        """Ask the database for what has been waited for a while. Blocks; one thread at a time.

        A database that is away has not said anything yet. The commands are received: telling
        their senders to try again would place them twice.
        """
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._look_up()
        except DATABASE_AWAY:
            log.warning("answers_not_looked_up", exc_info=True)
            connection.close()
        finally:
            self._looking.release()

    def has_old(self) -> bool:
        """Whether somebody has waited for longer than an answer usually takes."""
        with self._lock:
            first = next(iter(self._waits), None)
        is_old = first is not None and monotonic_s() - first.since_s >= self._patience_s()
        return is_old or self._has_again

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
        # By position: a busy process makes one of these for every order.
        answers = (
            Answer(command_id, False, reason, market_seq, account_seq, _figures(more))  # noqa: FBT003 -- not pending
            for command_id, reason, market_seq, account_seq, *more in message["replies"]
        )
        self.resolve(answers, are_told=True)

    def _leave(self, wait: Wait, command_id: int) -> None:
        waits = self._by_command.get(command_id)
        if waits is not None and wait in waits:
            waits.remove(wait)
            if not waits:
                del self._by_command[command_id]

    def _look_up(self) -> None:
        patience_s, now_s = self._patience_s(), monotonic_s()
        if self.channel and not self._has_again and now_s - self._looked_at_s < patience_s / 2:
            return
        self._looked_at_s, self._has_again = now_s, False
        with self._lock:
            waits = [
                wait for wait in self._waits if wait.is_again or now_s - wait.since_s >= patience_s
            ]
            wanted = sorted({command_id for wait in waits for command_id in wait.missing()})
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            self.resolve(find_answers(wanted[start : start + _IDS_AT_ONCE]))

    def _patience_s(self) -> float:
        """Return after how long a message may be lost: some times what answers have taken."""
        if not self.channel:
            return 0.0
        return max(_LOOKS_S[0], min(_LATE_TIMES * self._usual_s, _PATIENCE_S_MAX))

    def _learn(self, took_s: float) -> None:
        self._usual_s += (took_s - self._usual_s) / _REMEMBERED


def _figures(more: Sequence[Any]) -> Figures | None:
    return Figures(*more[0]) if more and more[0] is not None else None


waiters = Waiters()


async def listen(layer: Any) -> None:
    """Receive the replies sent to this process, for ever."""
    await waiters.listen(layer)


async def watch(read: Callable[[Callable[[], None]], Awaitable[object]]) -> None:
    """Look up what is waited for on the event loop, for ever; `read` calls in a thread."""
    while True:
        await asyncio.sleep(_WATCH_S if waiters.channel else _WATCH_WITHOUT_MESSAGES_S)
        if waiters.has_old():
            await read(waiters.look_up)


def wait_for(wait: Wait) -> None:
    """Return once a wait is done, at most REPLY_TIMEOUT_S later. Blocks."""
    deadline = monotonic_s() + settings.REPLY_TIMEOUT_S
    messages = bool(waiters.channel)
    looks = (*_LOOKS_S,) if messages else (*_LOOKS_WITHOUT_MESSAGES_S,)
    if wait.is_again:
        looks = (0.0, *looks)
    for pause_s in chain(looks, repeat(0.5 if messages else 0.1)):
        remaining_s = deadline - monotonic_s()
        if remaining_s <= 0:
            return
        if messages:
            lend_connection()
        try:
            result_within(wait.done, min(pause_s, remaining_s))
        except TimeoutError:
            waiters.look_up()
        if wait.done.done():
            return
