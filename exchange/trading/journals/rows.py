"""How a batch of the journal is written down, read back: the one place that knows it.

`journal.py` writes batches. Whoever re-runs, checks or ships them reads them here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
from django.db import connection
from django.db.models import BigIntegerField, QuerySet, Value

from core.prepared import PreparedQuery
from exchange.engine import AccountFacts, RejectReason, commands, events
from exchange.engine.commands import Command
from exchange.engine.events import CommandRejected, Event, OrderRejected
from exchange.trading.journals.faults import BadBatchError
from exchange.trading.models import JournalBatch, Shard

# Rows read at once: a batch of a busy book is up to a megabyte.
_ROWS_AT_ONCE: Final = 50
_NUMBER_MAX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JournaledCommand:
    """A command as it was journaled and what was decided; `members` are its JSON object.

    `command_id` is None for what the owner of the book itself found due.
    """

    command_id: int | None
    members: Mapping[str, Any]
    decided: Sequence[Event]

    @property
    def was_refused_unseen(self) -> bool:
        """Whether the engine's books never saw it: it was broken, or a cross that came too late."""
        return any(
            isinstance(event, OrderRejected | CommandRejected)
            and (
                event.reason is RejectReason.INTERNAL_ERROR
                or (event.reason is RejectReason.TOO_LATE and event.seq is None)
            )
            for event in self.decided
        )

    def command(self) -> Command:
        """Return the command. Raises InputError for one that could not be read when it came."""
        return commands.decode(self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEnd:
    """How far a shard's journal goes: its last batch and that one's digest."""

    shard: int
    number: int
    digest: str


def read_ends() -> list[JournalEnd]:
    """Return the end of every shard's journal, as the shards' rows have it."""
    rows = Shard.objects.order_by("number").values_list("number", "journal_number", "digest")
    return [JournalEnd(shard=shard, number=number, digest=digest) for shard, number, digest in rows]


def read_end_numbers() -> dict[int, int]:
    """Return the last batch of each shard's journal: what is asked all the time."""
    return dict(_END_NUMBERS.ask())


_END_NUMBERS: Final = PreparedQuery(
    lambda: Shard.objects.order_by("number").values_list("number", "journal_number")
)


def read_rows(shard: int, *, after: int = 0, until: int | None = None) -> Iterator[JournalBatch]:
    """Iterate over a shard's batches in order, from the one after `after` to `until`.

    Takes little memory. One query inside a transaction; a query for each page outside of one,
    where PostgreSQL would first copy the whole answer aside.
    """
    until = _NUMBER_MAX if until is None else until
    if connection.in_atomic_block:
        yield from _rows(shard, after, until).iterator(_ROWS_AT_ONCE)
        return
    is_last = after >= until
    while not is_last:
        found = _PAGE.ask(shard=shard, after=after, until=until)
        for columns in found:
            row = JournalBatch.from_db(None, _COLUMNS, columns)
            yield row
            after = row.number
        is_last = len(found) < _ROWS_AT_ONCE or after >= until


def _rows(shard: int | Value, after: int, until: int) -> QuerySet[JournalBatch]:
    rows = JournalBatch.objects.filter(shard=shard, number__gt=after, number__lte=until)
    return rows.order_by("number")


def _page(shard: int, after: int, until: int) -> QuerySet[Any, Any]:
    # As an expression: its mark is no number that the column could hold.
    mark = Value(shard, output_field=BigIntegerField())
    return _rows(mark, after, until).values_list(*_COLUMNS)[:_ROWS_AT_ONCE]


_COLUMNS: Final = ("id", "shard", "number", "epoch", "time_ms", "facts", "entries", "digest")
_PAGE: Final = PreparedQuery(_page, "shard", "after", "until")


def read_facts(row: JournalBatch) -> dict[int, AccountFacts]:
    """Return the facts that a batch was judged by. Raises BadBatchError."""
    try:
        found = json.loads(row.facts)
        return {
            int(account): AccountFacts(available_ticks, bool(suspended))
            for account, (available_ticks, suspended) in found.items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise BadBatchError(row.shard, row.number, f"its facts cannot be read: {error}") from error


def read_commands(row: JournalBatch) -> list[JournaledCommand]:
    """Return what a batch judged, in order. Raises BadBatchError."""
    try:
        return [
            JournaledCommand(
                command_id=command_id,
                members=members,
                decided=[events.decode(event) for event in decided],
            )
            for command_id, members, decided in json.loads(row.entries)
        ]
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise BadBatchError(
            row.shard, row.number, f"its entries cannot be read: {error}"
        ) from error


class RawCommand(NamedTuple):
    """A command as it was journaled, and what was decided: the bytes of both, not looked into."""

    command: bytes
    decided: bytes

    @property
    def may_be_refused_unseen(self) -> bool:
        """Whether it has to be looked into: it says somewhere that it was answered as broken."""
        return _REFUSED_UNSEEN in self.decided


def read_raw(row: JournalBatch) -> list[RawCommand]:
    """Return what a batch judged, in order, as bytes. Raises BadBatchError."""
    try:
        found = _raw.decode(row.entries)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadBatchError(
            row.shard, row.number, f"its entries cannot be read: {error}"
        ) from error
    return [RawCommand(bytes(command), bytes(decided)) for _, command, decided in found]


def begins_with_tick(row: JournalBatch) -> bool:
    """Whether the first that a batch has is what was due by its time."""
    return row.entries.startswith(_TICK)


_TICK: Final = '[[null,{"type":"Tick",'
_raw: Final = msgspec.json.Decoder(list[tuple[int | None, msgspec.Raw, msgspec.Raw]])
_REFUSED_UNSEEN: Final = RejectReason.INTERNAL_ERROR.value.encode()


def pack_row(row: JournalBatch) -> dict[str, Any]:
    """Return a batch's columns as JSON, so that `unpack_row` gives a row with the same digest."""
    return {
        "number": row.number,
        "epoch": row.epoch,
        "time_ms": row.time_ms,
        "facts": row.facts,
        "entries": row.entries,
        "digest": row.digest,
    }


def unpack_row(shard: int, members: Mapping[str, Any]) -> JournalBatch:
    """Return the row, not saved, that `pack_row` gave. Raises KeyError, TypeError."""
    return JournalBatch(shard=shard, **{name: members[name] for name in _PACKED})


_PACKED: Final = ("number", "epoch", "time_ms", "facts", "entries", "digest")
