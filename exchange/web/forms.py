"""What people type on the trading pages. The API has the last word on every value."""

from typing import Any, Final

from django import forms

from core.money import PAYOUT_TICKS, QUANTITY_MAX, format_ticks, parse_ticks
from exchange.markets.models import Market, MarketStatus
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Side
from exchange.web.formatting import format_price, other_side
from exchange.web.outcomes import name_action

ANY: Final = "any"
STATUS_CHOICES: Final = (
    (MarketStatus.OPEN, "Open"),
    (MarketStatus.HALTED, "Halted"),
    (MarketStatus.CLOSED, "Closed, not settled"),
    (MarketStatus.SETTLED, "Settled"),
    (MarketStatus.VOIDED, "Voided"),
    (ANY, "Any status"),
)
TIME_IN_FORCE_CHOICES: Final = (
    ("GTC", "Rest until cancelled"),
    ("IOC", "Fill now or cancel"),
)


class MarketFilter(forms.Form):
    """Which markets a list shows; an unknown status or category shows open, any category."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    category = forms.ChoiceField(label="Category", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=STATUS_CHOICES)

    def __init__(self, data: Any, *, categories: list[str]) -> None:
        super().__init__(data)
        choices = [("", "All categories"), *((name, name) for name in categories)]
        _choose(self, "category", choices)

    def as_query(self) -> dict[str, str]:
        """Return the filter as keywords of `list_markets`."""
        self.is_valid()  # what is not valid is left out of cleaned_data
        status = self.cleaned_data.get("status") or MarketStatus.OPEN
        return {
            "q": self.cleaned_data.get("q", "").strip(),
            "category": self.cleaned_data.get("category", ""),
            "status": "" if status == ANY else status,
        }


class TicketForm(forms.Form):
    """An order as a person puts it: in a yes/no market No has its own price."""

    contract = forms.TypedChoiceField(coerce=int, error_messages={"required": "Choose an outcome."})
    side = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose a side."}
    )
    price = forms.CharField(max_length=20, error_messages={"required": "Enter a price."})
    quantity = forms.IntegerField(
        min_value=1, max_value=QUANTITY_MAX, error_messages={"required": "Enter a quantity."}
    )
    time_in_force = forms.ChoiceField(choices=TIME_IN_FORCE_CHOICES, widget=forms.RadioSelect)
    client_order_id = forms.UUIDField(required=False)

    def __init__(self, data: Any = None, *, market: Market, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="ticket-%s")
        self.market = market
        self.contracts = list(market.contracts.all())
        self.is_yes_no = len(self.contracts) == 1
        _choose(self, "contract", [(contract.pk, contract.name) for contract in self.contracts])
        _choose(self, "side", self._sides())
        step = format_price(market.price_step_ticks)
        highest = PAYOUT_TICKS - market.price_step_ticks
        self.fields["price"].widget = forms.NumberInput(
            attrs={"min": step, "max": format_price(highest), "step": step, "inputmode": "decimal"}
        )

    def clean_price(self) -> int:
        """Return the price as typed, in ticks."""
        try:
            return parse_ticks(self.cleaned_data["price"].strip())
        except ValueError:
            step = format_price(self.market.price_step_ticks)
            message = f"Enter a price such as 0.45, in steps of {step}."
            raise forms.ValidationError(message) from None

    def api_body(self) -> dict[str, object]:
        """Return the valid order as the API takes it: No is the other side of Yes."""
        price_ticks = self.cleaned_data["price"]
        if self.is_yes_no and self.cleaned_data["side"] == Side.SELL:
            price_ticks = other_side(price_ticks)
        return {
            "contract": str(self.cleaned_data["contract"]),
            "side": self.cleaned_data["side"],
            "type": "limit",
            # A No price of 1 or more has no Yes price: let the API say so as for any other.
            "price": format_ticks(max(price_ticks, 0)),
            "quantity": self.cleaned_data["quantity"],
            "time_in_force": self.cleaned_data["time_in_force"],
        }

    def _sides(self) -> list[tuple[str, str]]:
        if not self.is_yes_no:
            return [(Side.BUY, "Buy"), (Side.SELL, "Sell")]
        name = self.contracts[0].name
        return [(side, name_action(name, side, is_yes_no=True)) for side in (Side.BUY, Side.SELL)]

    @property
    def no_name(self) -> str:
        """What the other side of a yes/no market is called; "" in other markets."""
        if not self.is_yes_no:
            return ""
        return name_other_outcome([self.contracts[0].name])


class ReduceForm(forms.Form):
    """By how many contracts an open order is reduced."""

    by = forms.IntegerField(min_value=1, max_value=QUANTITY_MAX)


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
