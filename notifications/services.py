"""Reading the journal into mails: each change of a member's order becomes one row, once."""

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog
from django.db import DatabaseError, transaction

from core.clock import monotonic_s
from core.failpoints import reach
from exchange.trading.models import JournalBatch, Shard
from notifications.changes import Change, changes_of
from notifications.composing import compose
from notifications.models import JournalCursor, Mail

log = structlog.get_logger(__name__)

SUBSCRIBER: Final = "mail"
_BATCHES_AT_ONCE: Final = 20
_RUN_S_MAX: Final = 20.0


def follow_journal() -> int:
    """Write the mails that the journal asks for since the cursors; return how many.

    Runs transactions of its own and must not be called inside one. Any number may run at once:
    of two that read the same batches, one moves the cursor and the other writes nothing.
    """
    deadline = monotonic_s() + _RUN_S_MAX
    return sum(_follow_shard(shard, deadline) for shard in _shards_behind())


def _follow_shard(shard: int, deadline: float) -> int:
    """Take in what one shard has; a batch that cannot be put in words holds up no other shard.

    Nothing is lost: the cursor stays before it, /healthz shows the lag, the next run tries again.
    """
    written = 0
    try:
        while monotonic_s() < deadline and (mails := _take_batches(shard)) is not None:
            written += mails
    except DatabaseError:
        raise
    except Exception:
        log.exception("journal_not_followed", shard=shard)
    return written


def _shards_behind() -> list[int]:
    """Return the shards whose journal has grown beyond our cursor."""
    read = dict(JournalCursor.objects.filter(subscriber=SUBSCRIBER).values_list("shard", "number"))
    ends = Shard.objects.values_list("number", "journal_number")
    return [shard for shard, end in ends if end > read.get(shard, 0)]


def _take_batches(shard: int) -> int | None:
    """Take the next few batches of a shard in; return how many mails came of them.

    None: there was nothing to take, or another follower was faster. All reading and wording
    happens before the transaction: the book worker never waits but for the writing itself.
    """
    cursor, _ = JournalCursor.objects.get_or_create(subscriber=SUBSCRIBER, shard=shard)
    batches = _next_batches(cursor)
    if not batches:
        return None
    mails = compose(_changes_of_batches(batches))
    return len(mails) if _write(cursor, len(batches), mails) else None


def _next_batches(cursor: JournalCursor) -> list[JournalBatch]:
    start, end = cursor.number + 1, cursor.number + _BATCHES_AT_ONCE
    found = JournalBatch.objects.filter(shard=cursor.shard, number__range=(start, end))
    batches = list(found.order_by("number"))
    numbers = [batch.number for batch in batches]
    assert numbers == list(range(start, start + len(batches))), "the journal has a gap"
    return batches


def _changes_of_batches(batches: Sequence[JournalBatch]) -> list[Change]:
    return [
        change for batch in batches for change in changes_of(msgspec.json.decode(batch.entries))
    ]


def _write(cursor: JournalCursor, batches: int, mails: Sequence[Mail]) -> bool:
    """Move the cursor and write the mails, both or neither; say whether we were the one."""
    with transaction.atomic():
        # The guard comes first: who else follows this shard waits here, then finds 0 rows.
        moved = JournalCursor.objects.filter(pk=cursor.pk, number=cursor.number).update(
            number=cursor.number + batches
        )
        if moved:
            # A cursor that was set back by hand repeats batches: their mails exist already.
            Mail.objects.bulk_create(mails, batch_size=500, ignore_conflicts=True)
        reach("mail.written")
    reach("mail.committed")
    return bool(moved)
