"""How clients ask the site, and what they remember of its answers."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, NamedTuple

from django.db import DatabaseError

from core.errors import Problem
from exchange.trading.answers import Answer
from tests.simulation.process import ProcessDiedError
from tests.simulation.world import World

# How long a client waits for an answer before it asks again.
_PATIENCE_S: Final = 12.0


class LostError(Exception):
    """No answer: the request may have done everything or nothing."""


class Kept(NamedTuple):
    """An answer as a client remembers it: `reason` None while the book had not said anything."""

    account: int | None
    kind: str
    reason: str | None


@dataclass(slots=True)
class Memories:
    """Everything that clients were told, or know that nobody can deny."""

    world: World
    answers: dict[int, Kept] = field(default_factory=dict)
    by_key: dict[tuple[int, str], int] = field(default_factory=dict)
    sent: int = 0
    wanted: int = 0

    @property
    def wants_more(self) -> bool:
        """Whether clients go on asking."""
        return self.sent < self.wanted

    def note(self, account: int | None, kind: str, answer: Answer, key: str = "") -> None:
        """Remember an answer; it must not contradict an earlier one."""
        reason = None if answer.pending else answer.reason
        before = self.answers.get(answer.command_id)
        if before is not None and None not in {before.reason, reason} and before.reason != reason:
            self.world.fail(f"{kind} {answer.command_id} was {before.reason!r}, is {reason!r}")
        if before is None or before.reason is None:
            self.answers[answer.command_id] = Kept(account, kind, reason)
        if key and account is not None:
            first = self.by_key.setdefault((account, key), answer.command_id)
            if first != answer.command_id:
                self.world.fail(f"key {key} was command {first}, is {answer.command_id}")


class Client:
    """Somebody outside of every process, who asks any web process that lives."""

    def __init__(self, name: str, world: World, webs: list[Any], memories: Memories) -> None:
        self.name = name
        self.world = world
        self.memories = memories
        self.chance: Random = world.chance(name)
        self._webs = webs

    async def ask(self, function: Callable[..., Any], *args: Any) -> Any:
        """Have a web process carry something out. Raises LostError, Problem."""
        process = await self._find_web()
        asked = process.call(function, *args)
        await asyncio.wait({asked}, timeout=_PATIENCE_S)
        if not asked.done() or self.world.faults.draw("answer_lost"):
            asked.add_done_callback(asyncio.Future.exception)  # nobody listens any more
            raise LostError
        try:
            return asked.result()
        except (ProcessDiedError, DatabaseError) as error:
            raise LostError from error

    async def ask_again(self, function: Callable[..., Any], *args: Any) -> Any:
        """Ask until there is an answer. Only for what may be asked twice. Raises Problem."""
        while True:
            try:
                return await self.ask(function, *args)
            except LostError:
                await asyncio.sleep(self.chance.uniform(0.05, 1.0))
            except Problem as problem:
                if problem.status != 503:
                    raise
                await asyncio.sleep(self.chance.uniform(0.5, 1.0))

    async def _find_web(self) -> Any:
        while True:
            web = self.chance.choice(self._webs)
            if web.process.is_alive:
                return web.process
            await asyncio.sleep(0.05)
