"""How long what members were told is kept, and the end of what is older."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import PENDING_STATUSES, Mail, Notification

_ROWS_AT_ONCE: Final = 1_000


def kept_since() -> datetime:
    """Return from when on everything is kept."""
    return timezone.now() - timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)


def clear_old() -> int:
    """Delete notifications, and the mails that are done, from before that; return how many.

    In short transactions of its own; it may be ended anywhere and run again.
    """
    before = kept_since()
    done = Mail.objects.exclude(status__in=PENDING_STATUSES)
    return _clear(Notification.objects.all(), before) + _clear(done, before)


def _clear(rows: "QuerySet[Notification] | QuerySet[Mail]", before: datetime) -> int:
    cleared = 0
    while old := _first_old(rows, before):
        rows.filter(pk__in=old).delete()
        cleared += len(old)
    return cleared


def _first_old(rows: "QuerySet[Notification] | QuerySet[Mail]", before: datetime) -> list[int]:
    """Return the oldest rows' ids where they are from before: ids grow with time."""
    first = rows.order_by("pk").values_list("pk", "created_at")[:_ROWS_AT_ONCE]
    return [pk for pk, created_at in first if created_at < before]
