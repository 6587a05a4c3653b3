"""Which addresses have belonged to a member, without keeping the addresses themselves.

What is given once to a new member must not be had again by closing the account, or giving it
another address, and signing up anew. Only a keyed hash is kept: who has the database but not
SECRET_KEY cannot try addresses out. A new SECRET_KEY forgets them all.
"""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.crypto import salted_hmac

from accounts.models import ClosedAddress, User

_SALT = "accounts.closed_addresses"


@receiver(post_delete, sender=EmailAddress)
def remember_address(instance: EmailAddress, **_: Any) -> None:
    """Keep that a member gave an address up, by closing the account too.

    Only confirmed ones: nobody may use up an address that is another's.
    """
    if instance.verified:
        row = ClosedAddress(digest=_digest(instance.email))
        ClosedAddress.objects.bulk_create([row], ignore_conflicts=True)


def had_account(user: User) -> bool:
    """Whether one of a user's confirmed addresses has belonged to a member before."""
    digests = [_digest(email) for email in _confirmed(user)]
    return ClosedAddress.objects.filter(digest__in=digests).exists()


def _confirmed(user: User) -> list[str]:
    rows = EmailAddress.objects.filter(user=user, verified=True)
    return list(rows.values_list("email", flat=True))


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()
