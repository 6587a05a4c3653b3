"""Reads of accounts and transfers."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from exchange.ledger.models import Account, AccountKind, Transfer


def get_trading_account(user: User | AnonymousUser) -> Account | None:
    """Return the account a user trades with; None before the address is confirmed."""
    if not user.is_authenticated:
        return None
    return Account.objects.filter(owner=user, kind=AccountKind.MEMBER).order_by("pk").first()


def list_transfers(account: Account) -> QuerySet[Transfer]:
    """Return an account's transfers, newest first."""
    return (
        Transfer.objects.filter(Q(debit=account) | Q(credit=account))
        .select_related("debit", "credit")
        .order_by("-id")
    )


def get_clearing_accounts(market_ids: Iterable[int]) -> dict[int, int]:
    """Return market id -> id of its clearing account."""
    codes = {f"clearing-{market_id}": market_id for market_id in market_ids}
    rows = Account.objects.filter(code__in=codes).values_list("code", "pk") if codes else ()
    return {codes[code]: pk for code, pk in rows}
