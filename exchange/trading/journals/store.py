"""Segments in a directory or a bucket: anything that Django has a storage for."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import BinaryIO, Final, cast

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from exchange.trading.journals.faults import BadBatchError, SegmentError, TornSegmentError
from exchange.trading.journals.replaying import START_DIGEST
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.journals.segments import (
    SegmentName,
    decode_segment,
    encode_segment,
    name_segment,
)
from exchange.trading.models import JournalBatch

_FOLDER: Final = re.compile(r"shard-(\d+)", re.ASCII)


class SegmentStore:
    """The segments of every shard. Only `put` and `cut_torn` change anything."""

    def __init__(self, storage: Storage) -> None:
        self.storage: Final = storage

    def shards(self) -> list[int]:
        """Return the shards that have a folder."""
        matches = (_FOLDER.fullmatch(name) for name in self._list("")[0])
        return sorted(int(match[1]) for match in matches if match is not None)

    def segments(self, shard: int) -> list[SegmentName]:
        """Return a shard's segments, by what their names say, in order."""
        names = (SegmentName.parse(shard, name) for name in self._list(f"shard-{shard}")[1])
        return sorted(name for name in names if name is not None)

    def put(self, previous: str, rows: Sequence[JournalBatch]) -> None:
        """Write a segment; `previous` is the digest before its first batch.

        Raises SegmentError when somebody else wrote the same one meanwhile.
        """
        path = name_segment(rows).path
        saved = self.storage.save(path, ContentFile(encode_segment(previous, rows)))
        if saved != path:
            self.storage.delete(saved)
            raise SegmentError(f"{path} is there already: another process ships to this place")

    def rows(self, shard: int, *, after: int = 0) -> Iterator[JournalBatch]:
        """Iterate over a shard's batches in order. Each comes once, even if two segments have it.

        Raises BadBatchError where a batch is missing, SegmentError for a damaged segment.
        """
        for name in self.segments(shard):
            if name.last <= after:
                continue
            if name.first > after + 1:
                raise BadBatchError(shard, after + 1, f"is missing before {name.path}")
            for row in self._read(name):
                if row.number > after:
                    after = row.number
                    yield row

    def end(self, shard: int) -> JournalEnd:
        """Return the last batch of a shard's last segment, which is read through.

        Raises SegmentError, TornSegmentError.
        """
        last = max(self.segments(shard), key=lambda name: name.last, default=None)
        if last is None:
            return JournalEnd(shard=shard, number=0, digest=START_DIGEST)
        *_, row = self._read(last)
        return JournalEnd(shard=shard, number=row.number, digest=row.digest)

    def cut_torn(self, shard: int, *, until: int) -> SegmentName | None:
        """Delete a shard's last segment if its writing was cut off, and return its name.

        Its batches are then to be written again: the caller has those up to `until`, and one that
        holds others is not deleted. Raises SegmentError for that, and for other damage.
        """
        last = max(self.segments(shard), key=lambda name: name.last, default=None)
        if last is None:
            return None
        try:
            for _ in self._read(last):
                pass
        except TornSegmentError as torn:
            if last.last > until:
                raise SegmentError(f"{torn}; the database ends at batch {until}") from torn
            self.storage.delete(last.path)
            return last
        return None

    def _read(self, name: SegmentName) -> Iterator[JournalBatch]:
        with closing(self.storage.open(name.path)) as file:
            yield from decode_segment(name, cast("BinaryIO", file))

    def _list(self, path: str) -> tuple[list[str], list[str]]:
        try:
            return self.storage.listdir(path)
        except FileNotFoundError:  # nothing was written yet
            return [], []
