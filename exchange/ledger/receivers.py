"""Confirming an address opens the member's account."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver

from exchange.ledger.services import open_member_account


@receiver(email_confirmed)
def open_account_of_confirmed_member(*, email_address: EmailAddress, **_: Any) -> None:
    """Open the ledger account with its demo credits, once."""
    open_member_account(user=email_address.user)
