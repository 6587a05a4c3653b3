"""A search as it was typed, and as each database is asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from search.folding import fold_query

QUERY_LENGTH_MAX: Final = 200
_TERMS_MAX: Final = 12
# A single beginning as short as this is looked for in titles only, most popular first.
_SHORT: Final = 3
# How the words around a title are marked where one index holds both (PostgreSQL).
CONTEXT_MARK: Final = "~"


@dataclass(frozen=True, slots=True)
class Term:
    """A word that was typed: the beginnings it may stand for, more than one where it is near."""

    beginnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Words that a document must have, each somewhere; where `lacking`, all of them but one."""

    terms: tuple[Term, ...]
    lacking: bool = False
    everywhere: bool = False
    """Whether a short beginning, too, is looked for around titles."""

    @property
    def is_short(self) -> bool:
        """Whether it is the beginning of one word, of 1 to 3 letters, of a title."""
        first = self.terms[0].beginnings[0] if self.terms else ""
        return len(self.terms) == 1 and len(first) <= _SHORT and not self.everywhere

    def as_tsquery(self) -> str:
        """Return it as PostgreSQL's text of a tsquery; words are letters and digits only."""
        return " | ".join(
            " & ".join(f"({self._lexemes(term)})" for term in terms) for terms in self._ways()
        )

    def as_fts5(self) -> str:
        """Return it as SQLite's FTS5 is asked."""
        columns = "words" if self.is_short else "{words context_words}"
        return " OR ".join(
            "(" + " AND ".join(f"({columns} : ({_prefixes(term)}))" for term in terms) + ")"
            for terms in self._ways()
        )

    def _ways(self) -> Sequence[Sequence[Term]]:
        if not self.lacking or len(self.terms) == 1:
            return [self.terms]
        return list(combinations(self.terms, len(self.terms) - 1))

    def _lexemes(self, term: Term) -> str:
        marks = ("",) if self.is_short else ("", CONTEXT_MARK)
        return " | ".join(f"'{mark}{word}':*" for word in term.beginnings for mark in marks)


def parse_query(text: str) -> Query:
    """Return what was typed as a query; without terms where there is no letter in it."""
    words = fold_query(text[:QUERY_LENGTH_MAX])[:_TERMS_MAX]
    return Query(tuple(Term((word,)) for word in words))


def _prefixes(term: Term) -> str:
    return " OR ".join(f'"{word}" *' for word in term.beginnings)
