"""Queries that are put together once: for a few, that costs more than the database's answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

# Stand for the values while the query is put together; nothing real is that low, or reads so.
_FIRST_MARK: Final = -(2**62)
_TEXT_MARK: Final = "(a text that is given later)"


class PreparedQuery:
    """A query of values that are given when it is asked: whole numbers, or `texts`.

    `build` gets a mark for each name and returns a `values_list`; whatever it does with a mark must
    end as a parameter of the SQL, unchanged: for a column of small numbers, as a `Value`. The SQL
    is kept for each database, and the rows are as its driver gives them: a truth may be a number
    there, and a time a text.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *names: str, texts: Sequence[str] = ()
    ) -> None:
        self._build = build
        self._marks: dict[str, int | str] = {
            **{name: _FIRST_MARK + number for number, name in enumerate(names)},
            **{name: f"{_TEXT_MARK} {name}" for name in texts},
        }
        self._known: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def ask(self, **values: int | str) -> list[tuple[Any, ...]]:
        """Return the rows for these values. One query."""
        sql, parameters = self._sql()
        given = {mark: values[name] for name, mark in self._marks.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(parameter, given) for parameter in parameters])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _sql(self) -> tuple[str, tuple[Any, ...]]:
        known = self._known.get(connection.vendor)
        if known is None:
            known = self._build(**self._marks).query.sql_with_params()
            missing = set(self._marks.values()) - {one for one in known[1] if _may_be_mark(one)}
            assert not missing, "every value is a parameter"
            self._known[connection.vendor] = known
        return known


def _filled(parameter: Any, given: Mapping[int | str, int | str]) -> Any:
    return given.get(parameter, parameter) if _may_be_mark(parameter) else parameter


def _may_be_mark(parameter: Any) -> bool:
    # A truth would be found under the number that it equals. A driver may have numbers of its own.
    return isinstance(parameter, int | str) and not isinstance(parameter, bool)
