"""What goes wrong, and when: drawn from the seed, at any step of any process."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from tests.simulation.process import Process, leave

if TYPE_CHECKING:
    from tests.simulation.world import World

T = TypeVar("T")
# The server ends a transaction that is idle for so long (config/database.py).
_IDLE_S = 5.0


@dataclass(slots=True)
class Profile:
    """How often what goes wrong in this run: chances of each step, or times per second."""

    slow: float = 0.04  # a step takes a while, and others go first
    statement_lost: float = 0.001
    commit_lost: float = 0.01
    message_lost: float = 0.05
    message_doubled: float = 0.05
    message_late: float = 0.1
    answer_lost: float = 0.02  # between a web process and its client
    poison: float = 0.01
    deaths: float = 0.25
    stops: float = 0.15
    restarts: float = 0.08
    clock_steps: float = 0.08
    database_away: float = 0.05
    layer_down: float = 0.05

    @classmethod
    def draw(cls, chance: Random) -> "Profile":
        """Return one for a run: of each kind of fault none, some or many; a few runs are calm."""
        profile = cls()
        is_calm = chance.random() < 0.05
        for field in fields(cls):
            factor = 0.0 if is_calm else chance.choice((0.0, 0.5, 1.0, 1.0, 3.0))
            setattr(profile, field.name, getattr(profile, field.name) * factor)
        return profile


class Faults:
    """Asked at each step of a process what becomes of it."""

    def __init__(self, world: "World", profile: Profile, chance: Random) -> None:
        self.profile = profile
        self.is_on = False
        self.is_layer_down = False
        self.counts: Counter[str] = Counter()
        self._world = world
        self._chance = chance

    def draw(self, name: str) -> bool:
        """Whether what the profile has under this name happens now."""
        likelihood = getattr(self.profile, name)
        is_drawn = self.is_on and likelihood > 0 and self._chance.random() < likelihood
        if is_drawn:
            self.counts[name.replace("_", " ")] += 1
        return is_drawn

    def _is_slow(self) -> bool:
        """Whether a step takes its time: no fault, but what lets others go first."""
        return self.is_on and self._chance.random() < self.profile.slow

    def draw_last(self) -> float:
        """Return the next number of the stream: alike after runs that were alike."""
        return self._chance.random()

    # Blocking code: statements, COMMITs, connections.

    def before_connecting(self) -> None:
        if self._world.database.is_away:
            raise sqlite3.OperationalError("could not connect to server")

    def at_statement(self, raw: Any, statement: str, call: Callable[[], T]) -> T:
        """Carry a statement out, or lose it, or its answer."""
        process = raw.process
        if process.stops_before_batch_s and statement.startswith("BEGIN") and process.owns_books():
            process.stops_at, process.stops_before_batch_s = (0, process.stops_before_batch_s), None
        self._step(raw.process)
        raw.check()
        if self.draw("statement_lost"):
            self._lose(raw, "statement")
        result = call()
        if self.draw("statement_lost"):
            self._lose(raw, "answer to a statement")
        return result

    def at_commit(self, raw: Any) -> None:
        """Commit, or not, or do so unheard, now or later."""
        self._step(raw.process)
        raw.check()
        if self.draw("commit_lost"):
            fate = self._chance.choice(("before", "after", "pending"))
            if fate == "after":
                raw.commit_really()
            elif fate == "pending":
                self._finish_later(raw)
            self._lose(raw, f"COMMIT ({fate})")
        raw.commit_really()
        self._step(raw.process)

    def draw_wait_s(self) -> float:
        """Return how long one who waits for a lock takes to see that it is free."""
        return self._chance.uniform(0.0, 0.01)

    def _lose(self, raw: Any, what: str) -> None:
        self._world.trace("lost", raw.process.name, what)
        raw.cut()
        raise sqlite3.OperationalError("server closed the connection unexpectedly")

    def _finish_later(self, raw: Any) -> None:
        committed = self._chance.random() < 0.6
        raw.leave_pending()
        self._world.later(
            self._chance.uniform(0.0, 3.0), lambda: raw.end_pending(committed=committed)
        )

    def _step(self, process: Process) -> None:
        """Let a step of a process take its time, or be its last."""
        self._count(process)
        if not process.is_alive:
            leave()
        if process.held is not None:
            process.sleep(0.0)
        if self._is_slow():
            process.sleep(self._chance.uniform(0.0, 0.03))

    def _count(self, process: Process) -> None:
        process.steps += 1
        self._world.steps += 1
        if process.dies_at is not None and process.steps >= process.dies_at:
            self._world.trace("dies", process.name)
            self.counts["deaths"] += 1
            process.die()
        elif process.stops_at is not None and process.steps >= process.stops_at[0]:
            for_s, process.stops_at = process.stops_at[1], None
            self._world.trace("stops", process.name)
            self.counts["stops"] += 1
            process.stop(for_s)
            if for_s > _IDLE_S:
                self._world.later(_IDLE_S, lambda: _end_idle(process))

    # Asynchronous code: messages.

    async def at_message(self, what: str) -> None:
        """Let whoever speaks to the channel layer die, stop or fail here."""
        process = self._world.current()
        if process is not None:
            self._count(process)
            if not process.is_alive:
                await self._world.loop.create_future()
            if process.held is not None or self._is_slow():
                await self._world.pause(self._chance.uniform(0.0, 0.03))
        self.check_layer()

    def check_layer(self) -> None:
        if self.is_layer_down:
            raise ConnectionError("the channel layer is down")

    def arrivals(self) -> Iterator[float]:
        """Yield after how many seconds each copy of a message arrives."""
        if self.is_layer_down or self.draw("message_lost"):
            return
        yield self._delay_s()
        if self.draw("message_doubled"):
            yield self._delay_s()

    def _delay_s(self) -> float:
        longest_s = 2.0 if self.draw("message_late") else 0.005
        return self._chance.uniform(0.0002, longest_s)


def _end_idle(process: Process) -> None:
    """Do what the server does to a transaction that says nothing."""
    if process.held is not None:
        for connection in process.connections:
            if connection.connection is not None and connection.connection.in_transaction:
                connection.cut()
