"""Keeping snapshots: found by shard and hash, checked whenever they are read, the old ones gone."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Final

import structlog

from exchange.engine import Engine
from exchange.engine.snapshot import SnapshotError
from exchange.trading.collecting import without_collector
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.snapshots.models import BookSnapshot
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

# Those of a shard that are kept: should the newest be damaged, an older one is used.
_KEPT: Final = 3
# The fastest level: books are read back more often than they are sent anywhere.
_LEVEL: Final = 1


def save_snapshot(end: JournalEnd, engine: Engine) -> str:
    """Keep the engine as it is after batch `end`; return the hash of its bytes.

    Linear in the books: 4 us for an open order. Old ones of the shard go. Nothing changes where
    one of this batch is kept already.
    """
    started = monotonic_s()
    data = engine.snapshot()
    sha256 = hashlib.sha256(data).hexdigest()
    snapshot = BookSnapshot(
        shard=end.shard,
        journal_number=end.number,
        digest=end.digest,
        sha256=sha256,
        size_bytes=len(data),
        compressed=zlib.compress(data, _LEVEL),
    )
    BookSnapshot.objects.bulk_create([snapshot], ignore_conflicts=True)
    _prune(end.shard)
    took_ms = round(1000 * (monotonic_s() - started))
    log.info("snapshot_kept", shard=end.shard, number=end.number, bytes=len(data), ms=took_ms)
    return sha256


def _prune(shard: int) -> None:
    mine = BookSnapshot.objects.filter(shard=shard)
    kept = mine.order_by("-journal_number").values_list("pk", flat=True)[:_KEPT]
    mine.exclude(pk__in=list(kept)).delete()


def newest_snapshot(shard: int) -> tuple[int, int] | None:
    """Return the batch and the size in bytes of a shard's newest snapshot."""
    columns = BookSnapshot.objects.filter(shard=shard).values_list("journal_number", "size_bytes")
    return columns.order_by("-journal_number").first()


def read_bytes(snapshot: BookSnapshot) -> bytes:
    """Return the engine's bytes. Raises SnapshotError where they are not those of the hash."""
    try:
        data = zlib.decompress(snapshot.compressed)
    except zlib.error as error:
        raise SnapshotError(f"cannot be decompressed: {error}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != snapshot.sha256:
        raise SnapshotError(f"its content has the hash {found}")
    return data


def read_newest(shard: int) -> tuple[JournalEnd, Engine] | None:
    """Return the newest snapshot that can be read, as the engine it was taken of, and its batch.

    None where there is none. One that is damaged, or of another version of the engine, is told
    and passed over.
    """
    for snapshot in _newest_first(shard):
        try:
            with without_collector():
                engine = Engine.restore(read_bytes(snapshot))
        except SnapshotError as error:
            number = snapshot.journal_number
            log.error("snapshot_unreadable", shard=shard, number=number, reason=str(error))  # noqa: TRY400 -- the reason says it all
        else:
            end = JournalEnd(shard=shard, number=snapshot.journal_number, digest=snapshot.digest)
            return end, engine
    return None


def _newest_first(shard: int) -> Iterator[BookSnapshot]:
    # One at a time: each may take megabytes.
    rows = BookSnapshot.objects.filter(shard=shard).order_by("-journal_number")
    for pk in rows.values_list("pk", flat=True)[:_KEPT]:
        yield from rows.filter(pk=pk)
