"""What members are told, written from the journal and from the notices of other apps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.notices import Notice
from core.slices import slices
from exchange.markets.announcing import announce_status
from exchange.markets.models import Market
from exchange.trading.models import JournalBatch
from exchange.trading.subscribing import following
from exchange.trading.subscribing.following import Subscriber, entries_of
from notifications.changes import MarketChange, changes_of
from notifications.composing import compose
from notifications.kinds import Concern, Wish
from notifications.models import Mail, MailSwitch, Notification, Preference
from notifications.telling import Addressed, Told, address, push_changed, write


def follow_journal() -> int:
    """Tell members what the journal says since the cursors; return how many things.

    Runs transactions of its own and must not be called inside one.
    """
    return following.follow_journal(_MAIL)


def take_notices(*, notices: Sequence[Notice], **_signal: Any) -> None:
    """Tell members what another app gives notice of. Needs the giver's transaction."""
    write(address([_told(notice) for notice in notices]))


def take_back_notices(*, keys: Collection[str], **_signal: Any) -> None:
    """Forget what members were told of these things. Needs the transaction of who withdraws it.

    A mail that has not gone out goes without it, and not at all where it tells nothing else.
    """
    told: set[int] = set()
    for some in slices(keys):
        rows = Notification.objects.filter(key__in=some)
        told.update(rows.filter(in_bell=True).values_list("user_id", flat=True))
        rows.delete()
    push_changed(told)


def mark_read(*, user: User, ids: Collection[int] | None = None) -> int:
    """Mark a member's notifications as read, all of them without ids; return how many were not.

    One statement. What is not theirs, and what is read already, is left as it is.
    """
    unread = Notification.objects.filter(user=user, in_bell=True, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    count = unread.update(read_at=timezone.now())
    if count:
        push_changed([user.pk])
    return count


@transaction.atomic
def save_wishes(*, user: User, wishes: dict[Concern, Wish], is_mailed: bool | None = None) -> None:
    """Save how a member wants to be told; what is not named stays. Opens a transaction."""
    for concern, wish in wishes.items():
        values = {"bell": wish.bell, "mail": wish.mail}
        Preference.objects.update_or_create(user=user, concern=concern, defaults=values)
    if is_mailed is not None:
        MailSwitch.objects.update_or_create(user=user, defaults={"is_off": not is_mailed})


def forget_member(*, user: User) -> None:
    """Delete what a member was told and how they wished to be. Requires a transaction.

    Mails that have not gone out do not go out.
    """
    Notification.objects.filter(user=user).delete()
    Mail.objects.filter(user=user).delete()
    Preference.objects.filter(user=user).delete()
    MailSwitch.objects.filter(user=user).delete()


def _told(notice: Notice) -> Told:
    return Told(
        user_id=notice.user_id,
        key=notice.key,
        kind=notice.kind,
        url=notice.url,
        data=notice.data,
        actor_id=notice.actor_id,
    )


@dataclass(frozen=True, slots=True)
class _Effects:
    """What a few batches come to: rows for members, and markets whose open pages are told."""

    addressed: list[Addressed]
    moved: list[MarketChange]


def _prepare(batches: Sequence[JournalBatch]) -> _Effects:
    changes = [change for batch in batches for change in changes_of(entries_of(batch))]
    moved = [change for change in changes if isinstance(change, MarketChange)]
    return _Effects(address(compose(changes)), moved)


def _write(effects: _Effects) -> int:
    markets = Market.objects.in_bulk({change.market for change in effects.moved})
    for change in effects.moved:
        announce_status(markets[change.market], change.status)
    return write(effects.addressed)


_MAIL: Final = Subscriber("mail", _prepare, _write)
