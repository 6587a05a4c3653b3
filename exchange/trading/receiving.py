"""Writing commands into the inbox, with their senders' own ids: all of a group, or nothing.

PostgreSQL does it with one statement, which is a transaction of its own: a lone command costs one
exchange with the server. SQLite needs a statement for each table, as do orders that end with a
session.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import connection, transaction

from core.failpoints import reach
from exchange.trading import inbox, keys
from exchange.trading.order_sessions.services import bind, find_bindings
from exchange.trading.sending import Sending

# The first of two with one key is the one with the lower id. Keys are bound in one order
# everywhere, so that two processes never wait for each other in a circle.
_RECEIVE: Final = """
WITH sent AS (
    SELECT * FROM unnest(
        %s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::text[], %s::text[]
    ) AS s (id, shard, kind, payload, account_id, user_id, received_at_ms, name, body_hash)
), bound AS (
    INSERT INTO trading_commandkey (account_id, client_order_id, body_hash, command_id)
    SELECT account_id, name, body_hash, id FROM sent WHERE name <> ''
    ORDER BY account_id, name, id
    ON CONFLICT (account_id, client_order_id) DO NOTHING
    RETURNING command_id
)
INSERT INTO trading_inboxcommand
    (id, shard, kind, payload, account_id, user_id, received_at_ms, reply_to)
SELECT id, shard, kind, payload, account_id, user_id, received_at_ms, %s::text FROM sent
WHERE name = '' OR id IN (SELECT command_id FROM bound)
RETURNING id
"""


def receive(sendings: Sequence[Sending], *, reply_to: str) -> set[int]:
    """Commit commands to the inbox; return the ids of those that are new.

    The others have an id of their sender's own that stands for an earlier command (keys.py).
    """
    bindings = find_bindings(sendings)
    if connection.vendor == "postgresql" and not bindings:
        return _receive_at_once(sendings, reply_to)
    with transaction.atomic():
        claimed = keys.claim_all(sendings)
        new = [one for one, found in zip(sendings, claimed, strict=True) if found == one.command_id]
        inbox.insert([_row(sending, reply_to) for sending in new])
        if bindings:
            bind([bindings[one.command_id] for one in new if one.command_id in bindings])
        reach("gateway.inserted")
    return {sending.command_id for sending in new}


def _receive_at_once(sendings: Sequence[Sending], reply_to: str) -> set[int]:
    ids, shards, kinds, payloads, accounts, users, names, hashes, times, *_ = zip(
        *sendings, strict=True
    )
    arrays = [
        _numbers(ids), _numbers(shards), _texts(kinds), _texts(payloads), _numbers(accounts),
        _numbers(users), _numbers(times), _texts(names), _texts(hashes),
    ]  # fmt: skip
    from psycopg import Cursor  # noqa: PLC0415 -- PostgreSQL's driver may be absent

    connection.ensure_connection()
    reach("gateway.inserted")
    # Prepared by the server, which Django's own cursors never ask for: planning it takes longer
    # than carrying it out.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(_RECEIVE, [*arrays, reply_to], prepare=True)
        return {command_id for (command_id,) in cursor.fetchall()}


def _row(sending: Sending, reply_to: str) -> inbox.Row:
    return (
        sending.command_id, sending.shard, sending.kind, sending.payload, sending.account_id,
        sending.user_id, reply_to, sending.received_at_ms,
    )  # fmt: skip


def _numbers(values: Iterable[int | None]) -> str:
    """Return an array as text: by hand, as a driver that looks at each value takes longer."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def _texts(values: Sequence[Any]) -> str:
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}'
