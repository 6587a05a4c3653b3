"""One run of an engine over a stream of commands, counted: what the last line of a run reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.engine.commands import Command
from exchange.engine.engine import Engine
from exchange.engine.events import Event


@dataclass(slots=True)
class Run:
    """An engine and how many commands it took, events it gave and trades it made so far."""

    engine: Engine
    commands: int = 0
    events: int = 0
    trades: int = 0

    def apply(self, command: Command) -> list[Event]:
        """Apply a command to the engine and count it."""
        first = self.engine.next_trade
        events = self.engine.apply(command)
        self._count(1, len(events), first)
        return events

    def carry_out(self, commands: Sequence[Command]) -> int:
        """Apply commands, count them, and return how many events they gave, none of them kept."""
        first, apply, events = self.engine.next_trade, self.engine.apply, 0
        for command in commands:
            events += len(apply(command))
        self._count(len(commands), events, first)
        return events

    def _count(self, commands: int, events: int, first_trade: int) -> None:
        self.commands += commands
        self.events += events
        self.trades += self.engine.next_trade - first_trade

    def summary(self) -> dict[str, Any]:
        """Return the Digest line."""
        return {
            "type": "Digest",
            "digest": self.engine.digest(),
            "commands": self.commands,
            "events": self.events,
            "trades": self.trades,
        }
