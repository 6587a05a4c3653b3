"""SQLite: executemany, without the wrappers that look at every value."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from sqlite3 import Cursor
from typing import Any, Final

from django.db import connection

from exchange.trading.writer.statements import Change, Insert
from exchange.trading.writer.store import Row

_NAME: Final = re.compile(r"\{(\w+)\}")


class SqliteSink:
    """Inserts rows of one table as they come."""

    def __init__(self, cursor: Cursor, statement: str) -> None:
        self._cursor = cursor
        self._statement = statement

    def write(self, rows: Iterable[Row]) -> None:
        """Insert rows; none is fine."""
        with connection.wrap_database_errors:
            self._cursor.executemany(self._statement, rows)


class SqliteStore:
    """See `Store`."""

    def __init__(self) -> None:
        self._cursor: Cursor = connection.connection.cursor()

    @contextmanager
    def insert(self, table: Insert, *, may_wait: bool = False) -> Iterator[SqliteSink]:
        """Open a table for rows; none has to wait."""
        yield SqliteSink(self._cursor, insert_statement(table))

    def change(self, change: Change, rows: Sequence[Row]) -> None:
        """Carry a change out for each of the rows."""
        with connection.wrap_database_errors:
            self._cursor.executemany(change_statement(change), rows)

    def execute(self, statement: str, values: Sequence[Any]) -> Cursor:
        """Carry out one statement."""
        with connection.wrap_database_errors:
            cursor: Cursor = connection.connection.execute(statement.replace("%s", "?"), values)
        return cursor

    def together(self) -> AbstractContextManager[object]:
        """Change nothing: every statement is carried out where it is said."""
        return nullcontext()


@cache
def insert_statement(table: Insert) -> str:
    """Return the statement for one row."""
    return f"INSERT INTO {table.table} ({', '.join(table.columns)}) {_values(len(table.columns))}"


@cache
def change_statement(change: Change) -> str:
    """Return the statement for one row. The template must use the columns in their order."""
    names = [name for name in _NAME.findall(change.template) if name != "rows"]
    columns = [name for name, _ in change.columns]
    assert names in ([], columns), "the values stand in the order of the columns"
    rows = "" if names else _values(len(columns))
    return _NAME.sub(lambda found: rows if found[1] == "rows" else "?", change.template)


def _values(count: int) -> str:
    return f"VALUES ({', '.join('?' * count)})"
