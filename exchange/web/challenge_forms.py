"""What people type to challenge somebody."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.timezone import now

from accounts.models import User
from accounts.selectors import get_member
from core.money import QUANTITY_MAX, parse_ticks
from exchange.markets.models import Contract, Market
from exchange.trading.models import Side
from exchange.web.formatting import format_price, other_side
from exchange.web.outcomes import name_action
from social.challenges.models import MESSAGE_CHARACTERS_MAX
from social.challenges.services import Offer

_DEADLINES: Final = (
    ("1", "1 hour"),
    ("24", "1 day"),
    ("72", "3 days"),
    ("168", "1 week"),
    ("720", "30 days"),
)
_SPARE: Final = timedelta(seconds=1)


class ChallengeForm(forms.Form):
    """A challenge as a person puts it: in a yes/no market No has its own price."""

    to = forms.CharField(
        label="Whom",
        required=False,
        max_length=40,
        help_text="A member's handle. Leave it empty to get a link for whoever you send it to.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    outcome = forms.ChoiceField(label="You take")
    price = forms.CharField(label="Price", max_length=20)
    quantity = forms.IntegerField(label="Quantity", min_value=1, max_value=QUANTITY_MAX)
    hours = forms.ChoiceField(label="Open for", choices=_DEADLINES, initial="24")
    message = forms.CharField(
        label="Message",
        required=False,
        max_length=MESSAGE_CHARACTERS_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, market: Market, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.market = market
        self.contracts = list(market.contracts.all())
        self.is_yes_no = len(self.contracts) == 1
        self.opponent: User | None = None
        outcome = self.fields["outcome"]
        assert isinstance(outcome, forms.ChoiceField)
        outcome.choices = self._outcomes()
        step = format_price(market.price_step_ticks)
        self.fields["price"].widget = forms.NumberInput(
            attrs={"min": step, "step": step, "inputmode": "decimal"}
        )

    def clean_to(self) -> str:
        """Return the handle, of a member whom there is."""
        handle: str = self.cleaned_data["to"].strip().removeprefix("@")
        if handle:
            self.opponent = get_member(handle)
            if self.opponent is None:
                raise forms.ValidationError("There is no member of this name.")
        return handle

    def clean_price(self) -> int:
        """Return the price as typed, in ticks."""
        try:
            return parse_ticks(self.cleaned_data["price"].strip())
        except ValueError:
            step = format_price(self.market.price_step_ticks)
            message = f"Enter a price such as 0.45, in steps of {step}."
            raise forms.ValidationError(message) from None

    def offer(self) -> Offer:
        """Return the valid form as what is offered: No is the other side of Yes."""
        data = self.cleaned_data
        contract_id, _, side = data["outcome"].partition("-")
        price_ticks = data["price"]
        if self.is_yes_no and side == Side.SELL:
            price_ticks = other_side(price_ticks)
        deadline_at = now() + timedelta(hours=int(data["hours"])) - _SPARE
        if self.market.closes_at is not None:
            deadline_at = min(deadline_at, self.market.closes_at)
        return Offer(
            contract=self._contract(int(contract_id)),
            side=side,
            price_ticks=price_ticks,
            quantity=data["quantity"],
            deadline_at=deadline_at,
            opponent=self.opponent,
            message=data["message"],
        )

    def _contract(self, contract_id: int) -> Contract:
        contract = next(one for one in self.contracts if one.pk == contract_id)
        contract.market = self.market
        return contract

    def _outcomes(self) -> list[tuple[str, str]]:
        return [
            (
                f"{contract.pk}-{side}",
                name_action(contract.name, side, is_yes_no=self.is_yes_no),
            )
            for contract in self.contracts
            for side in (Side.BUY, Side.SELL)
        ]
