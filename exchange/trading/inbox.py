"""The inbox table: commands received and not yet judged, taken in the order of their ids.

Read by state (a row that is there is not yet judged), never by `id > cursor`: ids commit out of
order, and a cursor would lose the late ones.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Count

from core import loop
from exchange.trading.channels import book_group
from exchange.trading.models import InboxCommand
from exchange.trading.times import now_ms
from exchange.trading.writer.statements import Insert
from exchange.trading.writer.store import open_store

# command id, kind, payload, account, user, who waits for the answer, when it was received
Taken = tuple[int, str, str, int | None, int | None, str, int]
# The same as it is inserted: command id, shard, kind, ...
Row = tuple[int, int, str, str, int | None, int | None, str, int]

_INBOX: Final = Insert(
    "trading_inboxcommand",
    (
        "id", "shard", "kind", "payload", "account_id", "user_id", "reply_to", "received_at_ms",
    ),
    free_text=(3,),
)  # fmt: skip

_TAKE: Final = """
DELETE FROM trading_inboxcommand WHERE id IN (
    SELECT id FROM trading_inboxcommand WHERE shard = %s ORDER BY id LIMIT %s
)
RETURNING id, kind, payload, account_id, user_id, reply_to, received_at_ms
"""
_WAITS: Final = """
SELECT shard FROM (
    SELECT shard FROM trading_inboxcommand WHERE shard = %s ORDER BY id LIMIT 1
) AS first
"""

_DEPTHS: Final = "SELECT shard, COUNT(*) FROM trading_inboxcommand GROUP BY shard"

# Book workers of this very process, told directly; others are told through the channel layer.
_local_listeners: list[Callable[[int], None]] = []


def new_row(
    *,
    command_id: int,
    shard: int,
    command: Mapping[str, Any],
    account_id: int | None = None,
    user_id: int | None = None,
    reply_to: str = "",
) -> InboxCommand:
    """Return an inbox row, not saved, for a command in the engine's JSON form."""
    return InboxCommand(
        id=command_id,
        shard=shard,
        kind=command["type"],
        payload=json.dumps(command, separators=(",", ":")),
        account_id=account_id,
        user_id=user_id,
        reply_to=reply_to,
        received_at_ms=now_ms(),
    )


def put(rows: Sequence[InboxCommand]) -> None:
    """Insert rows in one statement. They are received once the transaction commits."""
    InboxCommand.objects.bulk_create(rows)


def insert(rows: Sequence[Row]) -> None:
    """Insert rows, many as quickly as few. Requires a transaction: with its commit they are in."""
    if rows:
        with open_store().insert(_INBOX) as sink:
            sink.write(rows)


def take(shard: int, limit: int) -> list[Taken]:
    """Take the next rows of a shard out, in the order of their ids. Requires a transaction.

    They are taken for good when it commits: at most once, and together with what came of them.
    """
    assert connection.in_atomic_block, "a command is taken with what comes of it, or not at all"
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [shard, limit])
        return sorted(cursor.fetchall())  # the rows come back in no particular order


def waiting_shards(shards: Iterable[int]) -> list[int]:
    """Return which of the shards have commands waiting. Costs the same however many wait."""
    wanted = sorted(shards)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_WAITS] * len(wanted)), wanted)
        return [shard for (shard,) in cursor.fetchall()]


def depth(shard: int | None = None) -> int:
    """Return how many commands wait, in a shard or in all."""
    rows = InboxCommand.objects.all()
    if shard is not None:
        rows = rows.filter(shard=shard)
    return int(rows.aggregate(n=Count("pk"))["n"])


def depths() -> dict[int, int]:
    """Return how many commands wait in each shard that has any."""
    with connection.cursor() as cursor:
        cursor.execute(_DEPTHS)
        return dict(cursor.fetchall())


def nudge(shards: Iterable[int]) -> None:
    """Wake the owners of shards. Call after the commit; a lost nudge costs a poll's wait."""
    nudged = set(shards)
    for shard in nudged:
        for listener in tuple(_local_listeners):
            listener(shard)
    if nudged and not _local_listeners:
        loop.post(lambda: _nudge_through_layer(nudged))


def listen(listener: Callable[[int], None]) -> Callable[[], None]:
    """Have a listener of this process called with each nudged shard; return how to stop."""
    _local_listeners.append(listener)
    return lambda: _local_listeners.remove(listener)


async def _nudge_through_layer(shards: Iterable[int]) -> None:
    from channels.layers import get_channel_layer  # noqa: PLC0415 -- settings are ready by now

    layer = get_channel_layer()
    for shard in shards:
        await layer.group_send(book_group(shard), {"type": "nudge", "shard": shard})
