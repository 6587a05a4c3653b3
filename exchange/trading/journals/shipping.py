"""Shipping the journal: every batch into segments elsewhere, each once, whatever is cut off.

Where to go on is not written down anywhere: it is what the last segment there says. So a crash
between any two writes leaves either a whole segment or a torn one, which is cut and written again.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import structlog
from django.core.files.storage import Storage

from exchange.trading.journals.directory import only_writer
from exchange.trading.journals.faults import SegmentError
from exchange.trading.journals.replaying import START_DIGEST, ChainWalk
from exchange.trading.journals.rows import JournalEnd, read_ends, read_rows
from exchange.trading.journals.store import SegmentStore
from exchange.trading.journals.verifying import Seen
from exchange.trading.models import JournalBatch

log = structlog.get_logger(__name__)

_SEGMENT_BYTES_MAX: Final = 8 * 1024 * 1024
_SEGMENT_BATCHES_MAX: Final = 10_000


class Shipper:
    """Ships to one place. It remembers how far it came; a new one finds that out by itself."""

    def __init__(self, storage: Storage) -> None:
        self.store: Final = SegmentStore(storage)
        self._ends: dict[int, JournalEnd] = {}

    def ship(self, seen: Seen = lambda: None) -> int:
        """Ship what every shard's journal has grown by; return how many batches that was.

        Must not be called inside a transaction. Raises BadBatchError for a journal that is damaged
        (what comes before the fault is shipped), SegmentError when the place holds something else.
        """
        with only_writer(self.store.storage):
            return sum(self._ship_shard(end, seen) for end in read_ends())

    def count_new(self) -> int:
        """Return how many batches `ship` has to ship; about so many where a tail is torn."""
        return sum(
            end.number - max((name.last for name in self.store.segments(end.shard)), default=0)
            for end in read_ends()
        )

    def _ship_shard(self, end: JournalEnd, seen: Seen) -> int:
        start = self._ends.get(end.shard) or self._find_end(end)
        walk = ChainWalk(end.shard, number=start.number, digest=start.digest)
        for rows in _cut_into_segments(read_rows(end.shard, after=start.number, until=end.number)):
            previous = walk.digest
            for row in rows:
                walk.step(row)
            # Should this fail half-way, the next attempt looks for what is there.
            self._ends.pop(end.shard, None)
            self.store.put(previous, rows)
            self._ends[end.shard] = JournalEnd(
                shard=end.shard, number=walk.number, digest=walk.digest
            )
            for _ in rows:
                seen()
        walk.check_end(end)
        return walk.number - start.number

    def _find_end(self, end: JournalEnd) -> JournalEnd:
        torn = self.store.cut_torn(end.shard, until=end.number)
        if torn is not None:
            log.warning("torn_segment_cut", segment=torn.path)
        start = self.store.end(end.shard)
        if start.number > end.number or _digest_of(start) != start.digest:
            raise SegmentError(
                f"shard {end.shard}: the place holds another journal than the database from batch "
                f"{start.number} or before; was the database restored? Ship to a new place."
            )
        return start


def _digest_of(end: JournalEnd) -> str:
    """Return the digest that the database has where a store ends; "" where it has no such batch."""
    if not end.number:
        return START_DIGEST
    rows = list(read_rows(end.shard, after=end.number - 1, until=end.number))
    return rows[0].digest if rows else ""


def _cut_into_segments(rows: Iterable[JournalBatch]) -> Iterator[list[JournalBatch]]:
    segment: list[JournalBatch] = []
    size_bytes = 0
    for row in rows:
        segment.append(row)
        size_bytes += len(row.facts) + len(row.entries)
        if size_bytes >= _SEGMENT_BYTES_MAX or len(segment) >= _SEGMENT_BATCHES_MAX:
            yield segment
            segment, size_bytes = [], 0
    if segment:
        yield segment
