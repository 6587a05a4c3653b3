"""Forms of the settings pages."""

from typing import Any, Final
from zoneinfo import available_timezones

from django import forms

from accounts.avatars import BYTES_MAX
from accounts.models import Audience, OddsFormat, Theme, User
from accounts.services import is_handle_free, next_handle_change
from accounts.visibility import Kind

_BROWSERS_ZONE: Final = ("", "As the device")
# What each kind is, in the words of the member whose it is.
_KINDS: Final = {
    Kind.TRADES: ("Your trades", "What you bought and sold, and how often."),
    Kind.POSITIONS: ("Your open positions", "What you hold in markets that are not settled."),
    Kind.PROFIT: ("Your profit and loss", "What you won and lost, and your place on leaderboards."),
    Kind.FOLLOWS: ("Whom you follow", "The members you follow, and that you follow them."),
}
_AUDIENCES: Final = (
    (Audience.PUBLIC.value, "Everybody"),
    (Audience.FOLLOWERS.value, "My followers"),
    (Audience.NOBODY.value, "Only me"),
)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Handle, name and a few words."""

    class Meta:
        model = User
        fields = ("handle", "name", "bio")
        widgets = {
            "handle": forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
            "bio": forms.Textarea({"rows": 3}),
        }
        labels = {"bio": "About you"}
        help_texts = {
            "name": "Shown above the handle. Leave it empty to go by the handle alone.",
            "bio": "Up to 300 characters that everybody can read.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free_at = next_handle_change(self.instance)
        self.left = self.instance.handle
        self.fields["name"].widget.attrs["autocomplete"] = "nickname"
        if self.free_at is not None:
            self.fields[
                "handle"
            ].help_text = f"You can change it again on {self.free_at:%-d %B %Y}."

    def clean_handle(self) -> str:
        """Refuse a handle that somebody else has or had, and a change too soon after the last."""
        handle = str(self.cleaned_data["handle"])
        if handle.lower() == self.left.lower():
            return handle
        if self.free_at is not None:
            message = "You changed it less than 30 days ago."
            raise forms.ValidationError(message, code="too_soon")
        if not is_handle_free(handle, user=self.instance):
            raise forms.ValidationError("This handle is taken.", code="unique")
        return handle

    def validate_unique(self) -> None:
        """Leave it to clean_handle and to the database: a former handle is taken too."""


class AvatarForm(forms.Form):
    """A picture to upload."""

    picture = forms.FileField(
        max_length=200,
        label="New picture",
        help_text=f"PNG, JPEG, WebP or GIF, at most {BYTES_MAX // 1000} kB; it is cut square.",
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )


class DisplayForm(forms.ModelForm):  # type: ignore[type-arg]
    """How pages look to the member."""

    odds_format = forms.ChoiceField(
        choices=OddsFormat.choices, widget=forms.RadioSelect, label="Chances are written as"
    )
    theme = forms.ChoiceField(choices=Theme.choices, widget=forms.RadioSelect, label="Colours")
    time_zone = forms.ChoiceField(label="Time zone", required=False)

    class Meta:
        model = User
        fields = ("odds_format", "theme", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
        self.fields["time_zone"].choices = [_BROWSERS_ZONE, *zones]  # type: ignore[attr-defined]


class PrivacyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who sees what."""

    class Meta:
        model = User
        fields = tuple(f"{kind.value}_audience" for kind in Kind)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, (label, help_text) in _KINDS.items():
            self.fields[f"{kind.value}_audience"] = forms.ChoiceField(
                choices=_AUDIENCES, widget=forms.RadioSelect, label=label, help_text=help_text
            )
