"""Proofs of what members were told (invariant 11)."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Max, Min

from exchange.trading.models import JournalBatch
from exchange.trading.subscribing.following import entries_of
from exchange.trading.subscribing.models import JournalCursor
from notifications.changes import OrderChange, changes_of
from notifications.models import Mail, MailStatus, MailSwitch, Notification, Preference
from notifications.readers import find_owners, find_readers
from notifications.retention import kept_since

_BATCHES_AT_ONCE: Final = 100
_KEYS_AT_ONCE: Final = 500


def changes_are_told_once() -> Iterator[str]:
    """Each change of an order that the journal has told us of has its row, with a mail.

    Looked at is what is kept, of members with an address who never chose how they are told: what
    others wished at the time is not known any more. That there is one row at most is the database's
    to keep.
    """
    choosy = _choosy()
    for cursor in JournalCursor.objects.filter(subscriber="mail").order_by("shard"):
        for batches in _batches(cursor):
            yield from _untold(batches, choosy)
    yield from _stranded()


def _choosy() -> set[int]:
    """Return the members who chose, and so may have wished for less."""
    chose = set(Preference.objects.values_list("user_id", flat=True).distinct())
    return chose | set(MailSwitch.objects.values_list("user_id", flat=True))


def _batches(cursor: JournalCursor) -> Iterator[list[JournalBatch]]:
    """Yield what the subscriber has read of its shard and is kept, a few batches at a time."""
    kept_since_ms = int(kept_since().timestamp() * 1_000)
    read = JournalBatch.objects.filter(
        shard=cursor.shard, number__lte=cursor.number, time_ms__gte=kept_since_ms
    )
    ends = read.aggregate(first=Min("number"), last=Max("number"))
    for start in range(ends["first"] or 0, (ends["last"] or -1) + 1, _BATCHES_AT_ONCE):
        slice_ = read.filter(number__range=(start, start + _BATCHES_AT_ONCE - 1))
        yield list(slice_.order_by("number"))


def _untold(batches: Iterable[JournalBatch], choosy: set[int]) -> Iterator[str]:
    changes = [
        change
        for batch in batches
        for change in changes_of(entries_of(batch))
        if isinstance(change, OrderChange) and change.seq is not None
    ]
    owners = find_owners({change.account for change in changes})
    readers = find_readers(set(owners.values()) - choosy)
    mailed = {user_id for user_id, reader in readers.items() if reader.is_mailed}
    wanted = {
        (change.key, owners[change.account])
        for change in changes
        if owners.get(change.account) in mailed
    }
    for key, user_id in sorted(wanted - _told(key for key, _ in wanted)):
        yield f"{key} was not told to member {user_id}"


def _told(keys: Iterable[str]) -> set[tuple[str, int]]:
    in_order = sorted(set(keys))
    told: set[tuple[str, int]] = set()
    for start in range(0, len(in_order), _KEYS_AT_ONCE):
        rows = Notification.objects.filter(
            key__in=in_order[start : start + _KEYS_AT_ONCE], mail__isnull=False
        )
        told.update(rows.values_list("key", "user_id"))
    return told


def _stranded() -> Iterator[str]:
    """Yield the mails that say they were sent, and gather still: what joins them is lost."""
    for mail in Mail.objects.filter(status=MailStatus.SENT, is_open=True).order_by("pk"):
        yield f"{mail} was sent, and is open"
