"""The simulated world: one loop, one database, one channel layer, the processes, and the trace.

Everything random is drawn from streams that the seed names, so a seed gives the same run wherever
it is run. `trace` is that run in words; its digest tells whether two runs were the same.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from channels.layers import channel_layers

from core.clock import set_clock
from tests.simulation.database import Database
from tests.simulation.faults import Faults, Profile
from tests.simulation.layer import Layer
from tests.simulation.loop import HOST, VirtualLoop
from tests.simulation.process import Process, leave

T = TypeVar("T")
# When every run begins: 1 March 2026, 12:00 UTC.
START_MS: Final = 1_772_366_400_000


class World:
    """See the module. `failures` are broken invariants: the run ends with the first."""

    def __init__(self, seed: int, path: Path, *, telling: Callable[[str], object] | None = None):
        self.seed = seed
        self.steps = 0
        self.failures: list[str] = []
        self.is_over = False
        self.crew: list[Any] = []
        self.loop = VirtualLoop(self._run_blocking)
        self.database = Database(path, now_ms=self.now_ms, now_s=self.loop.time)
        self.faults = Faults(self, Profile.draw(self.chance("profile")), self.chance("faults"))
        self.database.faults = self.faults
        self.layer = Layer(self.loop, self.faults)
        self._digest = hashlib.sha256()
        self._telling = telling
        channel_layers.set("default", self.layer)
        set_clock(_Clock(self))

    def chance(self, name: str) -> Random:
        """Return a stream of chance of that name."""
        return Random(f"{self.seed}:{name}")

    def now_ms(self) -> int:
        """Return the true time."""
        return START_MS + round(self.loop.time() * 1000)

    def trace(self, *what: object) -> None:
        """Add a line to the run."""
        line = f"{self.loop.time():.6f} {' '.join(map(str, what))}"
        self._digest.update(line.encode())
        if self._telling is not None:
            self._telling(line)

    def digest(self) -> str:
        """Return what stands for the whole run."""
        last = f"{self.steps} steps, {self.faults.draw_last()}"
        return hashlib.sha256(self._digest.digest() + last.encode()).hexdigest()

    def fail(self, what: str) -> None:
        """Note a broken invariant. The run ends."""
        self.trace("BROKEN", what)
        self.failures.append(what)

    def run(self, main: Callable[[], Any]) -> None:
        """Run a coroutine outside of every process until it ends or an invariant is broken."""
        context = Context()
        task = context.run(lambda: self.loop.create_task(main()))
        self.loop.run(until=lambda: task.done() or bool(self.failures))
        if task.done() and (error := task.exception()) is not None:
            raise error

    def later(self, delay_s: float, effect: Callable[[], object]) -> None:
        """Do something after a while, outside of every process."""
        self.loop.call_later(delay_s, effect, context=Context())

    async def pause(self, delay_s: float) -> None:
        """Let the running task wait."""
        await asyncio.sleep(delay_s)

    def current(self) -> Process | None:
        """Return whose code runs."""
        host = HOST.get()
        assert host is None or isinstance(host, Process)
        return host

    def processes(self) -> list[Process]:
        """Return the processes that live."""
        return [member.process for member in self.crew if member.process.is_alive]

    def bring_database_back(self) -> None:
        self.database.is_away = False

    def bring_layer_back(self) -> None:
        self.faults.is_layer_down = False

    def _run_blocking(self, executor: Any, function: Any, *args: Any) -> asyncio.Future[Any]:
        process = self.current()
        assert process is not None, "only processes have threads"
        return process.run_blocking(executor, function, *args)


class _Clock:
    """What a simulated process reads: its own wall clock, the world's time, and waits on it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now_ms(self) -> int:
        process = self._world.current()
        return self._world.now_ms() + (0 if process is None else process.wall_offset_ms)

    def monotonic_s(self) -> float:
        return self._world.loop.time()

    def result_within(self, future: Future[T], timeout_s: float) -> T:
        process = self._world.current()
        assert process is not None, "only processes wait"
        if not future.done():
            self._wait(process, future, timeout_s)
        if not future.done():
            raise TimeoutError
        return future.result()

    def _wait(self, process: Process, future: Future[T], timeout_s: float) -> None:
        loop, thread, is_awake = self._world.loop, process.thread, False

        def wake(_: object = None) -> None:
            nonlocal is_awake
            if not is_awake:
                is_awake = True
                loop.call_soon(process.go_on, thread, context=process.context)

        timer = loop.call_later(timeout_s, wake, context=process.context)
        future.add_done_callback(wake)
        leave()
        timer.cancel()
