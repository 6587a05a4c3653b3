"""The SQL that differs: full text and pg_trgm on PostgreSQL, FTS5 on SQLite."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db import connection

from search.nearness import Piece
from search.queries import Query

Value = str | int | bool
Sql = tuple[str, list[Value]]


class Dialect(NamedTuple):
    """How a database is asked; each takes one parameter."""

    has_terms: str
    word_begins: str
    word_holds: str


_POSTGRESQL: Final = Dialect(
    has_terms="terms @@ %s::tsquery",
    word_begins="SELECT word FROM search_word WHERE word LIKE %s || '%%'",
    # As the index of parts says it (migration 0003).
    word_holds="SELECT word FROM search_word WHERE word || '' LIKE '%%' || %s || '%%'",
)
# GLOB, unlike LIKE, is answered from the column's own index. Words have no sign in them.
_SQLITE: Final = Dialect(
    has_terms="id IN (SELECT rowid FROM search_terms WHERE search_terms MATCH %s)",
    word_begins="SELECT word FROM search_word WHERE word GLOB %s || '*'",
    word_holds="SELECT word FROM search_word_parts WHERE word LIKE '%%' || %s || '%%'",
)


def has_terms(query: Query) -> Sql:
    """Return the condition that a document has what the query asks for."""
    if connection.vendor == "postgresql":
        return _POSTGRESQL.has_terms, [query.as_tsquery()]
    return _SQLITE.has_terms, [query.as_fts5()]


def words_with(pieces: Sequence[Piece]) -> Sql:
    """Return the query for the known words that have one of these pieces."""
    dialect = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    selects = [dialect.word_begins if piece.at_start else dialect.word_holds for piece in pieces]
    return " UNION ".join(selects), [piece.text for piece in pieces]
