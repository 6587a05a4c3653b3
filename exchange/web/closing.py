"""A member closes the account: every app ends its part, in one service."""

from allauth.account.adapter import get_adapter
from django.db import transaction

from accounts.closing import close_user
from accounts.models import User
from exchange.ledger.selectors import get_trading_account
from exchange.trading.closing import ended_trading
from notifications.services import forget_member
from social.closing import end_social


def close_account(*, user: User) -> None:
    """Close a member's account for good, and say so by mail.

    Books, trades and the ledger stay as they are; the balance stays on the closed account. Runs
    transactions of its own and must not be called inside one. Raises StillHoldsError, and Problem
    UNAVAILABLE where a book does not answer: then the account is as it was, but without the open
    orders that were cancelled already.
    """
    account = get_trading_account(user)
    if account is None:
        _close(user)
        return
    with ended_trading(account=account):
        _close(user)


@transaction.atomic
def _close(user: User) -> None:
    address, handle = user.email, user.handle
    end_social(user=user)
    forget_member(user=user)
    close_user(user=user)
    get_adapter().send_mail("account/email/account_closed", address, {"handle": handle})
