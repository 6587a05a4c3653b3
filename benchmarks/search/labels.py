"""The labelled queries, and whether an answer is right.

Two rules, fixed before anything was tuned. `short`, 2 or 3 letters: the first five are the open
documents that have a word with this prefix, in the order of the stated rank (docs/decisions/0036).
All others: the document named is in the first five.
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

SHORT: Final = "short"
_FILE: Final = Path(__file__).with_name("queries.csv")


class Label(NamedTuple):
    """A query and, unless its rule is `short`, the title it is meant to find."""

    rule: str
    query: str
    title: str


def read_labels() -> list[Label]:
    """Return all labelled queries."""
    with _FILE.open(encoding="utf-8", newline="") as rows:
        return [Label(**row) for row in csv.DictReader(rows)]


def is_right(label: Label, found: Sequence[str], by_rank: Sequence[str]) -> bool:
    """Whether the titles found, best first, are right.

    `by_rank`: for a short query, the titles that the rule asks for, from a plain scan.
    """
    if label.rule == SHORT:
        return list(found[:5]) == list(by_rank[:5])
    return label.title in found[:5]
