"""How well a document fits a query, as SQL over its words. The same on both databases."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from search.dialects import Sql
from search.models import Kind
from search.queries import Query, Term

# What each word adds, by where it is found: whole, or as a beginning, as typed or nearly.
_WHOLE: Final = 9
_BEGUN: Final = 7
_WHOLE_NEARLY: Final = 6
_BEGUN_NEARLY: Final = 5
_AROUND: Final = 2
# What all words add together: they are the title, begin it, stand in it, or keep their order.
_TOGETHER: Final = """(
    CASE WHEN words LIKE %s THEN 8 WHEN words LIKE %s THEN 6 WHEN words LIKE %s THEN 4
    WHEN words LIKE %s THEN 1 ELSE 0 END
)"""


def fits(query: Query) -> Sql:
    """Return the condition, on the texts themselves, that a document has what is asked for."""
    columns = ("words",) if query.is_short else ("words", "context_words")
    terms = [_joined(" OR ", [any_like(one, [term]) for one in columns]) for term in query.terms]
    return _joined(" AND ", [*terms, has_own_name(query)])


def has_own_name(query: Query) -> Sql:
    """Return the condition that an outcome is meant itself, not only the market around it."""
    named, params = any_like("words", query.terms)
    return f"(kind <> '{Kind.CONTRACT}' OR {named})", params


def relevance(query: Query) -> Sql:
    """Return how well a document fits: whole words of the title count most."""
    if query.is_short:
        return "0", []
    sql, params = _joined(" + ", [*map(_weight, query.terms), _weight_together(query)])
    return sql, params


def any_like(column: str, terms: Sequence[Term], end: str = "%") -> Sql:
    """Return the condition that a column has a word that begins as one of the terms."""
    beginnings = [word for term in terms for word in term.beginnings]
    likes = " OR ".join([f"{column} LIKE %s"] * len(beginnings))
    return f"({likes})", [f"% {word}{end}" for word in beginnings]


def _weight_together(query: Query) -> Sql:
    typed = [term.beginnings[0] for term in query.terms]
    phrase = " ".join(typed)
    in_order = "".join(f"% {word}" for word in typed)
    return _TOGETHER, [f" {phrase} ", f" {phrase}%", f"% {phrase}%", f"{in_order}%"]


def _weight(term: Term) -> Sql:
    typed, near = Term(term.beginnings[:1]), Term(term.beginnings[1:])
    cases = [(any_like("words", [typed], end=" %"), _WHOLE), (any_like("words", [typed]), _BEGUN)]
    if near.beginnings:
        cases.append((any_like("words", [near], end=" %"), _WHOLE_NEARLY))
        cases.append((any_like("words", [near]), _BEGUN_NEARLY))
    cases.append((any_like("context_words", [term]), _AROUND))
    whens = " ".join(f"WHEN {sql} THEN {weight}" for (sql, _), weight in cases)
    params = chain.from_iterable(params for (_, params), _ in cases)
    return f"(CASE {whens} ELSE 0 END)", list(params)


def _joined(between: str, parts: Sequence[Sql]) -> Sql:
    sql = between.join(part for part, _ in parts)
    return f"({sql})", [value for _, params in parts for value in params]
