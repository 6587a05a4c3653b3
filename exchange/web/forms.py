"""What people type to find markets."""

from typing import Any, Final

from django import forms

from exchange.markets.models import MarketStatus
from search.finding import Narrowing
from search.models import Kind
from search.queries import QUERY_LENGTH_MAX

ANY: Final = "any"
STATUS_CHOICES: Final = (
    (MarketStatus.OPEN, "Open"),
    (MarketStatus.HALTED, "Halted"),
    (MarketStatus.CLOSED, "Closed, not settled"),
    (MarketStatus.SETTLED, "Settled"),
    (MarketStatus.VOIDED, "Voided"),
    (ANY, "Any status"),
)
SORT_CHOICES: Final = (
    ("newest", "Newest"),
    ("volume", "Most traded today"),
    ("movers", "Moved most today"),
    ("closing", "Closing soon"),
)


class MarketFilter(forms.Form):
    """Which markets a list shows; an unknown status or category shows open, any category."""

    q = forms.CharField(label="Search", required=False, max_length=100)
    category = forms.ChoiceField(label="Category", required=False)
    status = forms.ChoiceField(label="Status", required=False, choices=STATUS_CHOICES)
    sort = forms.ChoiceField(label="Sort by", required=False, choices=SORT_CHOICES)

    def __init__(self, data: Any, *, categories: list[str]) -> None:
        super().__init__(data)
        self.categories = categories
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
            "sort": self.cleaned_data.get("sort") or "newest",
        }


class SearchForm(forms.Form):
    """What is searched for, and among what; what is not valid narrows nothing."""

    q = forms.CharField(label="Search for", required=False, max_length=QUERY_LENGTH_MAX)
    kind = forms.ChoiceField(
        required=False, choices=[("", ""), *Kind.choices], widget=forms.HiddenInput
    )
    category = forms.ChoiceField(label="Category", required=False)
    status = forms.ChoiceField(label="Status", required=False)

    def __init__(self, data: Any, *, categories: list[str]) -> None:
        super().__init__(data)
        choices = [("", "All categories"), *((name, name) for name in categories)]
        _choose(self, "category", choices)
        _choose(self, "status", [("", "Any status"), *STATUS_CHOICES[:-1]])
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search"})

    def as_search(self) -> tuple[str, Narrowing]:
        """Return the words, and what they are looked for among."""
        self.is_valid()  # what is not valid is left out of cleaned_data
        given = {name: self.cleaned_data.get(name, "") for name in ("kind", "status", "category")}
        return self.cleaned_data.get("q", ""), Narrowing(**given)


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
