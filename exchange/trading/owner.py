"""The synchronous half of a book worker: holds leases and books, judges batches.

Everything here runs in one thread. The asynchronous half (worker.py) only wakes it and
publishes what it returns.
"""

import gc
import time
from collections.abc import Iterable, Iterator
from typing import Final

import structlog
from django.conf import settings

from core.db import DATABASE_AWAY
from core.failpoints import reach
from exchange.trading import inbox, lease
from exchange.trading.batch import Batch
from exchange.trading.bisecting import judge_next
from exchange.trading.books import ShardBooks, load_books
from exchange.trading.lease import LeaseLostError
from exchange.trading.publisher import Publication, make_publication

log = structlog.get_logger(__name__)

_LEASE_PERIOD_S: Final = 0.5
# A due closing is looked for this often when nothing else wakes the shard.
_DUE_PERIOD_S: Final = 0.5


class BooksOwner:
    """Owns the books of the shards it holds leases of, and judges what waits for them."""

    def __init__(self, shards: Iterable[int]) -> None:
        self.name = lease.owner_name()
        self.books: dict[int, ShardBooks] = {}
        self._wanted = tuple(shards)
        self._leases_at = 0.0
        self._due_at = 0.0

    def step(self) -> Iterator[Publication]:
        """Keep leases up, then judge one batch of each shard that has something waiting.

        Yields what to publish after each commit. An error of the database leaves everything
        as it was for the next step.
        """
        self.keep_leases()
        for shard in self._shards_to_judge():
            self.keep_leases()
            books = self.books.get(shard)
            batch = None if books is None else self._judge(books)
            if books is not None and batch is not None:
                log.debug("batch", shard=shard, number=batch.number, commands=len(batch.judged))
                yield make_publication(books.engine, batch)

    def look_for_due(self) -> None:
        """Have the next step look for what is due in every shard."""
        self._due_at = 0.0

    def stop(self) -> None:
        """Hand every shard over, so that another worker may take it at once."""
        lease.hand_over(self.books, owner=self.name)
        self.books.clear()

    def keep_leases(self) -> None:
        """Renew the leases when it is time, let go of lost ones, take free ones and their books."""
        now = time.monotonic()
        if now < self._leases_at:
            return
        self._leases_at = now + _LEASE_PERIOD_S
        held = lease.renew_leases(self.books, owner=self.name) if self.books else set()
        for shard in set(self.books) - held:
            log.warning("lease_lost", shard=shard)
            self._drop(shard)
        for shard in self._wanted:
            if shard not in self.books:
                self._take(shard)
                # Loading a large book takes time: the others must not expire meanwhile.
                lease.renew_leases(self.books, owner=self.name)

    def _take(self, shard: int) -> None:
        lease.ensure_shards([shard])
        epoch = lease.take_lease(shard, owner=self.name)
        if epoch is None:
            return
        reach("books.lease_taken")
        started = time.monotonic()
        books = load_books(shard, epoch=epoch)
        reach("books.loaded")
        if not lease.renew_leases([shard], owner=self.name):
            log.warning("lease_lost_while_loading", shard=shard)
            return
        self.books[shard] = books
        # A book of a million orders holds no garbage: the collector need not look for it.
        gc.freeze()
        log.info(
            "books_taken", shard=shard, epoch=epoch, ms=round(1000 * (time.monotonic() - started))
        )

    def _drop(self, shard: int) -> None:
        del self.books[shard]
        # Its levels and orders know each other: only the collector can free them.
        gc.unfreeze()

    def _shards_to_judge(self) -> list[int]:
        now = time.monotonic()
        if now >= self._due_at:
            self._due_at = now + _DUE_PERIOD_S
            return sorted(self.books)
        return inbox.waiting_shards(self.books)

    def _judge(self, books: ShardBooks) -> Batch | None:
        """Judge a batch; what goes wrong in one shard's never keeps the others from theirs."""
        try:
            return judge_next(books, most=settings.BATCH_COMMANDS_MAX)
        except LeaseLostError as lost:
            log.warning("books_dropped", shard=books.shard, reason=str(lost))
            self._drop(books.shard)
        except DATABASE_AWAY:
            raise
        except Exception:
            # Nothing is lost: the command stays in the inbox and is tried again at the next step.
            log.exception("shard_is_stuck", shard=books.shard)
        return None
