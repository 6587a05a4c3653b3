"""Proofs of the ledger: each yields one line for each thing that is wrong.

One query for each table or way to add it up, read as a stream: memory does not grow.
"""

from collections.abc import Iterator

from django.db.models import Sum

from core.merging import sums_by_key
from exchange.ledger.models import Account, Transfer

_ROWS_AT_ONCE = 2_000


def check_sum() -> Iterator[str]:
    """All balances, issuance included, sum to 0; clearing accounts are empty."""
    total = Account.objects.aggregate(total=Sum("balance_ticks"))["total"] or 0
    if total:
        yield f"all balances sum to {total} ticks, not 0"
    for account in Account.objects.filter(kind="clearing").exclude(balance_ticks=0):
        yield f"{account.code} holds {account.balance_ticks} ticks, not 0"


def check_balances() -> Iterator[str]:
    """Every balance is the sum of its transfers."""
    balances = Account.objects.order_by("pk").values_list("pk", "balance_ticks")
    stored = ((pk, (ticks, 0)) for pk, ticks in balances.iterator(_ROWS_AT_ONCE))
    credited = ((pk, (0, ticks)) for pk, ticks in _moved("credit"))
    debited = ((pk, (0, -ticks)) for pk, ticks in _moved("debit"))
    for pk, (balance, expected) in sums_by_key(stored, credited, debited):
        if balance != expected:
            code = Account.objects.get(pk=pk).code
            yield f"{code}: balance {balance} ticks, transfers say {expected}"


def _moved(side: str) -> Iterator[tuple[int, int]]:
    rows = Transfer.objects.order_by(side).values_list(side).annotate(Sum("amount_ticks"))
    return rows.iterator(_ROWS_AT_ONCE)
