"""Sums by key over several ordered streams at once, in the memory of one key."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

Key = TypeVar("Key")


def sums_by_key(
    *streams: Iterable[tuple[Key, Sequence[int]]],
) -> Iterator[tuple[Key, tuple[int, ...]]]:
    """Add up the numbers of all streams' items that share a key, as wide as the first of them.

    Every stream is in ascending order of its keys, and all have equally many numbers.
    """
    by_key: Any = itemgetter(0)
    for key, items in groupby(merge(*streams, key=by_key), key=by_key):
        yield key, tuple(map(sum, zip(*(numbers for _, numbers in items), strict=True)))
