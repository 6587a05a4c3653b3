"""The journal of a run: a header, then groups of commands with the events that they gave.

Every record is `length, crc32 of the payload, crc32 of these two, payload`, so that a torn last
one is told from a damaged one. The payload of the header is JSON, that of a group

    32 bytes   sha256 of the link before and of all that follows: a chain, so that no group can be
               changed, dropped or moved unnoticed
    8          number of the first command, from 1
    4          how many commands
    4          how many events they gave
    1          their form: "j" JSON lines as they came, "b" binary messages (binary.py)
    4          length of the commands
    ...        the commands, then for JSON lines the events (packing.py)

all little-endian. Replaying applies the commands again and insists on the same events: as bytes
where they are there, by their number where they are left out. Events follow from commands, and to
write them a second time costs a stream of messages a quarter of its speed (docs/decisions/0010).
Pure: reading and writing files is the command line's affair.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, BinaryIO, Final, NamedTuple

from exchange.engine import commands
from exchange.engine.binary import decode_commands
from exchange.engine.commands import Command, InputError
from exchange.engine.engine import Engine
from exchange.engine.fields import parse_object
from exchange.engine.packing import pack
from exchange.engine.run import Run

VERSION: Final = 2
JSON_LINES: Final = b"j"
MESSAGES: Final = b"b"

_frame: Final = Struct("<II")
_checksum: Final = Struct("<I")
_HEAD_BYTES: Final = _frame.size + _checksum.size
_group: Final = Struct("<32sQIIcI")
_NO_LINK: Final = bytes(32)

to_json: Final = json.JSONEncoder(separators=(",", ":")).encode


class JournalError(Exception):
    """A journal that was not written by this program, or was changed since."""


class Settings(NamedTuple):
    """What the engine of a journal was made with."""

    payout_ticks: int
    unlimited_funds: bool
    keeps_trades: bool = True


class Group(NamedTuple):
    """A group as it was written: its commands, and how many events all of them gave."""

    first: int
    commands: Sequence[Command]
    event_count: int
    form: bytes
    data: bytes
    packed: bytes


class Journal:
    """A run whose commands become groups. `size_bytes` is the length of all records so far."""

    __slots__ = ("_link", "run", "settings", "size_bytes")

    def __init__(self, settings: Settings) -> None:
        self.settings: Final = settings
        self.run: Final = Run(Engine(*settings[:2], keeps_trades=settings.keeps_trades))
        self.size_bytes = 0
        self._link = _NO_LINK

    def header(self) -> bytes:
        """Return the first record; ask for it once, before anything else."""
        members = {"type": "Journal", "version": VERSION, **self.settings._asdict()}
        return self._framed(to_json(members).encode())

    def group(
        self, form: bytes, count: int, data: bytes, event_count: int, packed: bytes = b""
    ) -> bytes:
        """Return the record of the last count commands, data in that form, and their events."""
        first = self.run.commands - count + 1
        head = _group.pack(_NO_LINK, first, count, event_count, form, len(data))
        body = head[len(_NO_LINK) :] + data + packed
        self._link = hashlib.sha256(self._link + body).digest()
        return self._framed(self._link + body)

    def replay_group(self, payload: bytes) -> Group:
        """Apply the commands of the next group again. Raises JournalError unless all is equal."""
        group = _parse(payload)
        record = self._again(group.form, group.commands, group.data)
        if record[_HEAD_BYTES:] != payload:
            raise JournalError("differs from what the engine gives")
        return group

    def _again(self, form: bytes, commands: Sequence[Command], data: bytes) -> bytes:
        count = len(commands)
        if form == MESSAGES:
            return self.group(form, count, data, self.run.carry_out(commands))
        given = [event for command in commands for event in self.run.apply(command)]
        return self.group(form, count, data, len(given), pack(given))

    def _framed(self, payload: bytes) -> bytes:
        head = _frame.pack(len(payload), zlib.crc32(payload))
        record = head + _checksum.pack(zlib.crc32(head)) + payload
        self.size_bytes += len(record)
        return record


def replay(
    payloads: Iterable[bytes], see: Callable[[Journal, Group], None] | None = None
) -> Journal:
    """Return the journal that the payloads of records make, its engine as it was left.

    Raises JournalError, naming the record, for anything but what a `Journal` wrote. `see` is shown
    each group before it is applied. Memory does not grow with the number of records.
    """
    journal: Journal | None = None
    for number, payload in enumerate(payloads, start=1):
        try:
            if journal is None:
                journal = _started(payload)
                continue
            if see is not None:
                see(journal, _parse(payload))
            journal.replay_group(payload)
        except (JournalError, InputError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise JournalError(f"record {number} of the journal: {error}") from error
    if journal is None:
        raise JournalError("the journal has no header")
    return journal


def read_payloads(file: BinaryIO, on_torn: Callable[[int], None]) -> Iterator[bytes]:
    """Iterate over the payloads of records, but for a last one that was not written to its end.

    on_torn is told how many bytes of that are there. Raises JournalError for a damaged one.
    """
    while head := file.read(_HEAD_BYTES):
        length, checksum = _frame.unpack_from(head.ljust(_HEAD_BYTES, b"\0"))
        is_whole = head[_frame.size :] == _checksum.pack(zlib.crc32(head[: _frame.size]))
        payload = file.read(length) if is_whole else b""
        if is_whole and len(payload) == length and zlib.crc32(payload) == checksum:
            yield payload
        elif file.read(1):
            raise JournalError("a record in the middle is damaged")
        else:
            on_torn(len(head) + len(payload))


def _started(payload: bytes) -> Journal:
    header: Mapping[str, Any] = json.loads(payload)
    journal = Journal(Settings(*(header[name] for name in Settings._fields)))
    if journal.header()[_HEAD_BYTES:] != payload:
        raise JournalError("is not the header of a journal of this version")
    return journal


def _parse(payload: bytes) -> Group:
    if len(payload) < _group.size:
        raise JournalError("is not a group")
    _, first, count, event_count, form, length = _group.unpack_from(payload)
    data = payload[_group.size : _group.size + length]
    found = _readers[form](data)
    if len(data) != length or len(found) != count:
        raise JournalError("does not have as many commands as it says")
    packed = payload[_group.size + length :]
    return Group(first, found, event_count, form, data, packed)


def _read_lines(data: bytes) -> list[Command]:
    return [commands.decode(parse_object(line.decode())) for line in data.split(b"\n")]


_readers: Final[Mapping[bytes, Callable[[bytes], list[Command]]]] = {
    JSON_LINES: _read_lines,
    MESSAGES: decode_commands,
}
