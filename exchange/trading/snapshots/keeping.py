"""Snapshots by an owner that nobody follows: between batches, while nothing waits."""

from collections.abc import Iterable
from typing import Final

from django.conf import settings

from exchange.trading.books import ShardBooks
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.snapshots.store import newest_snapshot, save_snapshot

# Its books stand still meanwhile, so large ones are kept less often: a megabyte takes 70 ms.
_PERIOD_BYTES: Final = 1_000_000


def keep_due_snapshot(shards: Iterable[ShardBooks]) -> None:
    """Keep a snapshot of the first shard that one is due of. Outside of a batch."""
    for books in shards:
        if books.journal_number >= books.snapshot_at:
            newest = newest_snapshot(books.shard)
            number, size_bytes = newest or (0, 0)
            period = settings.SNAPSHOT_BATCHES * (1 + size_bytes // _PERIOD_BYTES)
            books.snapshot_at = number + period
            if newest is None or books.journal_number >= books.snapshot_at:
                _keep(books)
                return


def _keep(books: ShardBooks) -> None:
    end = JournalEnd(shard=books.shard, number=books.journal_number, digest=books.digest)
    save_snapshot(end, books.engine)
    books.snapshot_at = end.number + settings.SNAPSHOT_BATCHES
