"""Opening a shard's books: from its rows, and from its last snapshot and the journal since.

Both must give the same. Where they do not, somebody changed the rows, or the writer or the engine
has a fault; nobody trades on such books.
"""

from dataclasses import dataclass

import structlog

from exchange.engine import Engine
from exchange.trading.collecting import without_collector
from exchange.trading.journals.comparing import bring_together, read_books
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.snapshots.store import read_newest, save_snapshot
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBooks:
    """A shard's books after batch `end`; `engine` is None exactly where something is wrong."""

    end: JournalEnd
    engine: Engine | None
    wrong: tuple[str, ...] = ()


def open_books(shard: int) -> OpenedBooks:
    """Return a shard's books once rows and journal were seen to agree.

    Where no snapshot can be read, as before the first, there is nothing to compare the rows with:
    one is taken of them. Holds no writer up. Linear in the books, and in the commands since the
    snapshot. Raises Shard.DoesNotExist.
    """
    started = monotonic_s()
    with without_collector():
        found = read_newest(shard)
        opened = _take_first(shard) if found is None else _compare(shard, *found)
    took_ms = round(1000 * (monotonic_s() - started))
    number, first = opened.end.number, found is None
    log.info("books_opened", shard=shard, number=number, ms=took_ms, not_compared=first)
    return opened


def _take_first(shard: int) -> OpenedBooks:
    end, engine, fault = read_books(shard)
    if engine is None:
        return OpenedBooks(end=end, engine=None, wrong=(str(fault),))
    save_snapshot(end, engine)
    return OpenedBooks(end=end, engine=engine)


def _compare(shard: int, start: JournalEnd, engine: Engine) -> OpenedBooks:
    replay = ShardReplay(shard, start=start, engine=engine)
    together = bring_together(shard, replay)
    is_right = not together.wrong
    return OpenedBooks(
        end=together.end, engine=replay.engine if is_right else None, wrong=together.wrong
    )
