"""Fields for prices as people type them; the API has the last word on every value."""

from typing import Any

from django import forms

from core.money import PAYOUT_TICKS, parse_ticks
from exchange.markets.models import Market
from exchange.web.formatting import format_price


class PriceField(forms.CharField):
    """A price in ticks, None where nothing was typed; `use_market` tells it the grid."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, strip=True, **options)
        self.step = ""

    def use_market(self, market: Market, **attributes: str) -> None:
        """Take prices of a market's grid."""
        self.step = format_price(market.price_step_ticks)
        highest = format_price(PAYOUT_TICKS - market.price_step_ticks)
        limits = {"min": self.step, "max": highest, "step": self.step, "inputmode": "decimal"}
        self.widget = forms.NumberInput(attrs=limits | attributes)
        self.widget.is_required = self.required

    def clean(self, value: Any) -> Any:
        """Return the price as typed, in ticks."""
        return _ticks(super().clean(value), f"Enter a price such as 0.45, in steps of {self.step}.")


class CreditsField(forms.CharField):
    """An amount of credits in ticks, None where nothing was typed."""

    def clean(self, value: Any) -> Any:
        """Return the amount as typed, in ticks."""
        return _ticks(super().clean(value), "Enter an amount such as 12.50.")


def _ticks(text: str, complaint: str) -> int | None:
    if not text:
        return None
    try:
        return parse_ticks(text)
    except ValueError:
        raise forms.ValidationError(complaint) from None
