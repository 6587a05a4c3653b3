"""The next batch of a shard, also where the one before could not be written.

A batch that fails for no fault of the database holds a command that cannot be written. Half as
many are tried: if they can be written, the culprit is in the other half, else in this one, until
it is alone and is answered as broken. log2(batch) attempts, and everybody else is judged.
"""

import structlog

from exchange.trading.batch import Batch, BatchFailedError, answer_as_broken, run_batch
from exchange.trading.books import ShardBooks
from exchange.trading.collecting import without_collector
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)


def judge_next(books: ShardBooks, *, most: int) -> Batch | None:
    """Judge and journal the next batch of at most `most` commands; None when nothing waits.

    Raises BatchFailedError when not even an answer to a broken command can be written, otherwise
    as `run_batch`.
    """
    while True:
        limit = books.suspects // 2 or 1 if books.suspects else books.pace.limit(most)
        try:
            return _timed_batch(books, limit)
        except BatchFailedError as failed:
            log.exception("batch_failed", shard=books.shard, commands=len(failed.received))
            if len(failed.received) <= 1:
                return _answer_the_culprit(books, failed)
            books.suspects = len(failed.received)


def _timed_batch(books: ShardBooks, limit: int) -> Batch | None:
    started = monotonic_s()
    with without_collector():
        batch = run_batch(books, limit=limit)
    if batch is not None:
        received = sum(judged.entry.command_id is not None for judged in batch.judged)
        books.suspects = max(0, books.suspects - received)
        books.pace.note(received, round(1000 * (monotonic_s() - started)))
    return batch


def _answer_the_culprit(books: ShardBooks, failed: BatchFailedError) -> Batch | None:
    books.suspects = 0
    if not failed.received:
        raise failed
    return answer_as_broken(books, failed.received[0], repr(failed.__cause__))
