"""The outcomes of a market in the admin, by the same rule as everywhere: Yes and No are one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.forms import BaseInlineFormSet, ModelForm, ValidationError
from django.http import HttpRequest

from exchange.markets.models import Contract, Market, MarketStatus
from exchange.markets.questions import is_yes_no

_HELP = (
    "A yes/no question has one contract named Yes; No is its other side. "
    "Other questions have one contract for each outcome that can be traded."
)


class ContractFormSet(BaseInlineFormSet[Contract, Market, ModelForm[Contract]]):
    """Outcomes as they were typed; of Yes and No only Yes becomes a contract."""

    dropped_no = False

    def clean(self) -> None:
        """Leave No out beside Yes. Refuses names that differ only in case, and a market's No."""
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if _is_kept(form)]
        names = [form.cleaned_data["name"].strip() for form in kept]
        if is_yes_no(names):
            self._keep_yes(kept, names)
        elif "no" in {name.casefold() for name in names} and len(names) == 1:
            raise ValidationError("Name it Yes: No is the other side of Yes.")  # noqa: EM101
        elif len({name.casefold() for name in names}) < len(names):
            raise ValidationError("An outcome is there more than once.")  # noqa: EM101

    def _keep_yes(self, kept: list[ModelForm[Contract]], names: list[str]) -> None:
        for form, name in zip(kept, names, strict=True):
            if name.casefold() == "yes":
                form.instance.name = "Yes"
            else:
                self._leave_out(form)
                self.dropped_no = True

    def _leave_out(self, form: ModelForm[Contract]) -> None:
        form.cleaned_data["DELETE"] = True
        form.data = {**form.data.dict(), form.add_prefix("DELETE"): "on"}  # type: ignore[attr-defined]
