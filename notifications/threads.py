"""Threads of mail: the first thing in one is mailed at once, what follows soon after together.

A member's thread has at most one open mail, which gathers until it is claimed for sending.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from django.db.models import Max, QuerySet
from django.utils import timezone

from notifications.models import Mail
from notifications.readers import Reader

# A thread has a mail in so long at most: whatever is told is mailed within the minute.
GROUPING: Final = timedelta(seconds=50)
DIGEST_AT: Final = time(8)
DIGEST_THREAD: Final = "digest"
_TRIES: Final = 5
_AT_ONCE: Final = 400
Pair = tuple[int, str]  # user, thread


@dataclass(frozen=True, slots=True)
class Route:
    """Where a thing goes by mail. `not_before` is when a new mail of the thread may go out."""

    user_id: int
    thread: str
    recipient: str
    not_before: datetime | None = None


def immediate_route(reader: Reader, thread: str) -> Route:
    """Return the way of what is mailed at once, with what else the thread has by then."""
    return Route(reader.user_id, thread, reader.address)


def digest_route(reader: Reader, now: datetime) -> Route:
    """Return the way of what is mailed at the member's next morning."""
    morning = datetime.combine(now.astimezone(reader.zone).date(), DIGEST_AT, reader.zone)
    if morning <= now:
        morning += timedelta(days=1)  # of the wall clock, also where its offset changes
    return Route(reader.user_id, DIGEST_THREAD, reader.address, morning.astimezone(UTC))


def open_mails(routes: Iterable[Route]) -> Mapping[Pair, int]:
    """Return the open mail's id of each route's thread, locked; makes those that are missing.

    Needs a transaction of the caller's: until it ends, none of these mails is sent.
    """
    wanted = {(route.user_id, route.thread): route for route in routes}
    found: dict[Pair, int] = {}
    for _ in range(_TRIES):
        found |= _lock_open(wanted.keys() - found.keys())
        missing = [wanted[pair] for pair in sorted(wanted.keys() - found.keys())]
        if not missing:
            return found
        # Another writer may be making the same: then theirs is found at the next turn.
        Mail.objects.bulk_create(_new_mails(missing), batch_size=_AT_ONCE, ignore_conflicts=True)
    message = f"no open mail could be had in {_TRIES} tries"
    raise RuntimeError(message)


def _lock_open(pairs: Collection[Pair]) -> dict[Pair, int]:
    found: dict[Pair, int] = {}
    for mails in _of_pairs(Mail.objects.filter(is_open=True), pairs):
        locked = mails.select_for_update().order_by("pk").values_list("user_id", "thread", "pk")
        found |= {(user, thread): pk for user, thread, pk in locked if (user, thread) in pairs}
    return found


def _new_mails(routes: Collection[Route]) -> list[Mail]:
    now = timezone.now()
    latest = _latest_plans({(route.user_id, route.thread) for route in routes}, now)
    return [_new_mail(route, latest.get((route.user_id, route.thread)), now) for route in routes]


def _new_mail(route: Route, latest: datetime | None, now: datetime) -> Mail:
    after_latest = now if latest is None else latest + GROUPING
    planned_at = max(now, after_latest, route.not_before or now)
    return Mail(
        user_id=route.user_id,
        thread=route.thread,
        recipient=route.recipient,
        planned_at=planned_at,
        due_at=planned_at,
        created_at=now,
    )


def _latest_plans(pairs: Collection[Pair], now: datetime) -> dict[Pair, datetime]:
    """Return when each thread last had a mail, where that is so lately that it matters."""
    found: dict[Pair, datetime] = {}
    for mails in _of_pairs(Mail.objects.filter(planned_at__gt=now - GROUPING), pairs):
        rows = mails.order_by().values_list("user_id", "thread").annotate(Max("planned_at"))
        found |= {(user, thread): latest for user, thread, latest in rows}
    return found


def _of_pairs(mails: QuerySet[Mail], pairs: Collection[Pair]) -> Iterator[QuerySet[Mail]]:
    """Narrow mails to users and threads; the few that only look alike are the caller's to drop."""
    in_order = sorted(pairs)
    for start in range(0, len(in_order), _AT_ONCE):
        users, threads = zip(*in_order[start : start + _AT_ONCE], strict=True)
        yield mails.filter(user_id__in=set(users), thread__in=set(threads))
