"""Long lists in short pieces: a statement takes only so many values."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

# Below what every SQLite takes as variables of one statement.
VALUES_MAX: Final = 900


def slices(values: Iterable[T], size: int = VALUES_MAX) -> Iterator[Sequence[T]]:
    """Return the values in lists of at most `size`, in order."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
