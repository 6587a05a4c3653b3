"""The words that are meant by those typed with mistakes."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from search.dialects import words_with
from search.nearness import count_forgiven, count_mistakes, list_pieces
from search.queries import Query, Term

_MEANT_MAX: Final = 12
_COMPARED_MAX: Final = 8_000


def forgive(query: Query) -> Query:
    """Return the query with each word also as the known words that it may be meant for.

    One query for each word of 4 letters or more.
    """
    return Query(tuple(Term(_meant(term.beginnings[0])) for term in query.terms))


def _meant(typed: str) -> tuple[str, ...]:
    """Return the word itself and the nearest known ones, fewest mistakes first."""
    most = count_forgiven(typed)
    if most == 0:
        return (typed,)
    counted = ((count_mistakes(typed, word, most), word) for word in _comparable(typed))
    near = sorted((count, len(word), word) for count, word in counted if count is not None)
    return (typed, *(word for _, _, word in near if word != typed))[:_MEANT_MAX]


def _comparable(typed: str) -> Iterator[str]:
    sql, params = words_with(list_pieces(typed))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {_COMPARED_MAX}", params)
        for (word,) in cursor.fetchall():
            yield word
