"""Fill an empty PostgreSQL with resting orders: a market in each shard, as if long at work.

Run by the benchmark in the environment of the database:
    python -m benchmarks.recovery.fill SHARDS ORDERS
"""

import sys

import django

ACCOUNTS = 500
GRANT_TICKS = 10**13
# Bids below 0.50 and asks above it, 400 prices, in the order of their seq.
_ORDERS = """
INSERT INTO trading_order (
    id, account_id, market_id, contract_id, side, kind, price_ticks, quantity, filled_quantity,
    open_quantity, cancelled_quantity, expired_quantity, voided_quantity, notional_ticks,
    time_in_force, stp, client_order_id, status, reason, accepted_seq, market_seq, account_seq,
    received_at, journaled_at, updated_at)
SELECT %(first)s + n, %(account)s + n %% %(accounts)s, %(market)s, %(contract)s,
    CASE n %% 2 WHEN 0 THEN 'buy' ELSE 'sell' END, 'limit',
    CASE n %% 2 WHEN 0 THEN 2900 + 10 * (n / 2 %% 200) ELSE 5100 + 10 * (n / 2 %% 200) END,
    1 + n %% 50, 0, 1 + n %% 50, 0, 0, 0, 0, 'GTC', 'cancel_newest', '', 'new', '', n, n, n,
    now(), now(), now()
FROM generate_series(1, %(count)s) AS n
"""


def main() -> None:
    """Fill the database of the environment."""
    django.setup()
    from django.db import connection  # noqa: PLC0415 -- needs setup

    from exchange.ledger.services import open_operator_account  # noqa: PLC0415 -- as above
    from exchange.markets.models import Market  # noqa: PLC0415 -- as above
    from exchange.markets.services import create_event, create_market  # noqa: PLC0415 -- as above

    shards, orders = (int(argument) for argument in sys.argv[1:])
    codes = (f"flow-{number}" for number in range(ACCOUNTS))
    first = min(open_operator_account(code=code, grant_ticks=GRANT_TICKS).pk for code in codes)
    event = create_event(title="A benchmark", category="Science")
    each = orders // shards
    for shard in range(shards):
        title = f"Question {shard}?"
        market = create_market(event=event, title=title, outcomes=["Yes"], rules="None.")
        Market.objects.filter(pk=market.pk).update(shard=shard, status="open", seq=each)
        numbers = {
            "first": (shard + 1) * 10**8, "account": first, "accounts": ACCOUNTS, "count": each,
            "market": market.pk, "contract": market.contracts.get().pk,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_ORDERS, numbers)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE trading_order")


if __name__ == "__main__":
    main()
