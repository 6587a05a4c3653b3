"""Books from rows are whole, and those of the journal (invariants 4, 5, 6 and 10)."""

from collections.abc import Iterator

from exchange.trading.journals.comparing import compare_shard, read_books
from exchange.trading.journals.rows import read_ends, read_rows
from exchange.trading.journals.verifying import Seen, walk_shard


def check_books() -> Iterator[str]:
    """Books read back are consistent and not crossed (invariant 4)."""
    for end in read_ends():
        _, engine, fault = read_books(end.shard)
        if engine is None:
            yield str(fault)
            continue
        try:
            engine.check_invariants()
        except AssertionError as error:
            yield f"shard {end.shard}: {error}"


def check_replays(seen: Seen = lambda: None) -> Iterator[str]:
    """Every journal, run again, gives the same events and the books of the rows (4, 5 and 10)."""
    for end in read_ends():
        yield from compare_shard(end.shard, seen=seen).wrong


def check_journals(seen: Seen = lambda: None) -> Iterator[str]:
    """Every journal is without a gap and its digests chain (invariant 6)."""
    for end in read_ends():
        yield from walk_shard(read_rows(end.shard), end, seen)
