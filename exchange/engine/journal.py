"""The journal of a run: a header, then one line for each command with the events it gave.

Every line ends with a link of a SHA-256 chain over all bytes before it, so no line can be changed,
dropped or moved unnoticed. Replaying applies the commands again and insists on the same events.
Pure: reading and writing files is the command line's affair.

    {"type":"Journal","version":1,"payout_ticks":10000,"unlimited_funds":false,"chain":"..."}
    {"number":1,"command":{...},"events":[...],"chain":"..."}
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from exchange.engine import commands, events
from exchange.engine.commands import Command, InputError
from exchange.engine.engine import Engine
from exchange.engine.events import Event
from exchange.engine.run import Run

VERSION: Final = 1

to_json: Final = json.JSONEncoder(separators=(",", ":")).encode


class JournalError(Exception):
    """A journal that was not written by this program, or was changed since."""


class Settings(NamedTuple):
    """What the engine of a journal was made with."""

    payout_ticks: int
    unlimited_funds: bool


class Chain:
    """Seals lines, each with a hash over itself and the hash before."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last = ""

    def seal(self, members: dict[str, Any]) -> bytes:
        """Return the line of an object, sealed, as the next of the journal."""
        body = to_json(members)[:-1]
        self._last = hashlib.sha256(f"{self._last}{body}".encode()).hexdigest()
        return f'{body},"chain":"{self._last}"}}\n'.encode()


class Journal:
    """A run whose every command becomes a line. `size_bytes` is the length of all lines so far."""

    __slots__ = ("_chain", "run", "settings", "size_bytes")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.run = Run(Engine(settings.payout_ticks, settings.unlimited_funds))
        self.size_bytes = 0
        self._chain = Chain()

    def header(self) -> bytes:
        """Return the first line; ask for it once, before anything else."""
        return self._add({"type": "Journal", "version": VERSION, **self.settings._asdict()})

    def record(self, command: Command, given: Sequence[Event]) -> bytes:
        """Return the line of the command that was applied last, with its events."""
        return self._add(
            {
                "number": self.run.commands,
                "command": commands.encode(command),
                "events": [events.encode(event) for event in given],
            }
        )

    def replay_line(self, line: bytes) -> None:
        """Apply the command of the next line again.

        Raises JournalError, KeyError, TypeError, ValueError or InputError unless all is as it was.
        """
        record = json.loads(line)
        command = commands.decode(record["command"])
        if self.record(command, self.run.apply(command)) != line:
            raise JournalError("differs from what the engine gives")

    def _add(self, members: dict[str, Any]) -> bytes:
        line = self._chain.seal(members)
        self.size_bytes += len(line)
        return line


def replay(lines: Iterable[bytes]) -> Journal:
    """Return the journal that the lines make, its engine as it was left.

    Raises JournalError, naming the line, for anything but what a `Journal` wrote. Memory does not
    grow with the number of lines.
    """
    journal: Journal | None = None
    for number, line in enumerate(lines, start=1):
        try:
            if journal is None:
                journal = _started(line)
            else:
                journal.replay_line(line)
        except (JournalError, InputError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise _at(number, error) from error
    if journal is None:
        raise JournalError("the journal has no header")
    return journal


def _started(line: bytes) -> Journal:
    header = json.loads(line)
    journal = Journal(Settings(header["payout_ticks"], header["unlimited_funds"]))
    if journal.header() != line:
        raise JournalError("is not the header of a journal of this version")
    return journal


def _at(number: int, error: Exception) -> JournalError:
    return JournalError(f"line {number} of the journal: {error}")
