"""Leaderboards as they were last built: how every member stood in each period."""

from django.conf import settings
from django.db import models


class Period(models.TextChoices):
    """How far back a leaderboard looks, from when it was built."""

    WEEK = "week", "7 days"
    MONTH = "month", "30 days"
    ALL = "all", "all time"


class LeaderboardBuild(models.Model):
    """One building of a period's leaderboards: what happened up to `as_of` counts."""

    period = models.CharField(max_length=5, choices=Period, unique=True)
    starts_at_ms = models.BigIntegerField()
    as_of_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return self.period


class Standing(models.Model):
    """How a member stood in one period; None where a figure needs more than they have done.

    docs/leaderboards.md has the formulas. Return is in hundredths of a percent, the Brier score
    in millionths.
    """

    build = models.ForeignKey(
        LeaderboardBuild, on_delete=models.CASCADE, db_index=False, related_name="standings"
    )
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="standings"
    )
    profit_ticks = models.BigIntegerField(null=True)
    return_basis_points = models.BigIntegerField(null=True)
    brier_millionths = models.BigIntegerField(null=True)
    volume = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["build", "member"], name="standing_once"),)
        indexes = (
            models.Index(fields=["build", "-profit_ticks", "member"], name="standing_profit"),
            models.Index(
                fields=["build", "-return_basis_points", "member"], name="standing_return"
            ),
            models.Index(fields=["build", "brier_millionths", "member"], name="standing_brier"),
            models.Index(fields=["build", "-volume", "member"], name="standing_volume"),
        )

    def __str__(self) -> str:
        return f"{self.member_id} in {self.build_id}"
