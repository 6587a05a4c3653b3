"""Who is told: members, at a confirmed address, each in the way they chose."""

import zoneinfo
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from allauth.account.models import EmailAddress

from accounts.models import User
from core.slices import slices
from exchange.ledger.selectors import get_owners
from notifications.kinds import DEFAULTS, Concern, MailChoice, Wish
from notifications.models import MailSwitch, Preference

_UTC: Final = zoneinfo.ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Reader:
    """A member: the address to write to ("": none), the time zone, and what they wish."""

    user_id: int
    address: str
    zone: zoneinfo.ZoneInfo = _UTC
    wishes: Mapping[Concern, Wish] = field(default_factory=dict)

    @property
    def is_mailed(self) -> bool:
        """Whether there is an address that wants mail."""
        return bool(self.address)

    def wish(self, concern: Concern) -> Wish:
        """Return what the member wants of a concern."""
        return self.wishes.get(concern, DEFAULTS[concern])


def find_owners(account_ids: Collection[int]) -> Mapping[int, int]:
    """Return, by account, the member who is told of what happens to it.

    Bots, closed users and accounts that nobody owns have none.
    """
    return {
        account: owner.user_id
        for account, owner in get_owners(account_ids).items()
        if owner.is_active and not owner.is_bot
    }


def find_readers(user_ids: Collection[int]) -> Mapping[int, Reader]:
    """Return, by user, those who are told anything: active members who are no bots."""
    addresses = _addresses(user_ids)
    wishes = _wishes(user_ids)
    return {
        user.pk: Reader(user.pk, addresses.get(user.pk, ""), _zone(user), wishes.get(user.pk, {}))
        for ids in slices(user_ids)
        for user in User.objects.filter(pk__in=ids, is_bot=False, is_active=True)
    }


def _addresses(user_ids: Collection[int]) -> dict[int, str]:
    """Return the primary confirmed address, else the first; none where mail is off."""
    found: dict[int, str] = {}
    for ids in slices(user_ids):
        off = MailSwitch.objects.filter(user_id__in=ids, is_off=True).values_list("user_id")
        rows = EmailAddress.objects.filter(user_id__in=ids, verified=True)
        rows = rows.exclude(user_id__in=off).order_by("-primary", "pk")
        for user_id, address in rows.values_list("user_id", "email"):
            found.setdefault(user_id, address)
    return found


def _wishes(user_ids: Collection[int]) -> dict[int, dict[Concern, Wish]]:
    found: dict[int, dict[Concern, Wish]] = {}
    for ids in slices(user_ids):
        for row in Preference.objects.filter(user_id__in=ids):
            wish = Wish(bell=row.bell, mail=MailChoice(row.mail))
            found.setdefault(row.user_id, {})[Concern(row.concern)] = wish
    return found


def _zone(user: User) -> zoneinfo.ZoneInfo:
    """Return the member's time zone; UTC where the machine does not know theirs."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return _UTC
