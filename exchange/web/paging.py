"""Pages of a list, newest first: one query, stable while rows are added in front."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import base36_to_int, int_to_base36

Row = TypeVar("Row", bound=Model)
CURSOR_PARAMETER = "cursor"
_ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; `next_query` is the query string of the one after it, "" on the last."""

    rows: Sequence[Row]
    next_query: str
    is_first: bool


def get_page(queryset: QuerySet[Row, Any], query: QueryDict, *, size: int) -> Page[Row]:
    """Return the page a query string asks for, of rows ordered by descending id.

    Raises Http404 for a cursor that this site did not give out.
    """
    cursor = query.get(CURSOR_PARAMETER, "")
    if cursor:
        queryset = queryset.filter(pk__lt=_read_cursor(cursor))
    rows = list(queryset[: size + 1])
    return Page(
        rows=rows[:size],
        next_query=_next_query(query, rows[size - 1]) if len(rows) > size else "",
        is_first=not cursor,
    )


def _read_cursor(cursor: str) -> int:
    try:
        return min(base36_to_int(cursor), _ID_MAX)
    except ValueError:
        message = "This page of the list does not exist. Start from the first one."
        raise Http404(message) from None


def _next_query(query: QueryDict, last: Model) -> str:
    following = query.copy()
    following[CURSOR_PARAMETER] = int_to_base36(last.pk)
    return following.urlencode()

