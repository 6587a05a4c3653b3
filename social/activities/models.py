"""What members and markets did, one row each, for the feeds."""

from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.visibility import Kind
from exchange.markets.models import Market


class Verb(models.TextChoices):
    """What was done. Those of members name an actor, those of markets none."""

    TRADED = "traded"
    WON = "won"
    COMMENTED = "commented"
    FOLLOWED = "followed"
    CHALLENGED = "challenged"
    ACCEPTED = "accepted", "accepted a challenge"
    BADGE = "badge", "earned a badge"
    OPENED = "opened"
    HALTED = "halted"
    RESUMED = "resumed"
    CLOSED = "closed"
    SETTLED = "settled"
    VOIDED = "voided"


KINDS: Final = MappingProxyType(
    {
        Verb.TRADED: Kind.TRADES,
        Verb.CHALLENGED: Kind.TRADES,
        Verb.ACCEPTED: Kind.TRADES,
        Verb.WON: Kind.PROFIT,
        Verb.FOLLOWED: Kind.FOLLOWS,
    }
)
"""Which of their things members show by an activity of theirs; of the other verbs, none."""


class Activity(models.Model):
    """One thing that was done. `key` names it, so that it is told once.

    `kind` is what its members may keep from others (accounts.visibility), empty for what everybody
    may see. `target_user` is whom it was done to, `target_id` the comment or challenge it is
    about. `data` holds what the words are made of, as JSON has it; money in ticks.
    """

    verb = models.CharField(max_length=10, choices=Verb)
    kind = models.CharField(max_length=9, choices=Kind, blank=True)
    key = models.CharField(max_length=120, unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="activities",
    )
    target_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, null=True, db_index=False, related_name="activities"
    )
    target_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "activities"
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="") | Q(actor__isnull=False), name="activity_kind_has_actor"
            ),
        )
        indexes = (
            # A feed takes the newest of each whom its reader follows.
            models.Index(fields=["actor", "-id"], name="activity_actor"),
            models.Index(fields=["market", "-id"], name="activity_market"),
        )

    def __str__(self) -> str:
        return self.key
