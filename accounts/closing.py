"""Closing a user: nobody can log in as them any more, and nothing personal of them is kept.

The row stays, as orders, trades and transfers name it; so does the handle, which nobody else gets.
The address is free again, but a hash of it stays: it has had its sign-up credits.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q

from accounts.devices.models import DeviceGrant
from accounts.keys.services import revoke_all
from accounts.models import Audience, Follow, User
from accounts.services import remove_avatar
from accounts.visibility import Kind


def close_user(*, user: User) -> None:
    """Empty a user's profile, and end all by which somebody could act as them.

    Sessions, keys, password and second factors end, and who follows whom. Requires a transaction.
    """
    assert transaction.get_connection().in_atomic_block, "all of it, or nothing"
    revoke_all(user=user)
    DeviceGrant.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    Follow.objects.filter(Q(follower=user) | Q(followed=user)).delete()
    remove_avatar(user=user)
    user.email = f"closed-{user.pk}@closed.invalid"  # RFC 2606: nobody can ever have it
    user.name = user.bio = user.time_zone = ""
    user.is_active = False
    user.set_unusable_password()
    for kind in Kind:
        setattr(user, f"{kind.value}_audience", Audience.NOBODY)
    user.save()  # one by one: open sockets and the search index are told
