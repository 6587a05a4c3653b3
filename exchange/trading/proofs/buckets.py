"""Telling whether two huge sets of records are equal in little memory, and where they are not."""

from typing import Final

_BUCKETS: Final = 4_096


class Buckets:
    """Counts and sums of fingerprints, by id: what is put in and taken out again leaves zeros.

    Two sets that differ leave them with a chance of about 1 in 2**61.
    """

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self._sums = [0] * _BUCKETS

    def put(self, number: int, *values: object, times: int = 1) -> None:
        """Put a record in; take it out with times=-1."""
        bucket = number % _BUCKETS
        self._counts[bucket] += times
        self._sums[bucket] += times * hash((number, values))

    def unequal(self) -> frozenset[int]:
        """Return the buckets in which something is left."""
        pairs = enumerate(zip(self._counts, self._sums, strict=True))
        return frozenset(bucket for bucket, pair in pairs if pair != (0, 0))


def bucket_of(number: int) -> int:
    """Return the bucket of an id."""
    return number % _BUCKETS
