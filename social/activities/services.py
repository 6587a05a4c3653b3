"""Writing down what was done, once, in the transaction in which it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.dispatch import Signal
from django.utils import timezone

from core.live import push
from core.slices import slices
from social.activities.audiences import PRIVATE_TOPIC
from social.activities.models import KINDS, Activity, Verb
from social.activities.visibility import visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """Something that was done; Activity says what the fields mean. `kind` None: the verb's."""

    verb: Verb
    key: str
    actor_id: int | None = None
    target_user_id: int | None = None
    market_id: int | None = None
    target_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    kind: str | None = None
    created_at: datetime | None = None


recorded: Final = Signal()
"""Sent with `activities`, a sequence of NewActivity, inside the transaction of who records them."""


def record_activity(activity: NewActivity) -> None:
    """Write one activity down. Call inside the transaction in which it is done."""
    record_activities([activity])


def record_activities(activities: Sequence[NewActivity]) -> int:
    """Write activities down that are not yet, by their keys; return how many.

    Call inside the transaction in which they are done. Open feeds are told after the commit.
    """
    by_key = {activity.key: activity for activity in activities}
    count = 0
    for keys in slices(by_key):
        known = set(Activity.objects.filter(key__in=keys).values_list("key", flat=True))
        fresh = [by_key[key] for key in keys if key not in known]
        # Another may write the same at the same moment; the key lets one of them.
        Activity.objects.bulk_create(map(_row, fresh), ignore_conflicts=True)
        _tell_feeds([activity.key for activity in fresh])
        if fresh:
            recorded.send(sender=None, activities=fresh)
        count += len(fresh)
    return count


def take_back_activities(keys: Sequence[str]) -> None:
    """Forget what was done and is so no more: unfollowed, deleted. Call inside a transaction."""
    Activity.objects.filter(key__in=keys).delete()


def _row(activity: NewActivity) -> Activity:
    return Activity(
        verb=activity.verb,
        kind=KINDS.get(activity.verb, "") if activity.kind is None else activity.kind,
        key=activity.key,
        actor_id=activity.actor_id,
        target_user_id=activity.target_user_id,
        market_id=activity.market_id,
        target_id=activity.target_id,
        data=dict(activity.data),
        created_at=activity.created_at or timezone.now(),
    )


def _tell_feeds(keys: Sequence[str]) -> None:
    """Hint at what everybody may see; of the rest the hubs are told, which ask who may see it."""
    columns = ("id", "actor_id", "target_user_id", "market_id")
    written = Activity.objects.filter(key__in=keys).order_by("id")
    public = list(written.filter(visible_to(None)).values_list(*columns))
    if public:
        _tell_everybody([(activity, actor, market) for activity, actor, _, market in public])
    if len(public) < len(keys):
        rest = [row for row in written.values_list(*columns) if row not in public]
        if rest:
            push(PRIVATE_TOPIC, {"activities": rest})


def _tell_everybody(rows: Sequence[tuple[int, int | None, int | None]]) -> None:
    members = {actor: activity for activity, actor, _ in rows if actor is not None}
    markets = {market: activity for activity, _, market in rows if market is not None}
    everybody = {
        "id": str(rows[-1][0]),
        "members": [str(member) for member in sorted(members)],
        "markets": [str(market) for market in sorted(markets)],
    }
    push("feed.all", everybody)
    for member_id, activity_id in members.items():
        push(f"feed.member.{member_id}", {"id": str(activity_id)})
    for market_id, activity_id in markets.items():
        push(f"feed.market.{market_id}", {"id": str(activity_id)})
