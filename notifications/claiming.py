"""Claims of mails: who sends which, so that each is sent by one, and none waits for the dead.

A claim lasts CLAIM and is renewed while its sender lives, however slow the mail server is. What
a dying sender had claimed is free again half a minute later.
"""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications.models import PENDING_STATUSES, Mail, MailStatus

log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(seconds=30)
RENEW_S: Final = 8.0
MAILS_AT_ONCE: Final = 50


def new_claim() -> str:
    """Return a name for a sender's claims that no other has."""
    return secrets.token_hex(8)


def claim_mails(claim: str, limit: int = MAILS_AT_ONCE) -> list[Mail]:
    """Mark the next due mails as being sent by us and return them, in order.

    A thread's mails go out in order: one waits for all before it, also while those are retried.
    Runs a transaction of its own. A mail that is being added to is left for the next time.
    """
    now = timezone.now()
    with transaction.atomic():
        ids = list(_due(now)[:limit].values_list("pk", flat=True))
        if not ids:
            return []
        # On SQLite the transaction is the lock.
        Mail.objects.filter(pk__in=ids).update(
            status=MailStatus.SENDING,
            is_open=False,
            claim=claim,
            attempts=F("attempts") + 1,
            due_at=now + CLAIM,
            first_tried_at=Coalesce("first_tried_at", now),
        )
    return list(Mail.objects.filter(claim=claim, pk__in=ids).order_by("planned_at", "pk"))


def is_mine(mail: Mail) -> bool:
    """Whether a claim still holds: asked after a pause, before anything is sent."""
    return _mine([mail]).filter(due_at__gt=timezone.now()).exists()


def note(mail: Mail, **values: object) -> None:
    """Write down what came of a mail, unless the claim ran out and another sender has it now."""
    if not _mine([mail]).update(claim="", **values):
        log.warning("mail_claim_lost", mail=mail.pk)


def give_back(mails: Sequence[Mail]) -> None:
    """Free mails that were not tried: it is as if they had not been claimed."""
    now = timezone.now()
    for mail in mails:
        first = mail.first_tried_at if mail.attempts > 1 else None
        _mine([mail]).update(
            status=MailStatus.WAITING,
            claim="",
            attempts=F("attempts") - 1,
            due_at=now,
            first_tried_at=first,
        )


@contextmanager
def renewing(claim: str) -> Iterator[None]:
    """Renew a sender's claims while the block runs, from a thread with a connection of its own."""
    ended = threading.Event()
    thread = threading.Thread(
        target=_renew_until, args=(claim, ended), name="mail-claims", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def renew(claim: str) -> None:
    """Have a sender's claims last from now on."""
    mine = Mail.objects.filter(claim=claim, status=MailStatus.SENDING)
    mine.update(due_at=timezone.now() + CLAIM)


def _renew_until(claim: str, ended: threading.Event) -> None:
    try:
        while not ended.wait(RENEW_S):
            try:
                renew(claim)
            except DatabaseError:  # it runs out; whoever sends asks before the next mail
                log.warning("mail_claim_not_renewed", exc_info=True)
                connection.close()
    finally:
        connection.close()


def _due(now: datetime) -> QuerySet[Mail]:
    pending = Mail.objects.filter(status__in=PENDING_STATUSES)
    earlier = pending.filter(
        user=OuterRef("user"), thread=OuterRef("thread"), pk__lt=OuterRef("pk")
    )
    due = pending.filter(~Exists(earlier), due_at__lte=now).order_by("due_at", "pk")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    return due


def _mine(mails: Sequence[Mail]) -> QuerySet[Mail]:
    claims = {mail.claim for mail in mails}
    ids = [mail.pk for mail in mails]
    return Mail.objects.filter(pk__in=ids, status=MailStatus.SENDING, claim__in=claims)
