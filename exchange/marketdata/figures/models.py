"""Figures of the last 24 hours, kept so that lists can be sorted by them."""

from django.db import models

from exchange.markets.models import Contract, Market


class ContractFigures(models.Model):
    """What happened to a contract in the last 24 hours, and how many are held now.

    As of its last trade, or the last time that the day was moved on (every five minutes).
    """

    contract = models.OneToOneField(
        Contract, on_delete=models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    market = models.ForeignKey(
        Market, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    volume_24h = models.BigIntegerField(default=0)
    move_24h_ticks = models.IntegerField(default=0, help_text="Last price less that of a day ago.")
    open_interest = models.BigIntegerField(default=0, help_text="Contracts held by their buyers.")

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.volume_24h} in 24 h"


class MarketFigures(models.Model):
    """A market's contracts together: the sum of their volume, the greatest of their moves."""

    market = models.OneToOneField(
        Market,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="figures",
    )
    volume_24h = models.BigIntegerField(default=0)
    move_24h_ticks = models.PositiveIntegerField(default=0, help_text="Up or down.")

    class Meta:
        indexes = (
            models.Index(fields=["-volume_24h", "-market"], name="figures_volume"),
            models.Index(fields=["-move_24h_ticks", "-market"], name="figures_move"),
        )

    def __str__(self) -> str:
        return f"{self.market_id}: {self.volume_24h} in 24 h"
