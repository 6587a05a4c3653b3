"""Looking into the metadata of events, on SQLite and PostgreSQL alike.

Django's own `contains` is not there on SQLite, and no lookup of it looks at the members of lists.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.db.models.sql.compiler import SQLCompiler

from exchange.markets.metadata import Value, read_scalar

Sql = tuple[str, list[Any]]

# JSON_EACH gives a list's members, and of anything else just that.
_SQLITE_SAYS: Final = """EXISTS (
    SELECT 1 FROM JSON_EACH({column}, %s) AS item
    WHERE %s = CASE WHEN item.type IN ('true', 'false') THEN item.type
               ELSE CAST(item.value AS TEXT) END
)"""


class _JsonLookup(Lookup):
    """A lookup whose right side is what somebody typed, not JSON."""

    prepare_rhs = False
    rhs: Any

    def _around(
        self, template: str, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *params: Any
    ) -> Sql:
        column, column_params = self.process_lhs(compiler, connection)
        times = template.count("{column}")
        return template.format(column=column), [*(list(column_params) * times), *params]


class Says(_JsonLookup):
    """`metadata__says=("venue", "Wembley")`: the key has this value, or a list with it.

    The value is text: "true" and "42" also find true and 42.
    """

    lookup_name = "says"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        """Return the SQL for SQLite."""
        key, text = self.rhs
        return self._around(_SQLITE_SAYS, compiler, connection, f'$."{key}"', text)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        """Return the SQL for PostgreSQL: only @> is answered by the index on the column."""
        key, text = self.rhs
        wanted = [json.dumps({key: value}) for value in _forms(text)]
        template = f"({' OR '.join(['{column} @> %s::jsonb'] * len(wanted))})"
        return self._around(template, compiler, connection, *wanted)


def _forms(text: str) -> Iterator[Value]:
    """Yield every value that a text may stand for."""
    yield text
    yield [text]
    scalar = read_scalar(text)
    if scalar != text:
        yield scalar
