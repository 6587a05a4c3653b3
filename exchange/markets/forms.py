"""Events as an operator fills them in."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from exchange.markets.metadata import (
    BYTES_MAX,
    SHAPE_HELP,
    find_faults,
    own_metadata,
    parse_metadata,
)
from exchange.markets.models import Event


class _LinesField(forms.CharField):
    """Lines of text; a browser's line ends are no change."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class EventForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """An event; of its metadata what is the site's own is neither shown nor changed."""

    metadata = _LinesField(
        required=False,
        max_length=4 * BYTES_MAX,
        help_text=SHAPE_HELP,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80, "spellcheck": "false"}),
    )

    class Meta:
        model = Event
        fields = ("title", "category", "starts_at", "metadata")
        labels = {"starts_at": "Starts at (UTC)"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.metadata
        self._own = own_metadata(kept)
        facts = {key: value for key, value in kept.items() if key not in self._own}
        text = json.dumps(facts, indent=2, ensure_ascii=False) if facts else ""
        self.initial["metadata"] = text

    def clean_metadata(self) -> dict[str, Any]:
        """Return the metadata as it is kept. Says what is wrong with each key."""
        text = self.cleaned_data["metadata"].strip()
        if not text:
            return self._own
        try:
            facts = parse_metadata(text)
        except ValueError as error:
            raise ValidationError(f"This is no JSON that can be read: {error}.") from None
        faults = find_faults(facts)
        if faults:
            raise ValidationError([f"{fault}." for fault in faults])
        kept: dict[str, Any] = self._own | facts
        return kept
