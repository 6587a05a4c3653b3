"""Reads of accounts and transfers."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import User
from core.slices import slices
from exchange.ledger.models import Account, AccountKind, Transfer


class Owner(NamedTuple):
    """Whose an account is."""

    user_id: int
    is_bot: bool
    is_active: bool


def get_owners(account_ids: Iterable[int]) -> Mapping[int, Owner]:
    """Return account id -> its owner, without accounts that nobody owns."""
    columns = ("pk", "owner_id", "owner__is_bot", "owner__is_active")
    owned = Account.objects.filter(owner__isnull=False)
    return {
        account: Owner(user_id, is_bot, is_active)
        for ids in slices(sorted(set(account_ids)))
        for account, user_id, is_bot, is_active in owned.filter(pk__in=ids).values_list(*columns)
        if user_id is not None
    }


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
