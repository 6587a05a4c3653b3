"""How rows get into a database, many at a time: one interface, a class for each database."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db import connection

from exchange.trading.writer.statements import Change, Insert

Row = tuple[Any, ...]


class Sink(Protocol):
    """Takes rows of one table until its block ends. Nothing else may be said meanwhile."""

    def write(self, rows: Iterable[Row]) -> None:
        """Hand rows on; none is fine."""


class Done(Protocol):
    """What became of a statement."""

    @property
    def rowcount(self) -> int:
        """How many rows it wrote."""


class Store(Protocol):
    """Writes rows in the transaction of the connection. Values are int, str and None.

    Errors are those of Django. A store is good for one transaction.
    """

    def insert(self, table: Insert, *, may_wait: bool = False) -> AbstractContextManager[Sink]:
        """Open a table for rows; all of them are there when the block has ended.

        Where they may wait they are there when the next `together` has ended.
        """

    def change(self, change: Change, rows: Sequence[Row]) -> None:
        """Carry a change out for each of the rows; none is fine."""

    def execute(self, statement: str, values: Sequence[Any]) -> Done:
        """Carry out one statement; how many rows it changed is known when the block ends."""

    def together(self) -> AbstractContextManager[object]:
        """Let what is said in the block be carried out while more is said.

        What goes wrong is raised at the latest when the block ends. Inserts stand outside.
        """


def open_store() -> Store:
    """Return the store of the connected database. Requires a transaction."""
    assert connection.in_atomic_block, "a batch is written whole or not at all"
    if connection.vendor == "postgresql":
        from exchange.trading.writer.postgresql import (  # noqa: PLC0415 -- its driver may be absent
            PostgresqlStore,
        )

        return PostgresqlStore()
    from exchange.trading.writer.sqlite import SqliteStore  # noqa: PLC0415 -- beside the other one

    return SqliteStore()
