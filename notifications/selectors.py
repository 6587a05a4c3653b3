"""Reads of a member's notifications and of how they want to be told."""

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from accounts.models import User
from notifications.kinds import DEFAULTS, Concern, MailChoice, Wish
from notifications.models import MailSwitch, Notification, Preference
from notifications.wording import Words, words_of

UNREAD_MAX: Final = 100


def list_notifications(user: User, *, unread: bool = False) -> QuerySet[Notification]:
    """Return what is in a member's bell, newest first, with the actors."""
    rows = Notification.objects.filter(user=user, in_bell=True)
    rows = rows.filter(read_at=None) if unread else rows
    return rows.select_related("actor").order_by("-id")


def count_unread(user: User) -> int:
    """Return how many of a member's notifications are unread, at most UNREAD_MAX."""
    return Notification.objects.filter(user=user, in_bell=True, read_at=None)[:UNREAD_MAX].count()


def get_words(row: Notification) -> Words:
    """Return a notification in words; its actor should be there already."""
    return words_of(row.kind, row.data, row.actor.handle if row.actor else "")


def get_wishes(user: User) -> Mapping[Concern, Wish]:
    """Return what a member wants of every concern."""
    chosen = {
        Concern(row.concern): Wish(bell=row.bell, mail=MailChoice(row.mail))
        for row in Preference.objects.filter(user=user)
    }
    return {concern: chosen.get(concern, DEFAULTS[concern]) for concern in Concern}


def is_mailed(user: User) -> bool:
    """Whether a member gets mail at all, as far as they chose."""
    return not MailSwitch.objects.filter(user=user, is_off=True).exists()
