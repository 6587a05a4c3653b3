"""Following one journal: its commands are run again, and must give the same events again."""

import threading
from typing import Final

import structlog

from exchange.trading.books import ShardBooks
from exchange.trading.collecting import keep_from_collector, without_collector
from exchange.trading.journals.comparing import read_books
from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournalEnd, read_rows
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

    @property
    def is_new(self) -> bool:
        """Whether it has still to begin."""
        return self._replay is None and not self.differs

    @property
    def number(self) -> int:
        """The last batch that was run again; 0 before the first."""
        return 0 if self._replay is None else self._replay.walk.number

    def begin(self) -> None:
        """Read the books back from the rows, as they are after some batch. Holds no writer up."""
        started = monotonic_s()
        with without_collector():
            end, engine, fault = read_books(self.shard)
        if engine is None:
            self.stop(str(fault))
            return
        self._replay = ShardReplay(self.shard, start=end, engine=engine)
        keep_from_collector()
        took_ms = round(1000 * (monotonic_s() - started))
        log.info("journal_followed", shard=self.shard, number=end.number, ms=took_ms)

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
