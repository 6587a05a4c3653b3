"""The rows of the benchmark: members, markets, trades and settlements. Needs Django set up."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from accounts.models import User
from core.slices import slices
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.markets.services import create_event, create_market

_MARKETS: Final = 400
# Each trade is between two accounts, spread over the contracts and the last sixty days.
_TRADES: Final = """
INSERT INTO trading_trade (id, kind, market_id, contract_id, price_ticks, quantity,
    maker_account_id, taker_account_id, taker_side, market_seq, executed_at)
SELECT n, 'book', contract.market_id, contract.id, 100 * (1 + n %% 99), 1 + n %% 40,
    %(first)s + (n * 7919) %% %(members)s, %(first)s + (n * 104729 + 1) %% %(members)s,
    CASE WHEN n %% 2 = 0 THEN 'buy' ELSE 'sell' END, n, now() - n %% 60 * interval '1 day'
FROM generate_series(1::bigint, %(trades)s) AS n
JOIN (SELECT id, market_id, row_number() OVER (ORDER BY id) AS place FROM markets_contract) contract
    ON contract.place = 1 + n %% %(markets)s
"""
_SETTLEMENTS: Final = """
INSERT INTO ledger_transfer (debit_id, credit_id, amount_ticks, kind, reference, created_at)
SELECT %(first)s + n %% %(members)s, %(first)s + (n + 1) %% %(members)s, 1 + n %% 90000,
    'settlement', 'market:1', now() - n %% 60 * interval '1 day'
FROM generate_series(1::bigint, %(trades)s / 2) AS n
"""


def fill(*, members: int, trades: int) -> None:
    """Fill the database of the settings."""
    accounts = [row for some in slices(range(members)) for row in _make_members(some)]
    _make_markets()
    sizes = {"members": members, "trades": trades, "markets": _MARKETS, "first": accounts[0].pk}
    with connection.cursor() as cursor:
        cursor.execute(_TRADES, sizes)
        cursor.execute(_SETTLEMENTS, sizes)
        cursor.execute("UPDATE markets_market SET settled_at = now() - id %% 60 * interval '1 day'"
                       " WHERE status = %s", ["settled"])  # fmt: skip
        cursor.execute("VACUUM ANALYZE")


def _make_members(numbers: Sequence[int]) -> list[Account]:
    """Make some members with their accounts; a transaction may not be idle for long."""
    users = User.objects.bulk_create(
        User(
            email=f"m{number}@example.com",
            handle=f"m{number}",
            profit_audience="nobody" if number % 10 == 0 else "public",
        )
        for number in numbers
    )
    return Account.objects.bulk_create(
        Account(code=f"member-{user.pk}", owner=user) for user in users
    )


def _make_markets() -> None:
    event = create_event(title="Anything", category="Benchmarks")
    for number in range(_MARKETS):
        market = create_market(
            event=event, title=f"Question {number}?", outcomes=("Yes",), rules="None."
        )
        if number % 2:
            winner = Contract.objects.get(market=market) if number % 4 == 1 else None
            Market.objects.filter(pk=market.pk).update(status="settled", winner=winner)
