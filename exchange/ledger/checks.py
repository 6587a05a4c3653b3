"""Proofs of the ledger: each yields one line for each thing that is wrong."""

from collections.abc import Iterator

from django.db.models import Sum

from exchange.ledger.models import Account, Transfer


def check_sum() -> Iterator[str]:
    """All balances, issuance included, sum to 0; clearing accounts are empty."""
    total = Account.objects.aggregate(total=Sum("balance_ticks"))["total"] or 0
    if total:
        yield f"all balances sum to {total} ticks, not 0"
    for account in Account.objects.filter(kind="clearing").exclude(balance_ticks=0):
        yield f"{account.code} holds {account.balance_ticks} ticks, not 0"


def check_balances() -> Iterator[str]:
    """Every balance is the sum of its transfers."""
    credited = dict(Transfer.objects.values_list("credit").annotate(Sum("amount_ticks")))
    debited = dict(Transfer.objects.values_list("debit").annotate(Sum("amount_ticks")))
    for pk, code, balance in Account.objects.values_list("pk", "code", "balance_ticks"):
        expected = credited.get(pk, 0) - debited.get(pk, 0)
        if balance != expected:
            yield f"{code}: balance {balance} ticks, transfers say {expected}"
