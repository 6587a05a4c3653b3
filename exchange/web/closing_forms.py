"""The form by which a member closes the account."""

from typing import Any

from django import forms

from accounts.models import User


class ClosingForm(forms.Form):
    """The member's own handle, typed: nobody does that by mistake."""

    handle = forms.CharField(
        label="Type your handle to confirm",
        max_length=60,
        widget=forms.TextInput(
            {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_handle(self) -> str:
        """Refuse any other; an @ before it and its case do not matter."""
        handle = str(self.cleaned_data["handle"])
        if handle.removeprefix("@").casefold() != self._user.handle.casefold():
            message = f"Your handle is {self._user.handle}."
            raise forms.ValidationError(message, code="other_handle")
        return handle
