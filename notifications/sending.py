"""Sending mails: claim a few, send each, write down what came of it. Per thread in order.

A crash at any point loses nothing: a claim runs out, and the mail is tried again with the same
Message-ID. Any number of senders may run at once.
"""

import secrets
import smtplib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.utils import timezone

from core.failpoints import reach
from notifications.claiming import (
    RENEW_S,
    claim_mails,
    give_back,
    is_mine,
    new_claim,
    note,
    renewing,
)
from notifications.kinds import MailChoice, concern_of
from notifications.models import Mail, MailStatus, Notification
from notifications.readers import Reader, find_readers
from notifications.rendering import render

log = structlog.get_logger(__name__)

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
    sender = _Sender()
    deadline = time.monotonic() + _RUN_S_MAX
    if not (mails := claim_mails(sender.claim)):
        return 0
    with renewing(sender.claim):
        while mails:
            sender.send(mails)
            is_over = sender.is_server_away or time.monotonic() >= deadline
            mails = [] if is_over else claim_mails(sender.claim)
    return sender.sent


def retry_mails(mails: QuerySet[Mail]) -> int:
    """Give mails that were given up another 24 hours, beginning now; return how many."""
    return mails.filter(status=MailStatus.DEAD).update(
        status=MailStatus.WAITING, attempts=0, first_tried_at=None, due_at=timezone.now()
    )


class _Sender:
    """A claim, and what is sent under it: each few mails over one connection to the server.

    Not all over one: servers end a connection that has brought enough.
    """

    def __init__(self) -> None:
        self.claim = new_claim()
        self.backend: BaseEmailBackend = get_connection()
        self.sent = 0
        self.is_server_away = False

    def send(self, mails: Sequence[Mail]) -> None:
        """Send claimed mails; what is left when the server is away is given back."""
        reach("mail.claimed")
        told, readers = _rows_of(mails), find_readers({mail.user_id for mail in mails})
        checked_at = time.monotonic()
        for number, mail in enumerate(mails, start=1):
            if time.monotonic() - checked_at > RENEW_S and not is_mine(mail):
                log.warning("mail_claim_lost", mail=mail.pk)
                continue
            checked_at = time.monotonic()
            self._send(mail, _wanted(mail, told.get(mail.pk, []), readers.get(mail.user_id)))
            if self.is_server_away:
                give_back(mails[number:])
                break
        _close_quietly(self.backend)

    def _send(self, mail: Mail, rows: Sequence[Notification]) -> None:
        """Send a mail and write down what came of it; one that tells nothing is done at once."""
        try:
            if rows:
                message = render(mail, rows)
                self.backend.open()
                self.backend.send_messages([message])
                reach("mail.sent")
                self.sent += 1
        except Exception as error:  # noqa: BLE001 -- whatever a backend raises, the row must say so
            _close_quietly(self.backend)
            _note_failure(mail, error)
            self.is_server_away = _is_server_away(error)
        else:
            values = {"sent_at": timezone.now(), "recipient": mail.recipient, "last_error": ""}
            note(mail, status=MailStatus.SENT, **values)


def _rows_of(mails: Sequence[Mail]) -> dict[int, list[Notification]]:
    """Return what each mail tells, in the order in which it happened."""
    rows = Notification.objects.filter(mail__in=mails).select_related("actor").order_by("pk")
    told: dict[int, list[Notification]] = {}
    for row in rows:
        assert row.mail_id is not None, "the query asks for rows with a mail"
        told.setdefault(row.mail_id, []).append(row)
    return told


def _wanted(
    mail: Mail, rows: Sequence[Notification], reader: Reader | None
) -> Sequence[Notification]:
    """Address a mail to where its member is now; return what of it they still want mailed.

    Much may have changed since it was opened: a digest gathers for a day.
    """
    if reader is None or not reader.is_mailed:
        return []
    mail.recipient = reader.address
    return [row for row in rows if reader.wish(concern_of(row.kind)).mail != MailChoice.OFF]


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
        note(mail, status=MailStatus.DEAD, last_error=text)
    else:
        due_at = now + timedelta(seconds=retry_delay_s(mail.attempts))
        note(mail, status=MailStatus.WAITING, due_at=due_at, last_error=text)


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
