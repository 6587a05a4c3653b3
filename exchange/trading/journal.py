"""The journal: every batch's commands, facts and events, chained by digests."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from exchange.engine import AccountFacts, commands, events
from exchange.trading.books import ShardBooks
from exchange.trading.effects import Judged
from exchange.trading.event_text import event_text, to_json
from exchange.trading.models import JournalBatch
from exchange.trading.taking import Entry


class JournalRow(NamedTuple):
    """The columns of a batch, in their order."""

    shard: int
    number: int
    epoch: int
    time_ms: int
    facts: str
    entries: str
    digest: str


def journal_row(
    books: ShardBooks,
    *,
    judged: Sequence[Judged],
    facts: Mapping[int, AccountFacts],
    time_ms: int,
) -> JournalRow:
    """Return a batch as the shard's next row of the journal."""
    number = books.journal_number + 1
    facts_text = to_json(
        {pk: [fact.available_ticks, int(fact.suspended)] for pk, fact in sorted(facts.items())}
    )
    entries_text = f"[{','.join([_entry_text(*item) for item in judged])}]"
    head = (books.shard, number, books.epoch, time_ms)
    digest = chain(books.digest, *head, facts_text, entries_text)
    return JournalRow(*head, facts_text, entries_text, digest)


def chain(previous: str, *parts: object) -> str:
    """Return the digest of a batch: sha256 over the one before and the batch's own parts."""
    return hashlib.sha256("\n".join([previous, *map(str, parts)]).encode()).hexdigest()


def chain_of(previous: str, batch: JournalBatch) -> str:
    """Return the digest that a stored batch must have after the one with digest `previous`."""
    return chain(
        previous,
        batch.shard,
        batch.number,
        batch.epoch,
        batch.time_ms,
        batch.facts,
        batch.entries,
    )


def _entry_text(entry: Entry, decided: Sequence[events.Event]) -> str:
    command_id = "null" if entry.command_id is None else entry.command_id
    return f"[{command_id},{_command_text(entry)},[{','.join(map(event_text, decided))}]]"


def _command_text(entry: Entry) -> str:
    """Return a command as JSON: as it came, which was readable if it was one."""
    if entry.command is None:
        return to_json({"type": entry.kind})
    return entry.payload or to_json(commands.encode(entry.command))
