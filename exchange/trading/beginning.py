"""What a batch begins with: where its shard ends, what it judges, and how the senders stand.

On PostgreSQL it is asked in one exchange with the server: a lone order spends most of its batch
waiting for answers, each of which costs as much as the work it tells of.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from core.failpoints import reach
from exchange.ledger.standings import Standing, lock_standings, read_standings
from exchange.trading.books import ShardBooks
from exchange.trading.lease import ShardEnd, check_end, lock_shard_end
from exchange.trading.taking import (
    Entry,
    as_closings,
    as_entries,
    judged_by,
    take_due,
    take_received,
)
from exchange.trading.times import now_ms, to_column
from exchange.trading.writer import Store, open_store


class Beginning(NamedTuple):
    """The open transaction of a batch, before anything is judged.

    `standings` are those of the accounts that the commands are judged by, read but not locked,
    unless they had to be locked first.
    """

    store: Store
    time_ms: int
    due: Sequence[Entry]
    received: Sequence[Entry]
    standings: dict[int, Standing]


def begin_batch(books: ShardBooks, *, limit: int, lock_first: frozenset[int]) -> Beginning:
    """Lock the shard, take what is due and at most `limit` commands. Requires the transaction.

    `lock_first` are accounts to be locked before anything is judged, beside those that command.
    Raises LeaseLostError when another worker owns the shard.
    """
    ask = _ask_at_once if connection.vendor == "postgresql" else _ask_in_turn
    begun = ask(books, limit)
    concerned = judged_by([*begun.due, *begun.received])
    if lock_first:
        return begun._replace(standings=lock_standings(concerned | lock_first))
    missing = concerned - begun.standings.keys()
    return begun._replace(standings=begun.standings | read_standings(missing)) if missing else begun


def _ask_in_turn(books: ShardBooks, limit: int) -> Beginning:
    end = check_end(
        lock_shard_end(books.shard), epoch=books.epoch, journal_number=books.journal_number
    )
    reach("batch.locked")
    time_ms = max(end.last_time_ms, now_ms())
    store = open_store()
    due = take_due(books.shard, time_ms)
    return Beginning(store, time_ms, due, take_received(books.shard, limit), {})


_END = """
SELECT epoch, journal_number, digest, last_time_ms FROM trading_shard WHERE number = %s FOR UPDATE
"""
# By the clock, which never goes back behind the batch before.
_DUE = """
SELECT id FROM markets_market
WHERE shard = %s AND status IN ('open', 'halted') AND closes_at <= greatest(
    %s::timestamptz, (
        SELECT timestamptz 'epoch' + last_time_ms * interval '1 millisecond'
        FROM trading_shard WHERE number = %s
    )
)
ORDER BY closes_at, id
"""
_TAKE = """
WITH taken AS (
    DELETE FROM trading_inboxcommand WHERE id IN (
        SELECT id FROM trading_inboxcommand WHERE shard = %s ORDER BY id LIMIT %s
    )
    RETURNING id, kind, payload, account_id, user_id, reply_to, received_at_ms
)
SELECT taken.*, balance_ticks - exposure_ticks, is_suspended, account_seq
FROM taken LEFT JOIN ledger_account account ON account.id = taken.account_id
ORDER BY taken.id
"""
_TAKEN_COLUMNS = 7


def _ask_at_once(books: ShardBooks, limit: int) -> Beginning:
    shard, now = books.shard, f"{to_column(now_ms())}+00"
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        ended = _say(_END, [shard])
        store = open_store()
        closings = _say(_DUE, [shard, now, shard])
        taken = _say(_TAKE, [shard, limit])
    end = check_end(
        ShardEnd(*ended.fetchone()), epoch=books.epoch, journal_number=books.journal_number
    )
    reach("batch.locked")
    time_ms = max(end.last_time_ms, now_ms())
    rows = taken.fetchall()
    return Beginning(
        store,
        time_ms,
        as_closings(closings.fetchall(), time_ms),
        as_entries(row[:_TAKEN_COLUMNS] for row in rows),
        {row[3]: Standing(*row[_TAKEN_COLUMNS:]) for row in rows if row[3] is not None},
    )


def _say(statement: str, values: Sequence[Any]) -> Any:
    """Send a statement, prepared; its rows are there when the pipeline has ended."""
    from psycopg import Cursor  # noqa: PLC0415 -- PostgreSQL's driver may be absent

    return Cursor(connection.connection).execute(statement, values, prepare=True)
