"""An event loop on virtual time: it never waits, and a run takes the same way each time.

What is due is carried out in the order of its time, then of its asking. Time passes only from one
thing that is due to the next.
"""

import asyncio
import heapq
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from itertools import count
from typing import Any, Protocol


class Host(Protocol):
    """Whose code runs: a simulated process."""

    is_alive: bool
    held: list[Any] | None

    def load(self) -> None:
        """Put what its modules keep in their places."""


HOST: ContextVar[Host | None] = ContextVar("HOST", default=None)


class VirtualLoop(asyncio.AbstractEventLoop):
    """As much of a loop as asyncio's tasks, events and timeouts ask of one.

    What belongs to a process that died is never carried out; what belongs to one that is stopped
    waits until it goes on.
    """

    def __init__(self, run_blocking: Callable[..., asyncio.Future[Any]]) -> None:
        self._now_s = 0.0
        self._order = count()
        self._queue: list[tuple[float, int, Host | None, asyncio.Handle]] = []
        self._run_blocking = run_blocking
        self.errors: list[str] = []
        # What a dead process was doing is never cleaned up, so nothing of it may be collected.
        self._kept: list[Any] = []

    def time(self) -> float:
        return self._now_s

    def run(self, until: Callable[[], bool]) -> None:
        """Carry out what is due, until a condition holds (looked at after each thing)."""
        asyncio._set_running_loop(self)
        try:
            while not until():
                self._run_next()
        finally:
            asyncio._set_running_loop(None)

    def _run_next(self) -> None:
        when_s, _, host, handle = heapq.heappop(self._queue)
        self._now_s = max(self._now_s, when_s)
        if handle.cancelled():
            return
        if host is not None:
            if not host.is_alive:
                return
            if host.held is not None:
                host.held.append(handle)
                return
            host.load()
        handle._run()

    def keep(self, thing: object) -> None:
        """Let a thing exist until the end, whatever becomes of its process."""
        self._kept.append(thing)

    def push(self, handle: asyncio.Handle, host: Host | None, delay_s: float = 0.0) -> None:
        """Have a handle carried out after a delay."""
        heapq.heappush(self._queue, (self._now_s + delay_s, next(self._order), host, handle))

    def call_at(
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        if context is None:  # one that is empty counts as false
            context = copy_context()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._queue, (when, next(self._order), context.get(HOST), handle))
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_at(self._now_s, callback, *args, context=context)

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        return self.call_at(self._now_s, callback, *args, context=context)

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(coro, loop=self, name=name, context=context)
        self._kept.append(task)
        return task

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:
        return self._run_blocking(executor, func, *args)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.errors.append(f"{context.get('message')}: {error!r}")

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Leave it in the queue: it is passed over when its time comes."""
