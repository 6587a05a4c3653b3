"""Which markets members follow; whom they follow is accounts.models.Follow."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from exchange.markets.models import Market


class MarketFollow(models.Model):
    """A member follows a market: its activity is in their feed."""

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="market_follows",
    )
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["follower", "market"], name="market_follow_once"),
        )

    def __str__(self) -> str:
        return f"{self.follower_id} follows market {self.market_id}"
