"""How a batch of the journal is written down, read back: the one place that knows it.

`journal.py` writes batches. Whoever re-runs, checks or ships them reads them here.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from exchange.engine import AccountFacts, RejectReason, commands, events
from exchange.engine.commands import Command
from exchange.engine.events import CommandRejected, Event, OrderRejected
from exchange.trading.journals.faults import BadBatchError
from exchange.trading.models import JournalBatch, Shard

# Rows read at once: a batch of a busy book is up to a megabyte.
_ROWS_AT_ONCE: Final = 50


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
        """Whether it was answered as internal_error: the engine's books never saw it."""
        return any(
            isinstance(event, OrderRejected | CommandRejected)
            and event.reason is RejectReason.INTERNAL_ERROR
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


def read_end(shard: int) -> JournalEnd:
    """Return the end of one shard's journal. Raises Shard.DoesNotExist."""
    number, digest = Shard.objects.values_list("journal_number", "digest").get(number=shard)
    return JournalEnd(shard=shard, number=number, digest=digest)


def read_rows(shard: int, *, after: int = 0, until: int | None = None) -> Iterator[JournalBatch]:
    """Iterate over a shard's batches in order, from the one after `after` to `until`.

    Takes little memory. One query inside a transaction; a query for each page outside of one,
    where PostgreSQL would first copy the whole answer aside.
    """
    rows = JournalBatch.objects.filter(shard=shard).order_by("number")
    if until is not None:
        rows = rows.filter(number__lte=until)
    if connection.in_atomic_block:
        yield from rows.filter(number__gt=after).iterator(_ROWS_AT_ONCE)
        return
    while page := list(rows.filter(number__gt=after)[:_ROWS_AT_ONCE]):
        yield from page
        after = page[-1].number


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
