"""The form of a new key."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from accounts.keys.models import Scope
from accounts.keys.services import NETWORKS_MAX, read_network

_LIVES: Final = (("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("", "Never"))


class KeyForm(forms.Form):
    """Name, scopes and how long a key is to live."""

    name = forms.CharField(
        max_length=60, help_text="So that you know it again: “laptop”, “market maker”."
    )
    scopes = forms.MultipleChoiceField(
        choices=[
            (Scope.READ.value, "Read what you see on the site"),
            (Scope.TRADE.value, "Trade, and write in your name"),
            (Scope.CANCEL.value, "Cancel orders"),
        ],
        widget=forms.CheckboxSelectMultiple,
        label="It may",
        initial=[Scope.READ.value],
    )
    addresses = forms.CharField(
        required=False,
        label="Only from these addresses",
        help_text="Addresses or networks (203.0.113.0/24), parted by spaces. Empty: from anywhere.",
    )
    days = forms.ChoiceField(choices=_LIVES, required=False, label="It ends after", initial="90")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_addresses(self) -> list[str]:
        """Return the networks; refuse what is none."""
        words = self.cleaned_data["addresses"].replace(",", " ").split()
        if len(words) > NETWORKS_MAX:
            raise forms.ValidationError(f"At most {NETWORKS_MAX}.")
        try:
            return [read_network(word) for word in words]
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    @property
    def expires_at(self) -> datetime | None:
        """When the key is to end; None: never."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=int(days)) if days else None
