"""Comparing a shard's books as its rows make them with those that its journal makes."""

from dataclasses import dataclass

from core.db import one_snapshot
from exchange.engine import Engine
from exchange.trading.books import load_books
from exchange.trading.journals.differences import differences
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournalEnd, read_rows
from exchange.trading.journals.verifying import Seen, replay_shard
from exchange.trading.models import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A shard's books from rows and from the journal after batch `number`, and what differs.

    A digest is None where the books could not be made; `wrong` then says why.
    """

    shard: int
    number: int
    rows_digest: str | None
    journal_digest: str | None
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """The end that a replay was brought to, the books from rows there, and what differs."""

    end: JournalEnd
    from_rows: Engine | None
    wrong: tuple[str, ...]


def bring_together(shard: int, replay: ShardReplay, seen: Seen = lambda: None) -> Together:
    """Bring a replay, which has come part of the way, to the journal's end; compare the books.

    Reads rows and the journal's end in one snapshot of the database, the journal itself, which
    only grows, after it: a long journal holds nothing up. Both books are in memory at once.
    Raises Shard.DoesNotExist.
    """
    end, from_rows, fault = read_books(shard)
    wrong = [] if fault is None else [fault]
    rows = read_rows(shard, after=replay.walk.number, until=end.number)
    wrong += replay_shard(rows, end, seen, replay)
    if not wrong:
        assert from_rows is not None
        wrong += differences(from_rows, replay.engine)
    return Together(end=end, from_rows=from_rows, wrong=tuple(wrong))


def compare_shard(
    shard: int, *, replay: ShardReplay | None = None, seen: Seen = lambda: None
) -> Comparison:
    """Compare a shard's books from rows with those from its journal, from its first batch on.

    As `bring_together`. Raises Shard.DoesNotExist.
    """
    replay = replay or ShardReplay(shard)
    together = bring_together(shard, replay, seen)
    number, from_rows = together.end.number, together.from_rows
    return Comparison(
        shard=shard,
        number=number,
        rows_digest=None if from_rows is None else from_rows.digest(),
        journal_digest=replay.engine.digest() if replay.walk.number == number else None,
        wrong=together.wrong,
    )


def read_books(shard: int) -> tuple[JournalEnd, Engine | None, str | None]:
    """Return the journal's end and the books from rows, or why there are none; one snapshot.

    Raises Shard.DoesNotExist.
    """
    with one_snapshot():
        row = Shard.objects.get(number=shard)
        end = JournalEnd(shard=shard, number=row.journal_number, digest=row.digest)
        try:
            return end, load_books(shard, epoch=row.epoch).engine, None
        except (AssertionError, KeyError, ValueError) as error:
            # A row that fits no book, like an open order of a market that is over.
            fault = f"shard {shard}: the rows make no book: {type(error).__name__}: {error}"
            return end, None, fault
