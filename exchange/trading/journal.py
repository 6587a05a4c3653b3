"""The journal: every batch's commands, facts and events, chained by digests."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from exchange.engine import AccountFacts, commands, events
from exchange.trading.books import ShardBooks
from exchange.trading.effects import Judged
from exchange.trading.lease import LeaseLostError
from exchange.trading.models import JournalBatch
from exchange.trading.writer import advance_shard, write_journal

_JSON: Final = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def append(
    books: ShardBooks,
    *,
    judged: Sequence[Judged],
    facts: Mapping[int, AccountFacts],
    time_ms: int,
) -> tuple[int, str]:
    """Append a batch and advance the shard's row; return the batch's number and digest.

    Requires the batch's transaction. Raises LeaseLostError when another owner was faster:
    the epoch and the old end must still be what this owner knows.
    """
    number = books.journal_number + 1
    facts_text = _JSON.encode(
        {pk: [fact.available_ticks, int(fact.suspended)] for pk, fact in sorted(facts.items())}
    )
    entries_text = _JSON.encode([_entry(item) for item in judged])
    digest = chain(
        books.digest, books.shard, number, books.epoch, time_ms, facts_text, entries_text
    )
    write_journal((books.shard, number, books.epoch, time_ms, facts_text, entries_text, digest))
    advanced = advance_shard(
        shard=books.shard,
        epoch=books.epoch,
        number=number,
        digest=digest,
        next_trade=books.engine.next_trade,
        time_ms=time_ms,
    )
    if not advanced:
        raise LeaseLostError(f"shard {books.shard}: lost inside a batch")
    return number, digest


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


def _entry(judged: Judged) -> list[Any]:
    command = {"type": judged.kind} if judged.command is None else commands.encode(judged.command)
    return [judged.command_id, command, [events.encode(event) for event in judged.events]]
