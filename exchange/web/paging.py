"""Pages of a list, newest first: one query, stable while rows are added in front."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import base36_to_int, int_to_base36

Row = TypeVar("Row", bound=Model)
CURSOR_PARAMETER = "cursor"
_CURSOR = re.compile(r"[0-9a-z]{1,13}")  # 2**63 in base 36
_ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page; the queries are query strings, `next_query` is "" on the last page."""

    rows: Sequence[Row]
    next_query: str
    first_query: str
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
        first_query=_without_cursor(query).urlencode(),
        is_first=not cursor,
    )


def _read_cursor(cursor: str) -> int:
    if _CURSOR.fullmatch(cursor) is None:
        message = "This page of the list does not exist. Start from the first one."
        raise Http404(message)
    return min(base36_to_int(cursor), _ID_MAX)


def _without_cursor(query: QueryDict) -> QueryDict:
    first = query.copy()
    first.pop(CURSOR_PARAMETER, None)
    return first


def _next_query(query: QueryDict, last: Model) -> str:
    following = query.copy()
    following[CURSOR_PARAMETER] = int_to_base36(last.pk)
    return following.urlencode()
