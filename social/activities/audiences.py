"""Which of some members may see what was done, for open feeds of what not everybody may see.

Hubs get one message about such an activity, whatever the number of followers (PRIVATE_TOPIC), and
ask here about the members whose feeds they show. Clients cannot subscribe to that topic.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from accounts.models import Follow, User
from core.prepared import PreparedQuery
from core.slices import slices
from social.activities.models import Activity
from social.activities.visibility import visible_to

PRIVATE_TOPIC: Final = "feed.private"


class PrivateActivity(NamedTuple):
    """An activity that not everybody may see, as hubs hear of it."""

    id: int
    actor_id: int | None
    target_user_id: int | None
    market_id: int | None


def find_viewers(activity: PrivateActivity, among: Collection[int]) -> set[int]:
    """Return which of the members may see an activity by now.

    Only its own members and followers of theirs can; each of those costs a short query.
    """
    concerned = {activity.actor_id, activity.target_user_id} - {None}
    near = concerned & set(among)
    for ids in slices(sorted(among)):
        following = Follow.objects.filter(followed_id__in=concerned, follower_id__in=ids)
        near.update(following.values_list("follower_id", flat=True))
    query = _seen_by_viewer()
    return {viewer for viewer in near if viewer and query.ask(viewer=viewer, activity=activity.id)}


@cache
def _seen_by_viewer() -> PreparedQuery:
    def build(viewer: int, activity: int) -> QuerySet[Any, Any]:
        seen = Activity.objects.filter(visible_to(User(pk=viewer)), pk=activity)
        return seen.values_list("pk")

    return PreparedQuery(build, "viewer", "activity")


def read_activities(rows: Sequence[Any]) -> list[PrivateActivity]:
    """Return the activities of a message of PRIVATE_TOPIC."""
    return [PrivateActivity(*row) for row in rows]
