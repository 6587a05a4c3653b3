"""The outcomes of a market, below it in the admin."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.outcomes import NO

_ONLY_NO: Final = "Name it Yes: No is its other side."


class ContractFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """Outcomes as they were typed."""

    def clean(self) -> None:
        """Refuse a book of No alone: everywhere else No is what has none."""
        super().clean()
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        names = [row["name"] for row in rows if row.get("name") and not row.get("DELETE")]
        if [name.casefold() for name in names] == [NO.casefold()]:
            raise ValidationError(_ONLY_NO)


class ContractInline(admin.TabularInline):  # type: ignore[type-arg]
    """The outcomes that have a book, in the order of the page. Fixed once opened."""

    model = Contract
    formset = ContractFormSet
    template = "admin/markets/market/contracts.html"
    fields = ("name",)
    extra = 0
    min_num = 1
    max_num = 100

    def get_formset(
        self, request: HttpRequest, obj: Model | None = None, **kwargs: Any
    ) -> type[BaseInlineFormSet[Any, Any, Any]]:
        return super().get_formset(request, obj, validate_min=True, **kwargs)

    def has_add_permission(  # type: ignore[override]
        self, request: HttpRequest, obj: Model | None
    ) -> bool:
        return super().has_add_permission(request, obj) and is_draft(obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_change_permission(request, obj) and is_draft(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_delete_permission(request, obj) and is_draft(obj)


def is_draft(market: Model | None) -> bool:
    """Return whether a market may still be written: a new one, or one not opened."""
    return not isinstance(market, Market) or market.status == MarketStatus.DRAFT


def number_new_contracts(formset: BaseInlineFormSet[Any, Any, Any]) -> None:
    """Put new outcomes behind those that are there, in the order they were written."""
    kept = Contract.objects.filter(market=formset.instance).order_by("-position").first()
    position = -1 if kept is None else kept.position
    for form in formset.extra_forms:
        if form.has_changed() and not form.cleaned_data.get("DELETE"):
            position += 1
            form.instance.position = position
