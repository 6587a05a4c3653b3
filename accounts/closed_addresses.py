"""Which addresses had an account that was closed, without keeping the addresses themselves.

What is given once to a new member must not be had again by closing the account and signing up
anew. Only a keyed hash is kept: who has the database but not SECRET_KEY cannot try addresses out.
A new SECRET_KEY forgets them all.
"""

from allauth.account.models import EmailAddress
from django.utils.crypto import salted_hmac

from accounts.models import ClosedAddress, User

_SALT = "accounts.closed_addresses"


def remember_addresses(user: User) -> None:
    """Keep that an account with a user's addresses is closed. Requires a transaction.

    Only confirmed ones: nobody may use up an address that is another's.
    """
    rows = [ClosedAddress(digest=_digest(email)) for email in _confirmed(user)]
    ClosedAddress.objects.bulk_create(rows, ignore_conflicts=True)


def had_account(user: User) -> bool:
    """Whether one of a user's confirmed addresses had an account before, which was closed."""
    digests = [_digest(email) for email in _confirmed(user)]
    return ClosedAddress.objects.filter(digest__in=digests).exists()


def _confirmed(user: User) -> list[str]:
    rows = EmailAddress.objects.filter(user=user, verified=True)
    return list(rows.values_list("email", flat=True))


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()
