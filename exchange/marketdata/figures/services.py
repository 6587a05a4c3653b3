"""Writing figures. They follow from candles and positions, so they can be made again any time."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import connection, transaction

from core.clock import now_ms
from core.sql import as_list, is_one_of
from exchange.marketdata.candles.bars import start_of
from exchange.marketdata.candles.models import Candle, Interval
from exchange.marketdata.figures.models import ContractFigures

_DAY_S: Final = 86_400
_AT_ONCE: Final = 500
# Whose turn it is: of two who measure contracts of one market, each would add up what the other
# has not committed. On SQLite the transaction itself is the turn.
TURN: Final = 0xF16E5
# Said by hand: twice a second on a busy exchange, and Django would put it together each time. A
# contract that is younger than a day has moved since its first trade.
_CANDLES: Final = (
    "FROM marketdata_candle WHERE contract_id = contract.id"
    f" AND interval_s = {Interval.FIVE_MINUTES:d}"
)
_MEASURE_CONTRACTS: Final = f"""
WITH measured AS (
    SELECT contract.id, contract.market_id,
        (SELECT sum(volume) {_CANDLES} AND start_s >= %s) AS volume,
        (SELECT close_ticks {_CANDLES} ORDER BY start_s DESC LIMIT 1) AS now_ticks,
        (SELECT close_ticks {_CANDLES} AND start_s < %s
            ORDER BY start_s DESC LIMIT 1) AS before_ticks,
        (SELECT open_ticks {_CANDLES} ORDER BY start_s LIMIT 1) AS first_ticks,
        (SELECT sum(quantity) FROM trading_position
            WHERE contract_id = contract.id AND market_id = contract.market_id
            AND quantity > 0 AND settled_ticks IS NULL) AS held
    FROM markets_contract contract WHERE contract.id {{is_one_of}}
)
INSERT INTO marketdata_contractfigures
    (contract_id, market_id, volume_24h, move_24h_ticks, open_interest)
SELECT id, market_id, coalesce(volume, 0),
    coalesce(now_ticks - coalesce(before_ticks, first_ticks), 0), coalesce(held, 0)
FROM measured WHERE true
ON CONFLICT (contract_id) DO UPDATE SET volume_24h = excluded.volume_24h,
    move_24h_ticks = excluded.move_24h_ticks, open_interest = excluded.open_interest
"""  # noqa: S608 -- a number of ours
_SUM_MARKETS: Final = """
INSERT INTO marketdata_marketfigures (market_id, volume_24h, move_24h_ticks)
SELECT market_id, sum(volume_24h), max(abs(move_24h_ticks)) FROM marketdata_contractfigures
WHERE market_id IN (SELECT market_id FROM markets_contract WHERE id {is_one_of})
GROUP BY market_id
ON CONFLICT (market_id) DO UPDATE SET volume_24h = excluded.volume_24h,
    move_24h_ticks = excluded.move_24h_ticks
"""


def refresh_figures(*, contracts: Iterable[int]) -> None:
    """Make the figures of contracts anew, as of now. Runs transactions of its own."""
    begin_s = since_s()
    for some in _batched(sorted(set(contracts))):
        listed = as_list(some)
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
            cursor.execute(
                _MEASURE_CONTRACTS.format(is_one_of=is_one_of()), [begin_s, begin_s, listed]
            )
            cursor.execute(_SUM_MARKETS.format(is_one_of=is_one_of()), [listed])


def move_the_day_on() -> int:
    """Make the figures anew of whatever traded within a day, or did so before; return how many.

    A day's volume shrinks without a trade. Runs transactions of its own.
    """
    recent = Candle.objects.filter(interval_s=Interval.FIVE_MINUTES, start_s__gte=since_s())
    traded = set(recent.values_list("contract_id", flat=True).distinct())
    shown = ContractFigures.objects.exclude(volume_24h=0, move_24h_ticks=0)
    contracts = traded | set(shown.values_list("pk", flat=True))
    refresh_figures(contracts=contracts)
    return len(contracts)


def since_s() -> int:
    """Return when the day up to now began: its first five minutes count whole."""
    return start_of(now_ms() // 1_000, Interval.FIVE_MINUTES) - _DAY_S


def _batched(contracts: Sequence[int]) -> Iterable[Sequence[int]]:
    return (contracts[at : at + _AT_ONCE] for at in range(0, len(contracts), _AT_ONCE))
