"""How far an account has been told of its fills: per shard, the first trade that it was not told.

As text that is a cursor, which a client gives back: what lies between two of them is told once,
whatever else commits meanwhile.
"""

import re
from collections.abc import Mapping
from typing import Final

from django.db.models import Q

from core.errors import Code, Problem
from core.prepared import PreparedQuery
from exchange.trading.lease import TRADES_PER_SHARD
from exchange.trading.models import Shard

NextTrades = Mapping[int, int]  # shard: trade id
CURSOR_LENGTH_MAX: Final = 2_000
_NONE: Final = "0.1"  # before the first trade there is
_PART: Final = r"\d{1,4}\.\d{1,13}"
_CURSOR: Final = re.compile(rf"{_PART}(-{_PART})*", re.ASCII)
_NEXT_TRADES: Final = PreparedQuery(lambda: Shard.objects.values_list("number", "next_trade"))


def read_next_trades() -> dict[int, int]:
    """Return the id that the next trade of each shard will have. Read it before the trades."""
    return dict(_NEXT_TRADES.ask())


def to_cursor(next_trades: NextTrades) -> str:
    """Return the cursor of what was told; shards without a trade are left out."""
    counts = ((shard, trade - _first(shard)) for shard, trade in sorted(next_trades.items()))
    return "-".join(f"{shard}.{count}" for shard, count in counts if count > 1) or _NONE


def read_cursor(text: str) -> NextTrades:
    """Return what a cursor says. Raises Problem INVALID_CURSOR for one that was never given."""
    if len(text) > CURSOR_LENGTH_MAX or not _CURSOR.fullmatch(text):
        raise Problem(Code.INVALID_CURSOR)
    parts = (part.split(".") for part in text.split("-"))
    return {int(shard): _first(int(shard)) + int(count) for shard, count in parts}


def told_between(since: NextTrades, until: NextTrades) -> Q:
    """Return the condition on trades that were not told at `since` and are at `until`."""
    ranges = Q(pk__in=())
    for shard, end in until.items():
        start = since.get(shard, _first(shard))
        if end > start:
            ranges |= Q(pk__gte=start, pk__lt=end)
    return ranges


def _first(shard: int) -> int:
    return shard * TRADES_PER_SHARD
