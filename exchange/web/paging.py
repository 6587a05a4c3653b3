"""Pages of a list, newest first: one query, stable while rows are added in front."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404, QueryDict
from django.utils.http import base36_to_int, int_to_base36

Row = TypeVar("Row", bound=Model)
CURSOR_PARAMETER = "cursor"
_CURSOR = re.compile(r"[0-9a-z]{1,13}")  # 2**63 in base 36
_SORTED_CURSOR = re.compile(r"([0-9a-z]{1,13})\.([0-9a-z]{1,13})")
_ID_MAX = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_MOMENT_MAX: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND


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
    before = read_cursor(query)
    if before is not None:
        queryset = queryset.filter(pk__lt=before)
    rows = list(queryset[: size + 1])
    return Page(
        rows=rows[:size],
        next_query=_next_query(query, rows[size - 1]) if len(rows) > size else "",
        first_query=_without_cursor(query).urlencode(),
        is_first=before is None,
    )


def get_sorted_page(
    queryset: QuerySet[Row, Any], query: QueryDict, *, size: int, soonest_first: bool
) -> Page[Row]:
    """Return a page of rows by their `sort_key`: the soonest moment, or else the greatest number.

    Of equals the newest is first. Raises Http404 for a cursor that this site did not give out.
    """
    cursor = query.get(CURSOR_PARAMETER, "")
    if cursor:
        number, pk = _read_sorted_cursor(cursor)
        key = _EPOCH + number * _MICROSECOND if soonest_first else number
        beyond = Q(sort_key__gt=key) if soonest_first else Q(sort_key__lt=key)
        queryset = queryset.filter(beyond | Q(sort_key=key, pk__lt=pk))
    order = "sort_key" if soonest_first else "-sort_key"
    rows = list(queryset.order_by(order, "-pk")[: size + 1])
    following = ""
    if len(rows) > size:
        last: Any = rows[size - 1]
        key = last.sort_key
        number = (key - _EPOCH) // _MICROSECOND if soonest_first else key
        following = f"{int_to_base36(number)}.{int_to_base36(last.pk)}"
    return Page(
        rows=rows[:size],
        next_query=_with_cursor(query, following) if following else "",
        first_query=_without_cursor(query).urlencode(),
        is_first=not cursor,
    )


def read_cursor(query: QueryDict) -> int | None:
    """Return the id below which a query string's page begins; None for the first page.

    Raises Http404 for a cursor that this site did not give out.
    """
    cursor = query.get(CURSOR_PARAMETER, "")
    if not cursor:
        return None
    if _CURSOR.fullmatch(cursor) is None:
        message = "This page of the list does not exist. Start from the first one."
        raise Http404(message)
    return min(base36_to_int(cursor), _ID_MAX)


def _read_sorted_cursor(cursor: str) -> tuple[int, int]:
    match = _SORTED_CURSOR.fullmatch(cursor)
    if match is None or base36_to_int(match[1]) > _MOMENT_MAX:
        message = "This page of the list does not exist. Start from the first one."
        raise Http404(message)
    return base36_to_int(match[1]), min(base36_to_int(match[2]), _ID_MAX)


def _without_cursor(query: QueryDict) -> QueryDict:
    first = query.copy()
    first.pop(CURSOR_PARAMETER, None)
    return first


def _next_query(query: QueryDict, last: Model) -> str:
    return _with_cursor(query, int_to_base36(last.pk))


def _with_cursor(query: QueryDict, cursor: str) -> str:
    following = query.copy()
    following[CURSOR_PARAMETER] = cursor
    return following.urlencode()
