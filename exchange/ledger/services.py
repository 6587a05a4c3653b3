"""The only code that moves money, but for the book worker's writer inside a settlement."""

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.closed_addresses import had_account
from accounts.models import User
from exchange.ledger.models import Account, AccountKind, Transfer, TransferKind
from exchange.ledger.standings import lock_standings


def open_member_account(*, user: User) -> Account:
    """Open a member's account with the sign-up credits, once; return it. Any transaction.

    There are none for an address that has had them: what was lost is not given again.
    """
    with transaction.atomic():
        account, opened = Account.objects.get_or_create(
            code=f"member-{user.pk}", defaults={"kind": AccountKind.MEMBER, "owner": user}
        )
        if opened and settings.SIGN_UP_CREDITS_TICKS and not had_account(user):
            grant(
                account=account,
                amount_ticks=settings.SIGN_UP_CREDITS_TICKS,
                reference=f"sign-up:{user.pk}",
            )
    account.refresh_from_db()
    return account


def open_operator_account(*, code: str, grant_ticks: int) -> Account:
    """Open a member account that nobody owns (load tests) with `grant_ticks`, once."""
    with transaction.atomic():
        account, opened = Account.objects.get_or_create(code=code)
        if opened and grant_ticks:
            grant(account=account, amount_ticks=grant_ticks, reference=f"operator:{code}")
    return account


def grant(*, account: Account, amount_ticks: int, reference: str) -> Transfer:
    """Give credits from the issuance account. Any transaction."""
    issuance = Account.objects.get(code="issuance")
    return transfer(
        debit=issuance,
        credit=account,
        amount_ticks=amount_ticks,
        kind=TransferKind.GRANT,
        reference=reference,
    )


def transfer(
    *, debit: Account, credit: Account, amount_ticks: int, kind: TransferKind, reference: str
) -> Transfer:
    """Move money from one account to another, in a transaction of its own or the caller's.

    Locks both accounts in the order of their ids, as the book worker does. Raises
    IntegrityError, with nothing moved, when a member would have less than its exposure.
    """
    with transaction.atomic():
        lock_standings([debit.pk, credit.pk])
        row = Transfer.objects.create(
            debit=debit, credit=credit, amount_ticks=amount_ticks, kind=kind, reference=reference
        )
        for account_id, change in ((debit.pk, -amount_ticks), (credit.pk, amount_ticks)):
            Account.objects.filter(pk=account_id).update(
                balance_ticks=F("balance_ticks") + change, account_seq=F("account_seq") + 1
            )
    return row


def set_suspended(*, account: Account, is_suspended: bool) -> bool:
    """Have an account place no more orders, or place them again; return whether it could not.

    Holds for every order that is judged after the commit. Any transaction.
    """
    with transaction.atomic():
        lock_standings([account.pk])
        was_suspended = Account.objects.values_list("is_suspended", flat=True).get(pk=account.pk)
        Account.objects.filter(pk=account.pk).update(is_suspended=is_suspended)
    return was_suspended
