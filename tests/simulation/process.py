"""A simulated process of the operating system: memory of its own, threads, a clock, its end.

Its blocking code runs in greenlets, which stand for its threads: whenever such a thread waits, or
is made to wait, everybody else goes on. A process that dies is never run again, not even to clean
up: its connections are cut, and what it kept in memory is out of reach.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections
from greenlet import greenlet

from core import ids
from exchange.realtime import hub
from exchange.trading import inbox, inserting, known_contracts, nudging, pressure, waiting
from tests.simulation.loop import HOST, VirtualLoop


class ProcessDiedError(Exception):
    """Whoever served the request is gone; nobody knows what came of it."""


class Memory:
    """What the modules of a program keep for their process; `load` puts it in its places."""

    def __init__(self, chance: Random) -> None:
        self._waiters = waiting.Waiters().__dict__
        self._ids = ids.IdSource().__dict__ | {"_pid": os.getpid(), "_tag": chance.getrandbits(13)}
        self._listeners: list[Any] = []
        self._hubs: Any = WeakKeyDictionary()
        self._nudging = nudging.Nudging().__dict__
        self._inserter = inserting.Inserter().__dict__
        self._pressure = pressure.Pressure().__dict__
        self._contracts: dict[int, Any] = {}

    def load(self) -> None:
        waiting.waiters.__dict__ = self._waiters
        ids._source.__dict__ = self._ids
        inbox._local_listeners = self._listeners
        hub._hubs = self._hubs
        nudging._nudging.__dict__ = self._nudging
        inserting.inserter.__dict__ = self._inserter
        pressure.pressure.__dict__ = self._pressure
        known_contracts._kept = self._contracts


class Thread:
    """A blocking call on its way, and the database connection of the thread that makes it."""

    def __init__(self, process: "Process", connection: Any, body: Callable[[], None]) -> None:
        self.process = process
        self.connection = connection
        self.greenlet = greenlet(body)
        self.greenlet.gr_context = copy_context()


class Process:
    """See the module. `steps` counts its steps, `dies_at` and `stops_at` name those of its fate."""

    loaded: "Process | None" = None

    def __init__(
        self, name: str, *, loop: VirtualLoop, chance: Random, connect: Callable[..., Any]
    ) -> None:
        self.name = name
        self.is_alive = True
        self.held: list[asyncio.Handle] | None = None
        self.wall_offset_ms = 0
        self.steps = 0
        self.dies_at: int | None = None
        self.stops_at: tuple[int, float] | None = None
        # Owners of books stop before their next batch, for so long.
        self.stops_before_batch_s: float | None = None
        self.owns_books: Callable[[], bool] = lambda: False
        self.when_dead: list[Callable[[], None]] = []
        self.asked: dict[asyncio.Future[Any], None] = {}
        self.connections: list[Any] = []
        self.owner_name = ""
        self.context = self._make_context()
        self._loop = loop
        self._memory = Memory(chance)
        self._connect = connect
        self._idle: dict[Any, list[Any]] = {}

    def _make_context(self) -> Context:
        context = copy_context()
        context.run(HOST.set, self)
        return context

    def load(self) -> None:
        """Let this process be the one whose memory the modules see."""
        if Process.loaded is not self:
            Process.loaded = self
            self._memory.load()

    def start(self, main: Callable[..., Any], *args: Any) -> asyncio.Task[Any]:
        """Run a coroutine in the process."""
        return self.context.run(lambda: self._loop.create_task(main(*args)))

    def call(self, function: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Serve a request of somebody outside: run a blocking call in a thread of the process.

        Raises ProcessDiedError in whoever waits for it, should the process die meanwhile.
        """
        future = self.context.run(self.run_blocking, "requests", _serve, function, *args)
        self.asked[future] = None
        future.add_done_callback(lambda done: self.asked.pop(done, None), context=Context())
        return future

    def run_blocking(
        self, executor: Any, function: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """Run a blocking call in a thread of an executor, which keeps its threads' connections."""
        future = self._loop.create_future()
        idle = self._idle.setdefault(executor, [])

        def body() -> None:
            try:
                result = function(*args)
            except Exception as error:  # noqa: BLE001 -- whoever waits for it is told
                self._loop.call_soon(_fail, future, error)
            else:
                self._loop.call_soon(_succeed, future, result)
            idle.append(thread.connection)

        thread = Thread(self, idle.pop() if idle else self._new_connection(), body)
        self._loop.keep(thread)
        self._loop.call_soon(self.go_on, thread)
        return future

    def _new_connection(self) -> Any:
        connection = self._connect(self)
        self.connections.append(connection)
        return connection

    def go_on(self, thread: Thread) -> None:
        """Let a thread run until it ends or waits. The loop calls this."""
        self.thread = thread
        asyncio._set_running_loop(None)
        connections["default"] = thread.connection
        try:
            thread.greenlet.switch()
        finally:
            asyncio._set_running_loop(self._loop)

    def sleep(self, delay_s: float) -> None:
        """Let the running thread wait."""
        self._loop.call_later(delay_s, self.go_on, self.thread, context=self.context)
        leave()

    def make_wake(self) -> Callable[..., None]:
        """Return what lets the running thread go on once, after a delay; it has to `leave`."""
        thread: Thread | None = self.thread

        def wake(delay_s: float = 0.0) -> None:
            nonlocal thread
            if thread is not None:
                self._loop.call_later(delay_s, self.go_on, thread, context=self.context)
                thread = None

        return wake

    def stop(self, for_s: float) -> None:
        """Stop as a whole, as SIGSTOP does, and go on after a while as if nothing had been."""
        if self.held is not None or not self.is_alive:
            return
        self.held = []
        self._loop.call_later(for_s, self._wake, context=Context())

    def _wake(self) -> None:
        held, self.held = self.held or [], None
        for handle in held:
            self._loop.push(handle, self)

    def die(self) -> None:
        """Be no more, as after SIGKILL."""
        if not self.is_alive:
            return
        self.is_alive = False
        for connection in self.connections:
            connection.cut()
        for future in tuple(self.asked):
            if not future.done():
                future.set_exception(ProcessDiedError(self.name))
        for tell in self.when_dead:
            tell()


@contextmanager
def as_thread(connection: Any) -> Iterator[None]:
    """Let code that blocks see what it would in a thread: no loop, and its own connection."""
    loop = asyncio.get_running_loop()
    asyncio._set_running_loop(None)
    try:
        connections["default"] = connection
        yield
    finally:
        asyncio._set_running_loop(loop)


class Lock:
    """A lock between threads of one process, which give way until it is released."""

    def __init__(self) -> None:
        self._is_held = False
        self._waiting: list[Callable[[], None]] = []

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        while self._is_held:
            if not blocking:
                return False
            wait_in(self._waiting)
        self._is_held = True
        return True

    def release(self) -> None:
        self._is_held = False
        waiting, self._waiting[:] = self._waiting[:], []
        for wake in waiting:
            wake()

    def locked(self) -> bool:
        return self._is_held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def sleep(delay_s: float) -> None:
    """Let the running thread wait: what `time.sleep` is to a simulated process."""
    assert in_thread(), "the loop would wait for ever"
    assert Process.loaded is not None
    Process.loaded.sleep(delay_s)


def wait_in(line: list[Callable[..., None]]) -> None:
    """Let the running thread wait until somebody calls what this adds to the line.

    It may be called with a delay in seconds, and more than once.
    """
    assert in_thread(), "the loop would wait for ever"
    assert Process.loaded is not None
    line.append(Process.loaded.make_wake())
    leave()


def leave() -> None:
    """Leave the running thread; it goes on when its process lets it, or never."""
    top = greenlet.getcurrent().parent
    assert top is not None, "only a thread can wait"
    top.switch()


def in_thread() -> bool:
    """Whether the code that runs is a simulated thread's, and not the loop's."""
    return greenlet.getcurrent().parent is not None


def _serve(function: Callable[..., Any], *args: Any) -> Any:
    """Do what a server does around a request: nothing of its connection is left over."""
    try:
        return function(*args)
    finally:
        connections["default"].close()


def _succeed(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
