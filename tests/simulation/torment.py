"""Whom the faults of a run befall: processes die and stop, clocks jump, services go away."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from tests.simulation.process import Process
from tests.simulation.world import World

_HOUR_MS = 3_600_000


class Torment:
    """Draws one misfortune after the other until it is stopped."""

    def __init__(self, world: World, crew: dict[str, list[Any]], chance: Random) -> None:
        self._world = world
        self._crew = crew
        self._chance = chance
        profile = world.faults.profile
        kinds: tuple[tuple[Callable[[], None], float], ...] = (
            (self._kill, profile.deaths),
            (self._stop, profile.stops),
            (self._restart_worker, profile.restarts),
            (self._step_clock, profile.clock_steps),
            (self._take_database_away, profile.database_away),
            (self._take_layer_down, profile.layer_down),
        )
        self._kinds = [kind for kind, rate in kinds if rate]
        self._rates = [rate for _, rate in kinds if rate]

    async def run(self) -> None:
        if not self._kinds:
            return
        while True:
            await asyncio.sleep(self._chance.uniform(0, 2) / sum(self._rates))
            self._chance.choices(self._kinds, self._rates)[0]()

    def _count(self, name: str) -> None:
        self._world.faults.counts[name] += 1

    def _kill(self) -> None:
        process = self._victim()
        process.dies_at = process.steps + self._some_steps()

    def _stop(self) -> None:
        process = self._victim()
        if process.owner_name and self._chance.random() < 0.7:
            self._stop_owners()
            return
        for_s = self._chance.choice((0.1, 1.0, 3.0, 8.0)) * self._chance.uniform(0.5, 1.5)
        process.stops_at = (process.steps + self._some_steps(), for_s)

    def _stop_owners(self) -> None:
        """Stop all that own books, or soon will, in the narrow place: just before a batch.

        So one that is sure of its lease wakes up after that has been taken, and before the other
        has written anything.
        """
        for worker in self._crew["worker"]:
            worker.process.stops_before_batch_s = self._chance.uniform(1.0, 4.5)

    def _restart_worker(self) -> None:
        worker = self._chance.choice(self._crew["worker"])
        if worker.process.is_alive:
            self._count("restarts")
            worker.restart()

    def _victim(self) -> Process:
        return self._chance.choice(self._world.processes())

    def _some_steps(self) -> int:
        """Return how many steps on: next to now, or anywhere in the next batches."""
        return self._chance.randint(1, self._chance.choice((3, 40, 200)))

    def _step_clock(self) -> None:
        if self._chance.random() < 0.5:
            ms = self._chance.choice((-3_000, -500, 500, 3_000, 30_000))
            self._count("clock steps")
            self._world.trace("database clock", ms)
            self._world.database.offset_ms += ms
        else:
            process = self._victim()
            ms = self._chance.choice((-_HOUR_MS, -5_000, -50, 50, 5_000, _HOUR_MS))
            self._count("clock steps")
            self._world.trace("clock", process.name, ms)
            process.wall_offset_ms += ms

    def _take_database_away(self) -> None:
        if not self._world.database.is_away:
            self._count("database away")
            self._world.trace("database away")
            self._world.database.go_away()
            self._world.later(self._chance.uniform(0.05, 4.0), self._world.bring_database_back)

    def _take_layer_down(self) -> None:
        if not self._world.faults.is_layer_down:
            self._count("layer down")
            self._world.trace("layer down")
            self._world.faults.is_layer_down = True
            self._world.layer.break_connections()
            self._world.later(self._chance.uniform(0.05, 4.0), self._world.bring_layer_back)
