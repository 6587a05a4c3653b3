"""What the outcome without a book is called."""

from collections.abc import Sequence
from typing import Final

NO: Final = "No"
_YES: Final = "yes"


def name_other_outcome(contract_names: Sequence[str]) -> str:
    """Return the name of the outcome that has no book: "No", "not Brazil", "another outcome"."""
    if len(contract_names) > 1:
        return "another outcome"
    (name,) = contract_names
    return NO if name.lower() == _YES else f"not {name}"
