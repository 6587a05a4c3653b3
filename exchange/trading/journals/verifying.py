"""Verifying a journal: its chain, and that the engine gives the same events again."""

from collections.abc import Callable, Iterable, Iterator

from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.replaying import ChainWalk, ShardReplay
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.models import JournalBatch

# Told of each batch that is done.
Seen = Callable[[], object]


def walk_shard(
    rows: Iterable[JournalBatch], end: JournalEnd, seen: Seen = lambda: None
) -> Iterator[str]:
    """Walk a shard's whole chain; yield what is wrong: nothing, or the first fault."""
    walk = ChainWalk(end.shard)
    try:
        for row in rows:
            walk.step(row)
            seen()
        walk.check_end(end)
    except BadJournalError as fault:
        yield str(fault)


def replay_shard(
    rows: Iterable[JournalBatch],
    end: JournalEnd,
    seen: Seen = lambda: None,
    replay: ShardReplay | None = None,
) -> Iterator[str]:
    """Walk a shard's chain and re-run it; yield what is wrong: nothing, or the first fault.

    `replay` is one that has come to the batch before the first of `rows`.
    """
    replay = replay or ShardReplay(end.shard)
    try:
        for row in rows:
            replay.apply(row)
            seen()
        replay.walk.check_end(end)
    except BadJournalError as fault:
        yield str(fault)
