"""Ending mail by a link in it, without a login (RFC 8058): the link is the proof.

A link names a member and the concerns of the mail it came with. It is signed, never expires, and
can do nothing but end mails about these.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import User
from notifications.kinds import Concern, MailChoice, Wish
from notifications.readers import find_readers
from notifications.services import save_wishes

_SIGNER: Final = "notifications.unsubscribe"


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """Whose mails end, about what."""

    user: User
    concerns: tuple[Concern, ...]


def unsubscribe_url(user_id: int, concerns: Collection[Concern]) -> str:
    """Return the whole address that ends a member's mails about these concerns."""
    named = sorted(concern.value for concern in concerns)
    token = Signer(salt=_SIGNER).sign_object([user_id, named])
    return f"{settings.SITE_URL}{reverse('notifications:unsubscribe', args=[token])}"


def read_token(token: str) -> Unsubscription | None:
    """Return what a link's token asks for; None where we did not sign it, or nobody is there."""
    try:
        user_id, named = Signer(salt=_SIGNER).unsign_object(token)
    except BadSignature:
        return None
    user = User.objects.filter(pk=user_id).first()
    known = tuple(Concern(name) for name in named if name in Concern)
    return None if user is None or not known else Unsubscription(user, known)


def unsubscribe(*, wanted: Unsubscription) -> None:
    """End a member's mails about the concerns; their bell stays. Doing it again changes nothing."""
    reader = find_readers([wanted.user.pk]).get(wanted.user.pk)
    wishes = {
        concern: Wish(bell=reader is None or reader.wish(concern).bell, mail=MailChoice.OFF)
        for concern in wanted.concerns
    }
    save_wishes(user=wanted.user, wishes=wishes)
