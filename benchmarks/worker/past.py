"""What years leave behind: finished orders, trades, outcomes and journal batches, by the million.

Written by the database itself, so that ten million take minutes. They belong to the markets and
accounts of the benchmark, are older than everything else in it, and nothing of them is open.
"""

from typing import Any, Final

COMMANDS_PER_BATCH: Final = 500
_JOURNAL_SHARD: Final = 9_999  # a journal of its own: the shard's must go on where it is
_TEXT: Final = "x" * 1_000

_ORDERS: Final = """
INSERT INTO trading_order (id, account_id, market_id, contract_id, side, kind, price_ticks,
    quantity, filled_quantity, open_quantity, cancelled_quantity, expired_quantity,
    voided_quantity, notional_ticks, time_in_force, stp, client_order_id, status, reason,
    accepted_seq, market_seq, account_seq, received_at, journaled_at, updated_at)
SELECT n, {account}, {market}, {contract}, CASE WHEN n % 2 = 0 THEN 'buy' ELSE 'sell' END, 'limit',
    5000, 10, 10, 0, 0, 0, 0, 50000, 'GTC', 'cancel_newest', '', 'filled', '', -n, -n, -n,
    {now}, {now}, {now}
FROM ({numbers}) AS past
"""
_TRADES: Final = """
INSERT INTO trading_trade (id, kind, market_id, contract_id, price_ticks, quantity, maker_order_id,
    taker_order_id, maker_account_id, taker_account_id, taker_side, market_seq, executed_at)
SELECT -n, 'book', {market}, {contract}, 5000, 10, n, n + 1, {account}, {account}, 'buy', -n, {now}
FROM ({numbers}) AS past WHERE n % 2 = 0
"""
_OUTCOMES: Final = """
INSERT INTO trading_outcome (command_id, kind, reason, market_seq, account_seq, decided_at)
SELECT -n, 'CancelOrder', '', -n, -n, {now} FROM ({numbers}) AS past WHERE n % 5 = 0
"""
_JOURNAL: Final = """
INSERT INTO trading_journalbatch (shard, number, epoch, time_ms, facts, entries, digest)
SELECT {shard}, n, 1, n, '{{}}', '{text}', '' FROM ({numbers}) AS past
"""
_SERIES: Final = {
    "postgresql": "SELECT n FROM generate_series(1, {count}) AS n",
    "sqlite": """WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series
        WHERE n < {count}) SELECT n FROM series""",
}


def add_past(count: int) -> None:
    """Add so many finished orders to the books and accounts that are there."""
    from django.db import connection, transaction  # noqa: PLC0415 -- needs setup

    series = _SERIES[connection.vendor]
    names = {"now": "CURRENT_TIMESTAMP", "shard": _JOURNAL_SHARD, "text": _TEXT, **_owners()}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_ORDERS, _TRADES, _OUTCOMES):
            cursor.execute(statement.format(numbers=series.format(count=count), **names))
        batches = max(1, count // COMMANDS_PER_BATCH)
        cursor.execute(_JOURNAL.format(numbers=series.format(count=batches), **names))


def _owners() -> dict[str, Any]:
    """Return expressions for an account, a market and its contract, by the number n."""
    from exchange.ledger.models import Account  # noqa: PLC0415 -- needs setup
    from exchange.markets.models import Contract  # noqa: PLC0415 -- as above

    accounts = Account.objects.filter(code__startswith="flow-").values_list("pk", flat=True)
    contracts = Contract.objects.order_by("pk").values_list("pk", "market_id")
    first, count = min(accounts), len(accounts)
    assert max(accounts) - first == count - 1, "ids without a gap"
    contract, market = contracts[0]
    return {"account": f"{first} + n % {count}", "market": market, "contract": contract}
