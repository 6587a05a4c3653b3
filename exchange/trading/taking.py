"""What a batch judges: what is due by now, then what was received, in order."""

import json
from dataclasses import dataclass

from exchange.engine import commands
from exchange.engine.commands import Command, InputError
from exchange.markets.models import Market
from exchange.trading import inbox
from exchange.trading.offered import is_offered
from exchange.trading.times import to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command to be judged; `command` is None for one that is not offered."""

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
    due = Market.objects.filter(
        shard=shard, status__in=("open", "halted"), closes_at__lte=to_datetime(time_ms)
    )
    return [
        Entry(command=commands.CloseMarket(market), received_at_ms=time_ms, kind="CloseMarket")
        for market in due.order_by("closes_at", "pk").values_list("pk", flat=True)
    ]


def take_received(shard: int, limit: int) -> list[Entry]:
    """Return the next commands of the inbox, at most `limit`."""
    return [
        Entry(
            command=_decode(row.payload),
            command_id=row.pk,
            account_id=row.account_id,
            user_id=row.user_id,
            reply_to=row.reply_to,
            received_at_ms=row.received_at_ms,
            kind=row.kind,
            payload=row.payload,
        )
        for row in inbox.take(shard, limit)
    ]


def _decode(payload: str) -> Command | None:
    try:
        command = commands.decode(json.loads(payload))
    except (InputError, ValueError):
        return None
    return command if is_offered(command) else None
