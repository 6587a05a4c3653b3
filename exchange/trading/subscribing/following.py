"""Following the journal: whatever must happen once for what was committed (mail, candles, feed).

A subscriber has a cursor per shard, moved in the transaction that holds its effects: each batch
takes effect once, whatever dies when. Any number of followers may run at once.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec
import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from core.clock import monotonic_s
from core.failpoints import reach
from core.prepared import PreparedQuery
from exchange.trading.journals.rows import read_end_numbers
from exchange.trading.models import JournalBatch
from exchange.trading.subscribing.models import JournalCursor

log = structlog.get_logger(__name__)
Effects = TypeVar("Effects")

# In one transaction, of all shards together: a busy exchange has many small batches, and a
# transaction costs the same for few of them. Read by pages, each twice as long, until there are as
# many as memory should hold: a batch may have a megabyte.
_BATCHES_AT_ONCE: Final = 1_024
_PAGE_BATCHES: Final = 128
_CHARACTERS_AT_ONCE: Final = 2**22
_SHARDS_AT_ONCE: Final = 64
_RUN_S_MAX: Final = 20.0


@dataclass(frozen=True, slots=True)
class Subscriber(Generic[Effects]):
    """Who reads the journal, under which name, and what it makes of a few batches in order.

    `prepare` reads and words, outside of any transaction; it may be called again for the same
    batches. They are of several shards, of each in order. `write` writes its result in the
    cursor's transaction, and says how many rows that was. Effects that reach outside of the
    database belong after the commit (run_after_commit).
    """

    name: str
    prepare: Callable[[Sequence[JournalBatch]], Effects]
    write: Callable[[Effects], int]


def entries_of(batch: JournalBatch) -> list[list[Any]]:
    """Return what a batch journaled: [[command id, command, [event, ...]], ...]."""
    entries: list[list[Any]] = msgspec.json.decode(batch.entries)
    return entries


def follow_journal(subscriber: Subscriber[Any]) -> int:
    """Have the subscriber take in what was journaled since its cursors; return its count of rows.

    Runs transactions of its own and must not be called inside one. Of two that read the same
    batches, one moves the cursors and the other writes nothing. Batches that cannot be prepared
    hold up no other shard; nothing is lost: their cursor stays before them, /healthz shows the
    lag, the next run tries again.
    """
    deadline = monotonic_s() + _RUN_S_MAX
    stuck: set[int] = set()
    total = 0
    while monotonic_s() < deadline and (stretches := _next_stretches(subscriber.name, stuck)):
        try:
            total += _take(subscriber, stretches)
        except DatabaseError:
            raise
        except Exception:  # noqa: BLE001 -- whoever is to blame is found and logged alone
            total += sum(_take_alone(subscriber, stretch, stuck) for stretch in stretches)
    return total


class _Stretch(NamedTuple):
    """Batches of one shard, the next ones after its cursor."""

    shard: int
    cursor: int
    batches: Sequence[JournalBatch]


def _next_stretches(name: str, stuck: Collection[int]) -> list[_Stretch]:
    """Return the next batches of the shards whose journal has grown, most of the most behind."""
    read = dict(_CURSORS.ask(subscriber=name))
    behind = {
        shard: end - read.get(shard, 0)
        for shard, end in read_end_numbers().items()
        if end > read.get(shard, 0) and shard not in stuck
    }
    if new := behind.keys() - read.keys():
        JournalCursor.objects.bulk_create(
            (JournalCursor(subscriber=name, shard=shard) for shard in new), ignore_conflicts=True
        )
    furthest = sorted(behind, key=lambda shard: -behind[shard])[:_SHARDS_AT_ONCE]
    found = _read_pages({shard: read.get(shard, 0) for shard in furthest}, behind)
    return [_Stretch(shard, read.get(shard, 0), found[shard]) for shard in sorted(found)]


def _cursors(subscriber: str) -> QuerySet[Any, Any]:
    cursors = JournalCursor.objects.filter(subscriber=subscriber)
    return cursors.values_list("shard", "number")


_CURSORS: Final = PreparedQuery(_cursors, texts=("subscriber",))


def _read_pages(
    cursors: Mapping[int, int], behind: Mapping[int, int]
) -> dict[int, list[JournalBatch]]:
    """Return the batches after the cursors, in order: as many as are taken in together."""
    found: dict[int, list[JournalBatch]] = {shard: [] for shard in cursors}
    read, characters, page = 0, 0, _PAGE_BATCHES
    while read < _BATCHES_AT_ONCE and characters < _CHARACTERS_AT_ONCE:
        after = {
            shard: cursor + len(found[shard])
            for shard, cursor in cursors.items()
            if len(found[shard]) < behind[shard]
        }
        batches = _read_page(after, max(1, page // len(after))) if after else []
        for batch in batches:
            found[batch.shard].append(batch)
            characters += len(batch.entries)
        if not batches:
            break
        read += len(batches)
        page = min(2 * page, _BATCHES_AT_ONCE - read)
    return found


def _read_page(cursors: Mapping[int, int], each: int) -> list[JournalBatch]:
    ranges = Q(pk__in=())
    for shard, cursor in cursors.items():
        ranges |= Q(shard=shard, number__range=(cursor + 1, cursor + each))
    return list(JournalBatch.objects.filter(ranges).order_by("shard", "number"))


def _take_alone(subscriber: Subscriber[Any], stretch: _Stretch, stuck: set[int]) -> int:
    try:
        return _take(subscriber, [stretch])
    except DatabaseError:
        raise
    except Exception:
        log.exception("journal_not_followed", subscriber=subscriber.name, shard=stretch.shard)
        stuck.add(stretch.shard)
        return 0


def _take(subscriber: Subscriber[Any], stretches: Sequence[_Stretch]) -> int:
    """Take stretches in, all or none; return how many rows came of them, 0 if another was faster.

    All reading happens before the transaction: the book worker waits only for the writing itself.
    """
    for shard, cursor, found in stretches:
        numbers = [batch.number for batch in found]
        expected = list(range(cursor + 1, cursor + 1 + max(1, len(found))))
        assert numbers == expected, f"the journal of shard {shard} has a gap"
    batches = [batch for stretch in stretches for batch in stretch.batches]
    effects = subscriber.prepare(batches)
    rows = 0
    with transaction.atomic():
        if _advance(subscriber.name, stretches):
            rows = subscriber.write(effects)
        else:
            transaction.set_rollback(True)
        reach(f"{subscriber.name}.written")
    reach(f"{subscriber.name}.committed")
    return rows


_ADVANCE: Final = """
UPDATE trading_journalcursor SET number = %s WHERE subscriber = %s AND shard = %s AND number = %s
"""


def _advance(name: str, stretches: Sequence[_Stretch]) -> bool:
    """Move the cursors, in order; say whether each was where it was read, or all must be undone.

    Whoever else follows waits here for us.
    """
    moves = [(cursor + len(found), name, shard, cursor) for shard, cursor, found in stretches]
    with connection.cursor() as cursor:
        cursor.executemany(_ADVANCE, moves)
        return bool(cursor.rowcount == len(moves))
