"""What a batch judges: what is due by now, then what was received, in order."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db import connection

from exchange.engine import commands
from exchange.engine.commands import Command
from exchange.trading import inbox
from exchange.trading.payloads import read_payload
from exchange.trading.times import to_column

_CLOSINGS: Final = """
SELECT id FROM markets_market
WHERE shard = %s AND status IN ('open', 'halted') AND closes_at <= %s ORDER BY closes_at, id
"""


class Entry(NamedTuple):
    """One command to be judged; `command` is None for one that is not offered.

    `command_id` is None for what the owner itself found due (a scheduled close).
    """

    command: Command | None
    command_id: int | None = None
    account_id: int | None = None
    user_id: int | None = None
    reply_to: str = ""
    received_at_ms: int = 0
    kind: str = ""
    payload: str = ""


def take_due(shard: int, time_ms: int) -> list[Entry]:
    """Return a CloseMarket for each market whose closing time has come."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSINGS, [shard, to_column(time_ms)])
        return as_closings(cursor.fetchall(), time_ms)


def as_closings(markets: Iterable[tuple[int]], time_ms: int) -> list[Entry]:
    """Return what closes markets that are due."""
    return [
        Entry(commands.CloseMarket(market), received_at_ms=time_ms, kind="CloseMarket")
        for (market,) in markets
    ]


def judged_by(entries: Iterable[Entry]) -> set[int]:
    """Return the accounts whose money the entries are judged by: who commands, and who crosses."""
    accounts = set()
    for entry in entries:
        if entry.account_id is not None:
            accounts.add(entry.account_id)
        elif type(entry.command) is commands.CrossTrade:
            accounts.update((entry.command.buyer, entry.command.seller))
    return accounts


def take_received(shard: int, limit: int) -> list[Entry]:
    """Take the next commands out of the inbox, at most `limit`. Requires the transaction."""
    return as_entries(inbox.take(shard, limit))


def as_entries(taken: "Iterable[inbox.Taken]") -> list[Entry]:
    """Return commands as they came out of the inbox, ready to be judged."""
    return [
        Entry(
            read_payload(payload),
            command_id,
            account,
            user,
            reply_to,
            received_at_ms,
            kind,
            payload,
        )
        for command_id, kind, payload, account, user, reply_to, received_at_ms in taken
    ]
