"""One run: a seed, some hundred commands under faults, then quiet, then the whole truth."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.realtime.sessions import ANONYMOUS
from tests.simulation.asking import Memories
from tests.simulation.clients import Trader
from tests.simulation.crew import make_crew
from tests.simulation.operator import Operator
from tests.simulation.scene import Scene
from tests.simulation.torment import Torment
from tests.simulation.truth import Truth
from tests.simulation.watchers import Watcher
from tests.simulation.witness import Witness
from tests.simulation.world import World


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run: `failure` is "" when no invariant was broken."""

    seed: int
    commands: int = 0
    batches: int = 0
    takeovers: int = 0
    dead_letters: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    digest: str = ""
    failure: str = ""
    virtual_s: float = 0.0
    took_s: float = 0.0


class Simulation:
    """A run in the making."""

    def __init__(
        self, seed: int, scene: Scene, path: Path, *, commands: int,
        telling: Callable[[str], object] | None = None,
    ) -> None:  # fmt: skip
        self.world = World(seed, path, telling=telling)
        self.memories = Memories(self.world, wanted=commands)
        self.witness = Witness(self.world)
        self.crew: dict[str, list[Any]] = {}
        self._scene = scene

    def run(self) -> Ran:
        started = time.process_time()
        self.world.run(self._main)
        world = self.world
        return Ran(
            seed=world.seed,
            commands=self.memories.sent,
            batches=self.witness.batches,
            takeovers=self.witness.count_epochs(),
            dead_letters=self.witness.count_dead_letters(),
            faults=dict(sorted(world.faults.counts.items())),
            events=dict(sorted(self.witness.events.items())),
            digest=world.digest(),
            failure=world.failures[0] if world.failures else "",
            virtual_s=round(world.loop.time(), 3),
            took_s=round(time.process_time() - started, 3),
        )

    async def _main(self) -> None:
        world, scene = self.world, self._scene
        world.trace("profile", world.faults.profile)
        self.crew = make_crew(world)
        webs = self.crew["web"]
        operator = Operator(scene, world, webs, self.memories)
        clients = [operator] + [
            Trader(account, operator, self.witness, world, webs, self.memories)
            for account in scene.accounts
        ]
        watchers = self._make_watchers()
        world.faults.is_on = True
        torment = asyncio.create_task(Torment(world, self.crew, world.chance("torment")).run())
        beside = [asyncio.create_task(watcher.run()) for watcher in watchers]
        beside.append(asyncio.create_task(self._look_at_books()))
        work = [asyncio.create_task(client.run()) for client in clients]
        try:
            await asyncio.wait(work)
            for task in work:
                task.result()
            torment.cancel()
            await Truth(self, operator, watchers).find()
        finally:
            for task in beside:
                task.cancel()

    def _make_watchers(self) -> list[Watcher]:
        slugs = [market.slug for market in self._scene.markets]
        member, webs = self._scene.visitors[0], self.crew["web"]
        return [
            Watcher(1, self.world, webs[0], tuple(slugs[0:3]), member),
            Watcher(2, self.world, webs[1], tuple(slugs[1:4]), ANONYMOUS),
        ]

    async def _look_at_books(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.look_at_books()

    def look_at_books(self) -> None:
        """Compare the books that workers hold with those of the journal."""
        for worker in self.crew["worker"]:
            if worker.process.is_alive and hasattr(worker, "books"):
                for books in worker.books._owner.books.values():
                    self.witness.look_at_books(worker.process, books)
                self.witness.look_at_standby(worker.process, worker.books._standby)
