"""One run of an engine over a stream of commands, counted: what the last line of a run reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.engine.commands import Command
from exchange.engine.engine import Engine
from exchange.engine.events import Event, TradeExecuted


@dataclass(slots=True)
class Run:
    """An engine and how many commands it took, events it gave and trades it made so far."""

    engine: Engine
    commands: int = 0
    events: int = 0
    trades: int = 0

    def apply(self, command: Command) -> list[Event]:
        """Apply a command to the engine and count it."""
        events = self.engine.apply(command)
        self.count(1, events)
        return events

    def count(self, commands: int, events: Sequence[Event]) -> None:
        """Count commands that were applied to the engine, and their events."""
        self.commands += commands
        self.events += len(events)
        self.trades += sum(type(event) is TradeExecuted for event in events)

    def summary(self) -> dict[str, Any]:
        """Return the Digest line."""
        return {
            "type": "Digest",
            "digest": self.engine.digest(),
            "commands": self.commands,
            "events": self.events,
            "trades": self.trades,
        }
