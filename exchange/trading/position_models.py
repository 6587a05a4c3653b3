"""What accounts hold, and what they could still lose by it. Only the writer writes these."""

from django.db import models
from django.db.models import PROTECT, Q

from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market


class Position(models.Model):
    """An account's net contracts and net cash from trades in one contract."""

    account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    contract = models.ForeignKey(
        Contract, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="positions"
    )
    quantity = models.BigIntegerField(default=0)
    cash_ticks = models.BigIntegerField(default=0)
    # What settlement paid out for it (cash + quantity x payout if it won); null before.
    settled_ticks = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "contract"], name="position_once"),
        )
        indexes = (models.Index(fields=["market", "account"], name="position_market"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.quantity} of {self.contract_id}"


class MarketExposure(models.Model):
    """What an account could still lose in one market; Account.exposure_ticks is their sum."""

    account = models.ForeignKey(
        Account, on_delete=PROTECT, db_index=False, db_constraint=False, related_name="exposures"
    )
    market = models.ForeignKey(
        Market, on_delete=PROTECT, db_constraint=False, related_name="exposures"
    )
    exposure_ticks = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "market"], name="market_exposure_once"),
            models.CheckConstraint(
                condition=Q(exposure_ticks__gte=0), name="market_exposure_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} in {self.market_id}: {self.exposure_ticks}"
