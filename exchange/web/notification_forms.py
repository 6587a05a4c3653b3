"""The form of how a member is told of what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from notifications.kinds import Concern, MailChoice, Wish


class SettingsForm(forms.Form):
    """A row for each concern, bell and mail, and one switch for all mail."""

    is_mailed = forms.BooleanField(
        required=False, label="Send me mail", help_text="Off: no mail at all, whatever is below."
    )

    def __init__(
        self, data: Any = None, *, wishes: Mapping[Concern, Wish], is_mailed: bool
    ) -> None:
        super().__init__(data)
        self.fields["is_mailed"].initial = is_mailed
        for concern, wish in wishes.items():
            self.fields[f"{concern}_bell"] = forms.BooleanField(
                required=False, initial=wish.bell, label=f"{concern.label}: on the site"
            )
            self.fields[f"{concern}_mail"] = forms.ChoiceField(
                choices=MailChoice.choices, initial=wish.mail, label=f"{concern.label}: mail"
            )

    def rows(self) -> Iterator[tuple[Concern, BoundField, BoundField]]:
        """Yield each concern with its two fields."""
        for concern in Concern:
            yield concern, self[f"{concern}_bell"], self[f"{concern}_mail"]

    def wishes(self) -> dict[Concern, Wish]:
        """Return what was asked for. Call on a valid form."""
        return {
            concern: Wish(
                bell=self.cleaned_data[f"{concern}_bell"],
                mail=MailChoice(self.cleaned_data[f"{concern}_mail"]),
            )
            for concern in Concern
        }
