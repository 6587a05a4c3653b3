"""Double entry by construction: every transfer has one debit and one credit account.

Money is in ticks (core.money). Transfers are never changed or deleted: triggers of the database
refuse it (migration 0002). `balance_ticks` is a cache of the transfers, recomputed by
`manage.py ledger check`.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class AccountKind(models.TextChoices):
    """What an account is for."""

    MEMBER = "member"
    ISSUANCE = "issuance", "issuance (where credits come from)"
    CLEARING = "clearing", "clearing (a market's, 0 but inside a settlement)"
    COMMISSION = "commission"
    SHORTFALL = "shortfall", "house shortfall"


class TransferKind(models.TextChoices):
    """Why money moved."""

    GRANT = "grant"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    SETTLEMENT = "settlement"
    COMMISSION = "commission"
    CORRECTION = "correction"


class Account(models.Model):
    """What holds money and orders. A member has at least one.

    `exposure_ticks` is what the open orders and positions could still lose, over all markets;
    `account_seq` numbers every change of the account's orders, fills and money.
    """

    kind = models.CharField(max_length=12, choices=AccountKind, default=AccountKind.MEMBER)
    code = models.CharField(
        max_length=64, unique=True, help_text="A name for operators: member-12, issuance, flow-7."
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_accounts",
    )
    balance_ticks = models.BigIntegerField(default=0)
    exposure_ticks = models.BigIntegerField(default=0)
    account_seq = models.BigIntegerField(default=0)
    is_suspended = models.BooleanField(default=False, help_text="May cancel, may not place.")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="member") | Q(balance_ticks__gte=F("exposure_ticks")),
                name="account_available_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(exposure_ticks__gte=0), name="account_exposure_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind="member") | Q(exposure_ticks=0, owner=None),
                name="account_only_members_trade",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def available_ticks(self) -> int:
        """What new orders may still put at risk."""
        return self.balance_ticks - self.exposure_ticks


class Transfer(models.Model):
    """One movement of money; immutable."""

    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_ticks = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=TransferKind)
    reference = models.CharField(
        max_length=120, help_text="What it belongs to: market:12, sign-up:7."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_ticks__gt=0), name="transfer_amount_positive"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        )
        indexes = (
            models.Index(fields=["debit", "-id"], name="transfer_debit"),
            models.Index(fields=["credit", "-id"], name="transfer_credit"),
            models.Index(fields=["reference"], name="transfer_reference"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_ticks} ({self.reference})"
