"""Reading whole tables as streams."""

from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

_ROWS_AT_ONCE: Final = 2_000


def stream(rows: "QuerySet[Any, Any]") -> Iterator[Any]:
    """Iterate over rows without keeping them. Inside a transaction it is one query."""
    return iter(rows.iterator(_ROWS_AT_ONCE))
