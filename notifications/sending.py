"""Sending mails: claim one, send it, write down what came of it. Per member in order.

A crash at any point loses nothing: a claim runs out after CLAIM, and the mail is tried again
with the same Message-ID. Any number of senders may run at once.
"""

import secrets
import smtplib
import time
from datetime import timedelta
from typing import Final

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.failpoints import reach
from notifications.models import PENDING_STATUSES, Mail, MailStatus
from notifications.rendering import render

log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(minutes=10)
GIVE_UP_AFTER: Final = timedelta(hours=24)
_FIRST_DELAY_S: Final = 30
_DELAY_S_MAX: Final = 2 * 3600
_RUN_S_MAX: Final = 60.0
_PERMANENT: Final = 500
_ERROR_MAX: Final = 500


def send_due_mail() -> int:
    """Send the mails that are due; return how many went out.

    Runs transactions of its own. Stops at a server that cannot be reached: the next run tries
    again, and each mail it did not get to has kept its turn.
    """
    backend: BaseEmailBackend = get_connection()
    deadline = time.monotonic() + _RUN_S_MAX
    sent = 0
    try:
        while time.monotonic() < deadline and (mail := claim_next_mail()) is not None:
            error = _send(backend, mail)
            sent += error is None
            if error is not None and _is_server_away(error):
                break
    finally:
        backend.close()
    return sent


def claim_next_mail() -> Mail | None:
    """Mark the next due mail as being sent by us and return it; None: nothing is due.

    A member's mails go out in order: one waits for all before it, also while those are retried.
    """
    now = timezone.now()
    pending = Mail.objects.filter(status__in=PENDING_STATUSES)
    earlier = pending.filter(user=OuterRef("user"), pk__lt=OuterRef("pk"))
    with transaction.atomic():
        due = pending.filter(~Exists(earlier), due_at__lte=now).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        mail = due.first()
        if mail is None:
            return None
        # On SQLite the transaction is the lock; the guard costs nothing and needs no trust.
        mine = Mail.objects.filter(pk=mail.pk, status=mail.status, attempts=mail.attempts)
        claimed = mine.update(
            status=MailStatus.SENDING,
            attempts=F("attempts") + 1,
            due_at=now + CLAIM,
            first_tried_at=Coalesce("first_tried_at", now),
        )
        mail.refresh_from_db()
    return mail if claimed else None


def retry_mails(mails: QuerySet[Mail]) -> int:
    """Give mails that were given up another 24 hours, beginning now; return how many."""
    return mails.filter(status=MailStatus.DEAD).update(
        status=MailStatus.WAITING, attempts=0, first_tried_at=None, due_at=timezone.now()
    )


def _send(backend: BaseEmailBackend, mail: Mail) -> Exception | None:
    """Send a claimed mail, write down what came of it, and return the error if there was one."""
    try:
        reach("mail.claimed")
        backend.send_messages([render(mail)])
        reach("mail.sent")
    except Exception as error:  # noqa: BLE001 -- whatever a backend raises, the row must say so
        _close_quietly(backend)
        _note_failure(mail, error)
        return error
    _note(mail, status=MailStatus.SENT, sent_at=timezone.now(), last_error="")
    return None


def _close_quietly(backend: BaseEmailBackend) -> None:
    """Drop a connection in an unknown state; the next mail opens a new one."""
    try:
        backend.close()
    except (OSError, smtplib.SMTPException):
        log.info("mail_connection_already_gone")


def _note_failure(mail: Mail, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:_ERROR_MAX]
    log.warning("mail_failed", mail=mail.pk, attempts=mail.attempts, error=text)
    now = timezone.now()
    is_late = now - (mail.first_tried_at or now) >= GIVE_UP_AFTER
    if is_late or _is_permanent(error):
        _note(mail, status=MailStatus.DEAD, last_error=text)
    else:
        due_at = now + timedelta(seconds=retry_delay_s(mail.attempts))
        _note(mail, status=MailStatus.WAITING, due_at=due_at, last_error=text)


def retry_delay_s(attempts: int) -> int:
    """Return how long to wait after so many attempts: doubling, with up to a quarter on top."""
    delay_s: int = min(_FIRST_DELAY_S << min(attempts - 1, 16), _DELAY_S_MAX)
    return delay_s + secrets.randbelow(delay_s // 4 + 1)


def _is_permanent(error: Exception) -> bool:
    """Whether the server refused this recipient or message for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= _PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _PERMANENT


def _is_server_away(error: Exception) -> bool:
    """Whether no other mail would fare better now: the fault is not this mail's own."""
    own_fault = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
    return isinstance(error, OSError) and not isinstance(error, own_fault)


def _note(mail: Mail, **values: object) -> None:
    """Write the outcome, unless the claim ran out and another sender has the mail now."""
    mine = Mail.objects.filter(pk=mail.pk, status=MailStatus.SENDING, attempts=mail.attempts)
    if not mine.update(**values):
        log.warning("mail_claim_lost", mail=mail.pk)
