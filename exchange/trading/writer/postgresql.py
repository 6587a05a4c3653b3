"""PostgreSQL: COPY for new rows, arrays for changes, prepared and sent without waiting.

Values are written as text by hand: a driver that looks at the type of every value takes several
times as long as the database takes to read them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

from django.db import connection
from psycopg import Connection, Copy, Cursor

from exchange.trading.writer.statements import Change, Insert
from exchange.trading.writer.store import Row

# Plans for any number of rows, always by index: from statistics of a table that grows by the
# second, the planner would rather read all of it. Times have no zone of their own: they are UTC.
_SETTINGS: Final = """
SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('TimeZone', 'UTC', true)
"""
# So many rows of a table, at most, are inserted one by one in the exchange of the changes.
_FEW: Final = 8
_Waiting = list[tuple[Insert, Row]]
_NULL: Final = str(None)
# The same word where somebody typed it: COPY looks for NULL before it looks for escapes.
_NOT_NULL: Final = f"\\x{ord(_NULL[0]):x}{_NULL[1:]}"
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class PostgresqlSink:
    """Copies rows into one table; COPY begins with the first of them.

    A few rows that may wait go to the end of `waiting` instead: to copy costs two exchanges with
    the server, and they cost none.
    """

    def __init__(self, cursor: Cursor[Any], table: Insert, waiting: _Waiting | None) -> None:
        self._cursor = cursor
        self._table = table
        self._waiting = waiting
        self._few: list[Row] = []
        self._copying: AbstractContextManager[Copy] | None = None
        self._copy: Copy | None = None

    def __enter__(self) -> Self:
        return self

    def write(self, rows: Iterable[Row]) -> None:
        """Send rows on their way, and do not wait; none is fine."""
        given = [*self._few, *rows]
        self._few = []
        if self._waiting is not None and self._copy is None and len(given) <= _FEW:
            self._few = given
        elif given:
            self._send(copy_text(self._table, given))

    def _send(self, text: str) -> None:
        with connection.wrap_database_errors:
            if self._copy is None:
                self._copying = self._cursor.copy(copy_statement(self._table))
                self._copy = self._copying.__enter__()
            self._copy.write(text)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Wait until all rows are there, but for a few; after an error, throw them away."""
        if self._waiting is not None and error is None:
            self._waiting += [(self._table, row) for row in self._few]
        if self._copying is not None:
            with connection.wrap_database_errors:
                self._copying.__exit__(kind, error, traceback)


class PostgresqlStore:
    """See `Store`."""

    def __init__(self) -> None:
        self._connection: Connection[Any] = connection.connection
        self._cursor: Cursor[Any] = Cursor(self._connection)
        self._waiting: _Waiting = []
        with connection.wrap_database_errors:
            self._cursor.execute(_SETTINGS, prepare=True)

    def insert(self, table: Insert, *, may_wait: bool = False) -> PostgresqlSink:
        """Open a table for rows."""
        return PostgresqlSink(self._cursor, table, self._waiting if may_wait else None)

    def change(self, change: Change, rows: Sequence[Row]) -> None:
        """Carry a change out for each of the rows."""
        if rows:
            arrays = [array_text(column) for column in zip(*rows, strict=True)]
            with connection.wrap_database_errors:
                self._cursor.execute(change_statement(change), arrays, prepare=True)

    def execute(self, statement: str, values: Sequence[Any]) -> Cursor[Any]:
        """Carry out one statement."""
        with connection.wrap_database_errors:
            return Cursor(self._connection).execute(statement, values, prepare=True)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Send what waited, then statements, each without waiting for the one before."""
        with connection.wrap_database_errors, self._connection.pipeline():
            for table, row in self._waiting:
                values = [None if value is None else str(value) for value in row]
                self._cursor.execute(row_statement(table), values, prepare=True)
            self._waiting.clear()
            yield


@cache
def copy_statement(table: Insert) -> str:
    """Return the statement that begins to copy."""
    return f"COPY {table.table} ({', '.join(table.columns)}) FROM STDIN (NULL '{_NULL}')"


@cache
def row_statement(table: Insert) -> str:
    """Return the statement that inserts one row, its values given as texts."""
    values = ", ".join(["%s"] * len(table.columns))
    return f"INSERT INTO {table.table} ({', '.join(table.columns)}) VALUES ({values})"  # noqa: S608 -- names of ours


@cache
def _line(table: Insert) -> str:
    return "\t".join(["%s"] * len(table.columns)) + "\n"


def copy_text(table: Insert, rows: Iterable[Row]) -> str:
    """Return rows in the text form of COPY; NULL is written as Python writes it."""
    line, places = _line(table), table.free_text
    if not places:
        return "".join([line % row for row in rows])
    return "".join([line % _escaped(row, places) for row in rows])


def _escaped(row: Row, places: Sequence[int]) -> Row:
    if not any(row[place] for place in places):
        return row
    return tuple([_escaped_text(value) if place in places else value
                  for place, value in enumerate(row)])  # fmt: skip


def _escaped_text(text: str) -> str:
    if text == _NULL:
        return _NOT_NULL
    # Hardly any has something to escape, and to look is much quicker than to translate.
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def array_text(values: Sequence[Any]) -> str:
    """Return integers, or words of ours, as the text of an array."""
    if None in values or "" in values:
        values = [_ELEMENTS.get(value, value) for value in values]
    return f"{{{','.join(map(str, values))}}}"


_ELEMENTS: Final = {None: "NULL", "": '""'}


@cache
def change_statement(change: Change) -> str:
    """Return the statement that takes an array for each column."""
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in change.columns)
    names = ", ".join(name for name, _ in change.columns)
    columns = {name: f"new.{name}" for name, _ in change.columns}
    is_insert = change.template.lstrip().startswith("INSERT")
    select = "SELECT * FROM" if is_insert else "FROM"
    return change.template.format(**columns, rows=f"{select} unnest({arrays}) AS new ({names})")
