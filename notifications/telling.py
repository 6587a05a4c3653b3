"""Telling members: a row for each thing, in the bell, in a mail, in both, as the member wishes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from core import live
from notifications.kinds import MailChoice, concern_of
from notifications.models import Notification
from notifications.readers import Reader, find_readers
from notifications.threads import Route, digest_route, immediate_route, open_mails

NOTICES_THREAD: Final = "notices"
_ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing to tell one member; what is told in one `thread` shares a mail."""

    user_id: int
    key: str
    kind: str
    url: str
    data: Mapping[str, Any]
    actor_id: int | None = None
    thread: str = NOTICES_THREAD


@dataclass(frozen=True, slots=True)
class Addressed:
    """A row to write, and the way its mail takes, if it has one."""

    row: Notification
    route: Route | None = field(default=None)


def address(told: Sequence[Told]) -> list[Addressed]:
    """Return what is to be written, in order: only what its member wants to know. Reads only."""
    readers = find_readers({one.user_id for one in told})
    now = timezone.now()
    addressed = (_address(one, readers[one.user_id], now) for one in told if one.user_id in readers)
    return [one for one in addressed if one is not None]


def write(addressed: Sequence[Addressed]) -> int:
    """Write the rows and put them in their mails; return how many are new.

    Needs a transaction of the caller's. What was told before is left out.
    """
    new = _without_known(addressed)
    if not new:
        return 0
    mails = open_mails({one.route for one in new if one.route is not None})
    for one in new:
        if one.route is not None:
            one.row.mail_id = mails[one.route.user_id, one.route.thread]
    # Only two givers of the same thing, at once, still meet here.
    rows = [one.row for one in new]
    Notification.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE, ignore_conflicts=True)
    push_changed({row.user_id for row in rows if row.in_bell})
    return len(new)


def push_changed(user_ids: Iterable[int]) -> None:
    """Have members' open pages read their notifications anew, after the commit."""
    for user_id in user_ids:
        live.push(f"notifications.{user_id}", {"type": "changed"})


def _address(told: Told, reader: Reader, now: datetime) -> Addressed | None:
    wish = reader.wish(concern_of(told.kind))
    route = _route(told, reader, wish.mail, now)
    if not wish.bell and route is None:
        return None
    row = Notification(
        user_id=told.user_id,
        key=told.key,
        kind=told.kind,
        actor_id=told.actor_id,
        url=told.url,
        data=dict(told.data),
        in_bell=wish.bell,
        created_at=now,
    )
    return Addressed(row, route)


def _route(told: Told, reader: Reader, choice: MailChoice, now: datetime) -> Route | None:
    if not reader.is_mailed or choice == MailChoice.OFF:
        return None
    if choice == MailChoice.DIGEST:
        return digest_route(reader, now)
    return immediate_route(reader, told.thread)


def _without_known(addressed: Sequence[Addressed]) -> list[Addressed]:
    """Leave out what was told before, also earlier in the same sequence."""
    known = _known({one.row.key for one in addressed})
    new = []
    for one in addressed:
        name = (one.row.key, one.row.user_id)
        if name not in known:
            known.add(name)
            new.append(one)
    return new


def _known(keys: Collection[str]) -> set[tuple[str, int]]:
    in_order = sorted(keys)
    known: set[tuple[str, int]] = set()
    for start in range(0, len(in_order), _ROWS_AT_ONCE):
        rows = Notification.objects.filter(key__in=in_order[start : start + _ROWS_AT_ONCE])
        known.update(rows.values_list("key", "user_id"))
    return known
