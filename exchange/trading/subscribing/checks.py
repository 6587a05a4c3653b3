"""Proofs of what follows the journal (invariant 11)."""

from collections.abc import Iterator

from exchange.trading.models import Shard
from exchange.trading.subscribing.models import JournalCursor


def subscribers_follow_the_journal() -> Iterator[str]:
    """No cursor is beyond the journal: what it took in was committed."""
    ends = dict(Shard.objects.values_list("number", "journal_number"))
    for cursor in JournalCursor.objects.order_by("subscriber", "shard").iterator():
        end = ends.get(cursor.shard, 0)
        if cursor.number > end:
            yield f"{cursor}, beyond the journal's end at {end}"
