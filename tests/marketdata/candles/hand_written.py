"""Candles by SQL over the trades, written without a look at how the site makes them."""

from django.db import connection

# One row a window; what a cross or a voided trade did is left out.
SQL = """
WITH counted AS (
    SELECT id, contract_id, price_ticks, quantity, {epoch} AS at_s
    FROM trading_trade
    WHERE kind <> 'cross' AND id NOT IN (SELECT trade_id FROM marketdata_voidedtrade)
), placed AS (
    SELECT *, at_s - at_s % {length} AS start_s,
        ROW_NUMBER() OVER (PARTITION BY contract_id, at_s - at_s % {length} ORDER BY id) AS nth,
        ROW_NUMBER() OVER (PARTITION BY contract_id, at_s - at_s % {length} ORDER BY id DESC)
            AS nth_last
    FROM counted
)
SELECT contract_id, start_s,
    MAX(CASE WHEN nth = 1 THEN price_ticks END), MAX(price_ticks), MIN(price_ticks),
    MAX(CASE WHEN nth_last = 1 THEN price_ticks END),
    SUM(price_ticks), SUM(price_ticks * quantity), SUM(quantity), COUNT(*)
FROM placed GROUP BY contract_id, start_s ORDER BY contract_id, start_s
"""
EPOCH = {
    "sqlite": "CAST(strftime('%s', executed_at) AS bigint)",
    "postgresql": "CAST(FLOOR(EXTRACT(EPOCH FROM executed_at)) AS bigint)",
}


def candles_by_hand(interval_s: int) -> list[tuple[int, ...]]:
    """Contract, start, open, high, low, close, sum of prices, notional, volume, trades."""
    statement = SQL.format(epoch=EPOCH[connection.vendor], length=interval_s)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [tuple(int(value) for value in row) for row in cursor.fetchall()]
