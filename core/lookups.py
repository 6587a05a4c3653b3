"""Looking for a text in columns, whatever its case and script, on every database alike.

SQLite's own LIKE knows the two cases of A to Z only.
"""

import sqlite3
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.lookups import IContains
from django.db.models.sql.compiler import SQLCompiler

Sql = tuple[str, Any]


class Finds(Lookup):
    """`title__finds="кто"`: the column holds the text, in whatever case."""

    lookup_name = "finds"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        """Return the SQL of Django's own lookup: PostgreSQL knows the cases of every script."""
        return IContains(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        """Return the SQL with our own comparison."""
        sql, params = self.process_lhs(compiler, connection)
        return f"LIKELY_FINDS({sql}, %s)", [*params, self.rhs]


def add_sqlite_functions(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Give a new connection to SQLite what the lookups call."""
    if connection.vendor == "sqlite":
        raw: sqlite3.Connection = connection.connection
        raw.create_function("LIKELY_FINDS", 2, _finds, deterministic=True)


def _finds(text: str | None, part: str) -> bool:
    return text is not None and part.casefold() in text.casefold()
