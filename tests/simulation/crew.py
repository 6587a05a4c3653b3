"""The processes of a site: book workers, web processes, followers of the journal.

Each runs the site's own code as its program does; one that dies or ends is started again.
"""

import asyncio
from random import Random
from typing import Any

from django.db import DatabaseError

from exchange.realtime.hub import Hub, get_hub
from exchange.trading.worker import BookWorker
from notifications.services import follow_journal
from tests.simulation.process import Process
from tests.simulation.world import World


class Member:
    """A place in the crew: the process that fills it now. Starts another when that is gone."""

    def __init__(self, world: World, name: str, chance: Random) -> None:
        self.name = name
        self.world = world
        self._chance = chance
        self._starts = 0
        self.start()

    def start(self) -> None:
        self._starts += 1
        name = f"{self.name}.{self._starts}"
        self.process = Process(
            name, loop=self.world.loop, chance=self._chance, connect=self.world.database.connect
        )
        self.process.when_dead.append(self._start_later)
        self.world.trace("starts", name)
        self.process.load()
        self.process.start(self.main, self.process)

    def _start_later(self) -> None:
        delay_s = self._chance.choice((0.05, 0.5, 3.0)) * self._chance.uniform(0.5, 1.5)
        self.world.later(delay_s, self.start)

    async def main(self, process: Process) -> None:
        raise AssertionError("each member has its own program")


class Worker(Member):
    """`manage.py runbooks`."""

    books: BookWorker
    follows = True

    async def main(self, process: Process) -> None:
        self.books = BookWorker(
            label=self.name, follows=self.follows, is_standby=self.name == "worker3"
        )
        process.owner_name = self.books._owner.name
        process.owns_books = lambda owner=self.books._owner: bool(owner.books)
        await self.books.run()
        self.world.trace("ends", process.name)
        process.die()

    def restart(self) -> None:
        """Ask it to hand over and end, as SIGTERM does."""
        self.world.trace("asked to end", self.process.name)
        self.process.start(self._stop)

    async def _stop(self) -> None:
        self.books.stop()


class Web(Member):
    """A web process: its hub, and threads for requests (Process.call)."""

    hub: Hub

    async def main(self, process: Process) -> None:
        self.hub = get_hub()


class Follower(Member):
    """A Celery worker that turns the journal into mails."""

    async def main(self, process: Process) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(1.0, 4.0))
            try:
                await process.call(follow_journal)
            except DatabaseError as error:  # beat tries again
                self.world.trace(process.name, repr(error))


def make_crew(world: World) -> dict[str, list[Any]]:
    """Start everybody: two workers and a standby, two of each other kind."""
    kinds = {"worker": (Worker, 3), "web": (Web, 2), "follower": (Follower, 2)}
    crew: dict[str, list[Any]] = {name: [] for name in kinds}
    for name, (kind, count) in kinds.items():
        for number in range(1, count + 1):
            member = kind(world, f"{name}{number}", world.chance(f"{name}{number}"))
            crew[name].append(member)
            world.crew.append(member)
    return crew
