"""Challenges: a side of a contract, offered to a member or to whoever has the link."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.timezone import now

from core.money import PAYOUT_TICKS
from exchange.markets.models import Contract, Market
from exchange.trading.models import Side

MESSAGE_CHARACTERS_MAX = 280


class ChallengeStatus(models.TextChoices):
    """Where a challenge stands; states.py says which status may follow which."""

    OPEN = "open"
    ACCEPTING = "accepting", "being matched"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def make_token() -> str:
    """Return what nobody guesses: 128 bits, as text for an address."""
    return secrets.token_urlsafe(16)


class Challenge(models.Model):
    """An offer to trade beside the book: the challenger takes `side`, who accepts the other.

    An open one holds nobody's money. `opponent` is whom it is offered to; of one by link, who
    accepts it. `command_id` is the cross that an acceptance has put into the inbox.
    """

    token = models.CharField(max_length=32, unique=True, default=make_token)
    challenger = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="challenges_made",
    )
    opponent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="challenges_met",
    )
    is_by_link = models.BooleanField(default=False)
    market = models.ForeignKey(
        Market, on_delete=models.PROTECT, db_index=False, related_name="challenges"
    )
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=4, choices=Side)
    price_ticks = models.PositiveIntegerField()
    quantity = models.BigIntegerField()
    message = models.CharField(max_length=MESSAGE_CHARACTERS_MAX, blank=True)
    deadline_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=ChallengeStatus, default=ChallengeStatus.OPEN)
    command_id = models.BigIntegerField(null=True, unique=True)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(challenger=F("opponent")), name="challenge_another"
            ),
            models.CheckConstraint(
                condition=Q(price_ticks__gt=0, price_ticks__lt=PAYOUT_TICKS, quantity__gt=0),
                name="challenge_price_and_quantity",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("accepting", "accepted"))
                | Q(opponent__isnull=False, command_id__isnull=False),
                name="challenge_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_by_link=True) | Q(opponent__isnull=False),
                name="challenge_to_somebody",
            ),
        )
        indexes = (
            models.Index(fields=["challenger", "-id"], name="challenge_challenger"),
            models.Index(fields=["opponent", "-id"], name="challenge_opponent"),
            models.Index(fields=["market", "status"], name="challenge_market"),
            models.Index(
                fields=["deadline_at"], condition=Q(status="open"), name="challenge_deadline"
            ),
        )

    def __str__(self) -> str:
        return f"challenge {self.pk}, {self.status}"

    def get_absolute_url(self) -> str:
        """Return its page, which its link alone leads to."""
        return reverse("web:challenge", args=[self.token])

    @property
    def shown_status(self) -> ChallengeStatus:
        """Its status as of now: late is late, whether or not somebody has written it down."""
        if self.status == ChallengeStatus.OPEN and self.deadline_at <= now():
            return ChallengeStatus.EXPIRED
        return ChallengeStatus(self.status)

    @property
    def opponent_side(self) -> Side:
        """The side of who accepts."""
        return Side.SELL if self.side == Side.BUY else Side.BUY
