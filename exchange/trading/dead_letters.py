"""Commands that broke the engine or could not be written: answered, and kept to be looked into."""

from collections.abc import Mapping, Sequence

from exchange.trading.models import DeadLetter
from exchange.trading.taking import Entry
from exchange.trading.times import to_datetime


def bury(shard: int, entries: Sequence[Entry], broken: Mapping[int, str], time_ms: int) -> None:
    """Keep the entries that were answered as broken. Requires the batch's transaction."""
    DeadLetter.objects.bulk_create(
        DeadLetter(
            command_id=entry.command_id,
            shard=shard,
            payload=entry.payload,
            error=broken.get(entry.command_id, "unreadable payload"),
            created_at=to_datetime(time_ms),
        )
        for entry in entries
        if entry.command_id is not None and (entry.command is None or entry.command_id in broken)
    )
