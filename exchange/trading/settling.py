"""A COMMIT that failed: whether the batch is journaled is asked of the database, never guessed."""

from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from core.db import lend_connection
from exchange.trading.books import ShardBooks
from exchange.trading.lease import LeaseLostError, lock_shard_end

if TYPE_CHECKING:
    from exchange.trading.batch import Batch

log = structlog.get_logger(__name__)


def settle(books: ShardBooks) -> "Batch | None":
    """Find out what became of the unsettled batch; return it if it is journaled, else None.

    The books follow. Runs a transaction of its own on a connection that is known to be sound,
    and waits there for a COMMIT that may still be under way. Raises LeaseLostError where another
    owner took the shard meanwhile; an error of the database leaves the batch unsettled.
    """
    batch = books.unsettled
    assert batch is not None, "there is nothing to find out"
    lend_connection()
    with transaction.atomic(durable=True):
        end = lock_shard_end(books.shard)
    if (end.epoch, end.journal_number, end.digest) == (books.epoch, batch.number, batch.digest):
        log.warning("commit_had_succeeded", shard=books.shard, number=batch.number)
        books.commit(journal_number=batch.number, digest=batch.digest)
        return batch
    books.roll_back()
    if (end.epoch, end.journal_number) != (books.epoch, books.journal_number):
        raise LeaseLostError(f"shard {books.shard}: epoch {end.epoch}, batch {end.journal_number}")
    return None
