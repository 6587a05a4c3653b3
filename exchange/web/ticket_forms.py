"""What people type to place an order. The API has the last word on every value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils import timezone

from core.money import QUANTITY_MAX, format_ticks
from exchange.engine.commands import Terms
from exchange.markets.models import Market
from exchange.markets.outcomes import name_other_outcome
from exchange.trading.models import Side
from exchange.trading.requests import PRICELESS
from exchange.trading.times import to_ms
from exchange.web.formatting import other_side
from exchange.web.outcomes import name_action
from exchange.web.price_fields import CreditsField, PriceField
from exchange.web.ticket_rules import list_broken

# A choice, and what it means to who has not met the word.
KINDS: Final = (
    ("limit", "Limit", "at your price or better"),
    ("market", "Market", "now, at the best prices"),
    ("stop", "Stop", "a market order at a trigger"),
    ("stop_limit", "Stop limit", "a limit order at a trigger"),
)
TIMES_IN_FORCE: Final = (
    ("GTC", "Until cancelled", "the rest stays open"),
    ("GTD", "Until a time", "then the rest expires"),
    ("IOC", "Fill now", "the rest is cancelled"),
    ("FOK", "All or nothing", "all of it now, or none"),
)
SELF_TRADES: Final = (
    ("cancel_newest", "Cancel this one"),
    ("cancel_oldest", "Cancel the one in the book"),
    ("cancel_both", "Cancel both"),
    ("decrement", "Take the smaller off both"),
)
_MOMENT: Final = "%Y-%m-%dT%H:%M"
# The ticket's fields of these names, where they say anything, are the API's as they are.
_AS_THEY_ARE: Final = ("post_only", "reduce_only", "min_quantity")
_AMOUNTS: Final = ("max_cost",)


class OptionsForm(forms.Form):
    """How an order wants to be executed: what most leave as it is."""

    kind = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[(value, name) for value, name, _ in KINDS],
        widget=forms.RadioSelect,
    )
    stop_price = PriceField(label="Trigger price", required=False)
    time_in_force = forms.ChoiceField(
        label="How long",
        choices=[(value, name) for value, name, _ in TIMES_IN_FORCE],
        widget=forms.RadioSelect,
    )
    expires_at = forms.DateTimeField(
        label="Until",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
        error_messages={"invalid": "Enter a date and a time."},
    )
    post_only = forms.BooleanField(label="Post only", required=False)
    reduce_only = forms.BooleanField(label="Reduce only", required=False)
    cancel_on_halt = forms.BooleanField(label="Cancel if trading halts", required=False)
    min_quantity = forms.IntegerField(
        label="Fill at least", required=False, min_value=1, max_value=QUANTITY_MAX
    )
    max_cost = CreditsField(label="Cost at most", required=False, max_length=20)
    stp = forms.ChoiceField(label="If it meets your own order", required=False, choices=SELF_TRADES)

    def clean_kind(self) -> str:
        """Return the kind: limit where none is named."""
        return self.cleaned_data["kind"] or "limit"

    def clean_stp(self) -> str:
        """Return the self-trade rule: the usual one where none is named."""
        return self.cleaned_data["stp"] or "cancel_newest"

    def clean_expires_at(self) -> datetime | None:
        """Return the moment in UTC, which has fewer years than some zones."""
        typed: datetime | None = self.cleaned_data["expires_at"]
        try:
            return typed and typed.astimezone(UTC)
        except OverflowError:
            raise forms.ValidationError("Enter a date and a time.") from None

    @property
    def is_plain(self) -> bool:
        """Whether every option is as it is for who never opens them."""
        return not (
            {field.name for field in self if field.errors} & OptionsForm.base_fields.keys()
            or any(self._is_chosen(name) for name in OptionsForm.base_fields)
        )

    def _is_chosen(self, name: str) -> bool:
        value = self[name].value()
        return bool(value) and value not in {"limit", "GTC", "cancel_newest"}


class TicketForm(OptionsForm):
    """An order as a person puts it: in a yes/no market No has its own price."""

    contract = forms.TypedChoiceField(coerce=int, error_messages={"required": "Choose an outcome."})
    side = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": "Choose a side."}
    )
    price = PriceField(required=False)
    quantity = forms.IntegerField(
        min_value=1, max_value=QUANTITY_MAX, error_messages={"required": "Enter a quantity."}
    )
    client_order_id = forms.UUIDField(required=False)

    def __init__(self, data: Any = None, *, market: Market, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="ticket-%s")
        self.market = market
        self.contracts = list(market.contracts.all())
        self.is_yes_no = len(self.contracts) == 1
        self._choose("contract", [(contract.pk, contract.name) for contract in self.contracts])
        self._choose("side", self._sides())
        for name in ("price", "stop_price"):
            field = self.fields[name]
            assert isinstance(field, PriceField)
            field.use_market(market)
        self.fields["max_cost"].widget.attrs["inputmode"] = "decimal"

    def clean(self) -> dict[str, Any]:
        """Ask for a price where the kind needs one, and for terms that go together."""
        values = self.cleaned_data
        if "price" in values and values["price"] is None and values.get("kind") not in PRICELESS:
            self.add_error("price", "Enter a price.")
        if not self.errors:
            for name, words in list_broken(self._terms()):
                self.add_error(name, words)
        return values

    def api_body(self) -> dict[str, object]:
        """Return the valid order as the API takes it: No is the other side of Yes."""
        values = self.cleaned_data
        body = {
            "contract": str(values["contract"]),
            "side": values["side"],
            "type": values["kind"],
            "quantity": values["quantity"],
            "time_in_force": values["time_in_force"],
        }
        for name in ("price", "stop_price"):
            if values[name] is not None:
                body[name] = self._book_price(values[name])
        return body | self._rare_members(values)

    def _rare_members(self, values: Mapping[str, Any]) -> dict[str, object]:
        """Return the rarer terms that were asked for."""
        members = {name: values[name] for name in _AS_THEY_ARE if values[name]}
        members |= {name: format_ticks(values[name]) for name in _AMOUNTS if values[name]}
        if values["expires_at"] is not None:
            members["expires_at"] = values["expires_at"].isoformat()
        if values["cancel_on_halt"]:
            members["on_halt"] = "cancel"
        if values["stp"] != "cancel_newest":
            members["stp"] = values["stp"]
        return members

    def _terms(self) -> Terms:
        values = self.cleaned_data
        expires_at = values["expires_at"]
        return Terms(
            kind=values["kind"],
            tif=values["time_in_force"],
            stp=values["stp"],
            post_only=values["post_only"],
            reduce_only=values["reduce_only"],
            min_quantity=values["min_quantity"],
            max_cost_ticks=values["max_cost"],
            stop_ticks=values["stop_price"],
            expires_at=None if expires_at is None else to_ms(expires_at),
        )

    def _book_price(self, price_ticks: int) -> str:
        if self.is_yes_no and self.cleaned_data["side"] == Side.SELL:
            price_ticks = other_side(price_ticks)
        # A No price of 1 or more has no Yes price: let the API say so as for any other.
        return format_ticks(max(price_ticks, 0))

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

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

    @property
    def kinds(self) -> list[tuple[forms.boundfield.BoundWidget, str]]:
        """The kinds' radio buttons, each with what it means."""
        return self._explained("kind", KINDS)

    @property
    def times_in_force(self) -> list[tuple[forms.boundfield.BoundWidget, str]]:
        """The same of the times in force."""
        return self._explained("time_in_force", TIMES_IN_FORCE)

    def _explained(
        self, name: str, choices: tuple[tuple[str, str, str], ...]
    ) -> list[tuple[forms.boundfield.BoundWidget, str]]:
        return [(radio, words) for radio, (*_, words) in zip(self[name], choices, strict=True)]

    @property
    def zone_name(self) -> str:
        """The time zone in which times are typed."""
        return timezone.get_current_timezone_name()
