"""Following one journal: its commands are run again, and must give the same events again."""

import threading
from typing import Final

import structlog
from django.conf import settings

from exchange.trading.books import ShardBooks
from exchange.trading.collecting import keep_from_collector, without_collector
from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournalEnd, read_rows
from exchange.trading.snapshots.opening import open_books
from exchange.trading.snapshots.store import newest_snapshot, save_snapshot
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

# A piece of work takes about so long, so that whoever wants the books need not wait for them.
_PIECE_S: Final = 0.05


class JournalFollower:
    """A shard's books in memory, as far as its journal was followed.

    It holds no balances: a batch is run again by the facts it was judged by. `differs` says why
    it stopped for good. `lock` is held by whoever works on it; one thread at a time does.
    """

    def __init__(self, shard: int) -> None:
        self.shard: Final = shard
        self.lock: Final = threading.Lock()
        self.is_warm = False
        self.differs = ""
        self._replay: ShardReplay | None = None
        self._snapshot_at = 0

    @property
    def is_new(self) -> bool:
        """Whether it has still to begin."""
        return self._replay is None and not self.differs

    @property
    def number(self) -> int:
        """The last batch that was run again; 0 before the first."""
        return 0 if self._replay is None else self._replay.walk.number

    def begin(self) -> None:
        """Open the books, as they are after some batch. Holds no writer up."""
        opened = open_books(self.shard)
        if opened.engine is None:
            self.stop("; ".join(opened.wrong))
            return
        self._replay = ShardReplay(self.shard, start=opened.end, engine=opened.engine)
        keep_from_collector()

    def catch_up(self, until: int, *, limit_s: float | None = _PIECE_S) -> None:
        """Run batches again up to `until`, at most for about `limit_s`; stops at a fault.

        Warm is who has been at an end once: from then on it is never far behind.
        """
        assert self._replay is not None, "begin first"
        started = monotonic_s()
        try:
            with without_collector():
                for row in read_rows(self.shard, after=self.number, until=until):
                    self._replay.apply(row)
                    if limit_s is not None and monotonic_s() - started >= limit_s:
                        break
        except BadJournalError as fault:
            self.stop(str(fault))
        self.is_warm = self.is_warm or self.number >= until

    def keep_snapshot(self) -> bool:
        """Keep a snapshot if it is time for one; whether it was.

        The owner of the books goes on meanwhile: this is why its standby does it.
        """
        if self._replay is None or self.differs or self.number < self._snapshot_at:
            return False
        newest = newest_snapshot(self.shard)
        self._snapshot_at = settings.SNAPSHOT_BATCHES + (0 if newest is None else newest[0])
        if self.number < self._snapshot_at:
            return False
        walk = self._replay.walk
        end = JournalEnd(shard=self.shard, number=walk.number, digest=walk.digest)
        save_snapshot(end, self._replay.engine)
        self._snapshot_at = end.number + settings.SNAPSHOT_BATCHES
        return True

    def stop(self, why: str) -> None:
        """Follow no further, and raise the alarm: something is not what it should be."""
        self.differs = why
        log.error("standby_differs", shard=self.shard, number=self.number, reason=why)

    def books(self, end: JournalEnd, *, epoch: int) -> ShardBooks | None:
        """Return the books, to be traded on by the owner of this epoch, the journal ending there.

        What is missing is caught up with first. None where they are not those of the journal.
        """
        if self._replay is None or self.differs:
            return None
        self.catch_up(end.number, limit_s=None)
        if self.differs:
            return None
        try:
            self._replay.walk.check_end(end)
        except BadJournalError as fault:
            self.stop(str(fault))
            return None
        return ShardBooks(
            shard=self.shard,
            epoch=epoch,
            journal_number=end.number,
            digest=end.digest,
            engine=self._replay.engine,
        )
