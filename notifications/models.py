"""Mails to members, written from the journal, and how far the journal has been read."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class JournalCursor(models.Model):
    """The last batch of a shard's journal that a subscriber has taken in."""

    subscriber = models.CharField(max_length=40)
    shard = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["subscriber", "shard"], name="journal_cursor_once"),
        )

    def __str__(self) -> str:
        return f"{self.subscriber}, shard {self.shard}: {self.number}"


class MailKind(models.TextChoices):
    """What became of an order, or of a market the member held something in."""

    NEW = "new", "accepted"
    PARTIALLY_FILLED = "partially_filled", "partially filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    SETTLED = "settled"
    VOIDED = "voided"


class MailStatus(models.TextChoices):
    """Where a mail stands. A `sending` one whose `due_at` has passed is taken up again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead", "given up"


PENDING_STATUSES = (MailStatus.WAITING, MailStatus.SENDING)


class Mail(models.Model):
    """One mail to one member about one change; `key` names the change, so none comes twice.

    `due_at` is when it may be tried next; while it is being sent, when its sender counts as dead.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="mails"
    )
    key = models.CharField(max_length=80, help_text="order:<id>:<seq> or market:<id>:<seq>")
    kind = models.CharField(max_length=20, choices=MailKind)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    data = models.JSONField(help_text="What the texts are made of; money in ticks.")
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "key"], name="mail_once"),)
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status__in=("waiting", "sending")),
                name="mail_due",
            ),
            models.Index(
                fields=["user", "id"],
                condition=Q(status__in=("waiting", "sending")),
                name="mail_user_pending",
            ),
            models.Index(fields=["status", "-id"], name="mail_status"),
        )

    def __str__(self) -> str:
        return self.subject
