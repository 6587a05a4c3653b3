"""What members were told, the mails that carry it, and how each member wants to be told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.kinds import Concern, MailChoice


class MailStatus(models.TextChoices):
    """Where a mail stands. A `sending` one whose `due_at` has passed is taken up again."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead", "given up"


PENDING_STATUSES = (MailStatus.WAITING, MailStatus.SENDING)


class Mail(models.Model):
    """One mail to one member. While it is open, what is told in its thread joins it.

    It is closed for ever when it is first claimed for sending: nothing is added between attempts.
    Who gets it and what of it is wanted is asked anew at each; `recipient` is the last answer.
    `planned_at` is when it was to go out; `due_at` when it may be tried next or, while it is
    being sent, when whoever claimed it (`claim`) counts as dead.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="mails"
    )
    thread = models.CharField(max_length=40, help_text="market:<id>, notices or digest")
    recipient = models.EmailField()
    is_open = models.BooleanField(default=True)
    status = models.CharField(max_length=8, choices=MailStatus, default=MailStatus.WAITING)
    claim = models.CharField(max_length=16, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["user", "thread"], condition=Q(is_open=True), name="mail_open_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status__in=("waiting", "sending")),
                name="mail_due",
            ),
            models.Index(
                fields=["user", "thread", "id"],
                condition=Q(status__in=("waiting", "sending")),
                name="mail_thread_pending",
            ),
            models.Index(fields=["user", "thread", "-planned_at"], name="mail_thread"),
            models.Index(fields=["claim"], condition=Q(status="sending"), name="mail_being_sent"),
            models.Index(fields=["status", "-id"], name="mail_status"),
        )

    def __str__(self) -> str:
        return f"mail {self.pk} to {self.recipient}"


class Notification(models.Model):
    """One thing that one member was told; `key` names the thing, so none is told twice.

    `in_bell`: it is among the member's notifications on the site. `mail`: the mail it went with.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="notifications",
    )
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    url = models.CharField(max_length=300)
    data = models.JSONField(help_text="What the words are made of; money in ticks.")
    in_bell = models.BooleanField()
    read_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(
        Mail, on_delete=models.SET_NULL, null=True, related_name="notifications"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            # The key first: a few keys are looked up at once, whoever they are for.
            models.UniqueConstraint(fields=["key", "user"], name="notification_once"),
        )
        indexes = (
            models.Index(
                fields=["user", "-id"], condition=Q(in_bell=True), name="notification_bell"
            ),
            models.Index(
                fields=["user"],
                condition=Q(in_bell=True, read_at__isnull=True),
                name="notification_unread",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class Preference(models.Model):
    """How a member wants to be told of a concern, where that is not the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="notification_preferences",
    )
    concern = models.CharField(max_length=20, choices=Concern)
    bell = models.BooleanField()
    mail = models.CharField(max_length=6, choices=MailChoice)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "concern"], name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.concern}"


class MailSwitch(models.Model):
    """A member who gets no mail at all, whatever the preferences say."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="mail_switch",
    )
    is_off = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id}: {'no mail' if self.is_off else 'mail'}"
