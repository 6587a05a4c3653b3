"""Asking the index: which documents, in which order. SQL, the same on both databases.

The order: what fits best, then the rank (open, popular, new). A query that fits thousands is
answered by the rank alone, from its top down: nobody then could say which one was meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db import connection

from search.dialects import Sql, Value, has_terms
from search.models import Kind
from search.queries import Query
from search.weighing import fits, has_own_name, relevance

# Over this many, how well each fits is not worked out any more.
_WEIGHED_MAX: Final = 3_000
_WALKED_MAX: Final = 2_000
# The relevance of what was found by the rank alone: a page goes on as the one before.
_UNWEIGHED: Final = -1
_KINDS: Final = list(Kind)
_COLUMNS: Final = "id, kind, relevance, is_open, popularity"
_RANK: Final = "is_open DESC, popularity DESC, id DESC"
_ORDER: Final = f"relevance DESC, {_RANK}"


class Place(NamedTuple):
    """Where a document stands in an order; the next page begins after it."""

    relevance: int
    is_open: bool
    popularity: int
    id: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found."""

    kind: Kind
    place: Place


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which documents are looked at; empty: all of them."""

    kind: str = ""
    status: str = ""
    category: str = ""

    def as_sql(self) -> Sql:
        """Return it as more conditions."""
        given = [(name, getattr(self, name)) for name in ("kind", "status", "category")]
        conditions = [f"AND {name} = %s" for name, value in given if value]
        return " ".join(conditions), [value for _, value in given if value]


def find_best(query: Query, *, each: int) -> list[Hit]:
    """Return the best documents of each kind, at most `each` of one; by kind, best first."""
    found, params = _scored(query, Narrowing())
    rows = _fetch(
        f"""
        WITH {found}, placed AS (
            SELECT *, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY {_ORDER}) AS place FROM scored
        )
        SELECT {_COLUMNS}, total FROM placed WHERE place <= %s ORDER BY place
        """,  # noqa: S608 -- the parts are ours, what was typed is a parameter
        [*params, each],
    )
    if not rows or rows[0][-1] <= _WEIGHED_MAX:
        return sorted(map(_hit, rows), key=lambda hit: _KINDS.index(hit.kind))
    return [hit for kind in _KINDS for hit in _walk(query, Narrowing(kind=kind), None, each)]


def find_page(query: Query, narrowing: Narrowing, *, after: Place | None, size: int) -> list[Hit]:
    """Return the documents that follow a place in the order, at most `size`."""
    if after is not None and after.relevance == _UNWEIGHED:
        return _walk(query, narrowing, after, size)
    found, params = _scored(query, narrowing)
    beyond = "WHERE (relevance, is_open, popularity, id) < (%s, %s, %s, %s)" if after else ""
    rows = _fetch(
        f"""
        WITH {found}
        SELECT {_COLUMNS}, total FROM scored {beyond} ORDER BY {_ORDER} LIMIT %s
        """,  # noqa: S608 -- the parts are ours, what was typed is a parameter
        [*params, *(after or ()), size],
    )
    if not rows or rows[0][-1] <= _WEIGHED_MAX:
        return [_hit(row) for row in rows]
    return _walk(query, narrowing, after, size)


def _scored(query: Query, narrowing: Narrowing) -> Sql:
    """Return two common table expressions: what is found, and how well it fits."""
    condition, found_params = _condition(query, narrowing)
    weight, params = relevance(query)
    return (
        f"""
        found AS (SELECT * FROM search_document WHERE {condition} LIMIT {_WEIGHED_MAX + 1}),
        scored AS (
            SELECT id, kind, is_open, popularity, {weight} AS relevance,
                   COUNT(*) OVER () AS total
            FROM found
        )
        """,  # noqa: S608 -- the parts are ours, what was typed is a parameter
        [*found_params, *params],
    )


def _condition(query: Query, narrowing: Narrowing) -> Sql:
    has, has_params = has_terms(query)
    narrow, narrow_params = narrowing.as_sql()
    named, named_params = has_own_name(query)
    return f"{has} {narrow} AND {named}", [*has_params, *narrow_params, *named_params]


def _walk(query: Query, narrowing: Narrowing, after: Place | None, size: int) -> list[Hit]:
    """Return the next of the rank that fit, weighing none of them."""
    found = _walk_down(query, narrowing, after, size)
    return found if len(found) == size else _look_up(query, narrowing, after, size)


def _walk_down(query: Query, narrowing: Narrowing, after: Place | None, size: int) -> list[Hit]:
    """Go down the rank some way: what fits often is met soon, however much there is."""
    fitting, fitting_params = fits(query)
    narrow, narrow_params = narrowing.as_sql()
    beyond, beyond_params = _beyond(after)
    rows = _fetch(
        f"""
        SELECT id, kind, {_UNWEIGHED} AS relevance, is_open, popularity FROM (
            SELECT * FROM search_document WHERE TRUE {narrow} {beyond}
            ORDER BY {_RANK} LIMIT {_WALKED_MAX}
        ) AS top WHERE {fitting} ORDER BY {_RANK} LIMIT %s
        """,  # noqa: S608 -- the parts are ours, what was typed is a parameter
        [*narrow_params, *beyond_params, *fitting_params, size],
    )
    return [_hit(row) for row in rows]


def _look_up(query: Query, narrowing: Narrowing, after: Place | None, size: int) -> list[Hit]:
    """Sort everything that fits: there is little of it where the walk met too few."""
    condition, params = _condition(query, narrowing)
    beyond, beyond_params = _beyond(after)
    rows = _fetch(
        f"""
        SELECT id, kind, {_UNWEIGHED} AS relevance, is_open, popularity FROM search_document
        WHERE {condition} {beyond} ORDER BY {_RANK} LIMIT %s
        """,  # noqa: S608 -- the parts are ours, what was typed is a parameter
        [*params, *beyond_params, size],
    )
    return [_hit(row) for row in rows]


def _beyond(after: Place | None) -> Sql:
    if after is None:
        return "", []
    return "AND (is_open, popularity, id) < (%s, %s, %s)", list(after[1:])


def _fetch(sql: str, params: Sequence[Value]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _hit(row: Sequence[Any]) -> Hit:
    pk, kind, weight, is_open, popularity = row[:5]
    return Hit(Kind(kind), Place(weight, bool(is_open), popularity, pk))
