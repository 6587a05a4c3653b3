"""Accounts and transfers in the admin. Money moves by services only, never by hand."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from core.admin import FastListAdmin, RecordAdmin, SavesChangesOnly, credits_column
from exchange.ledger.models import Account, Transfer


@admin.register(Account)
class AccountAdmin(SavesChangesOnly, FastListAdmin):
    """Accounts: everything is shown, only `is_suspended` may be changed."""

    list_display = (
        "code",
        "owner",
        "kind",
        credits_column("balance_ticks", "balance"),
        credits_column("exposure_ticks", "exposure"),
        credits_column("available_ticks", "available"),
        "is_suspended",
    )
    list_filter = ("kind", "is_suspended")
    list_select_related = ("owner",)
    search_ids = ("pk",)
    search_texts = ("code", "owner__handle", "owner__email")
    readonly_fields = (
        "code",
        "owner",
        "kind",
        "balance_ticks",
        "exposure_ticks",
        "account_seq",
        "opened_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Transfer)
class TransferAdmin(RecordAdmin):
    """Every movement of money."""

    list_display = (
        "id",
        "created_at",
        "kind",
        "debit",
        "credit",
        credits_column("amount_ticks", "amount"),
        "reference",
    )
    list_filter = ("kind",)
    list_select_related = ("debit", "credit")
    search_ids = ("pk",)
    search_texts = ("reference", "debit__code", "credit__code")
