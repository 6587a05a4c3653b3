"""Feeds: what a viewer may see of what was done, newest first.

The home feed is put together when it is read: nothing is copied to followers when something is
done. It first finds the last activity of each source by that source's own index. Only as many
sources as a page has rows can be on the page, and none of its rows is older than the last of those
sources' last ones. So its cost grows with how many are followed, not with what they have done.
"""

from functools import cache
from heapq import nlargest
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.visibility import Viewer
from core.prepared import PreparedQuery
from exchange.markets.models import Market
from social.activities.models import Activity
from social.activities.visibility import visible_to

ID_MAX: Final = 2**63 - 1


def list_public(viewer: Viewer) -> QuerySet[Activity]:
    """Return what everybody did and every market, as far as the viewer may see it."""
    return _rows().filter(visible_to(viewer))


def list_of_member(member: User, viewer: Viewer) -> QuerySet[Activity]:
    """Return what a member did, as far as the viewer may see it."""
    return _rows().filter(visible_to(viewer), actor=member)


def list_of_market(market: Market, viewer: Viewer) -> QuerySet[Activity]:
    """Return what happened in a market, as far as the viewer may see it."""
    return _rows().filter(visible_to(viewer), market=market)


def list_home(viewer: User, *, before: int = ID_MAX, limit: int) -> QuerySet[Activity]:
    """Return the viewer's own feed below the id `before`, complete for the first `limit` rows.

    That is what those did whom they follow, what happened in markets they follow, and their own.
    Two queries are made at once, the rows are one more.
    """
    members = _last_of_members(limit).ask(viewer=viewer.pk, before=before)
    markets = _last_of_markets(limit).ask(viewer=viewer.pk, before=before)
    lasts = nlargest(limit, (last for _, last in (*members, *markets) if last is not None))
    oldest = lasts[-1] if len(lasts) == limit else 0
    sources = Q(actor__in=[viewer.pk, *(member for member, _ in members)])
    sources |= Q(market__in=[market for market, _ in markets])
    return list_public(viewer).filter(sources, pk__lt=before, pk__gte=oldest)


@cache
def _last_of_members(limit: int) -> PreparedQuery:
    """Whom somebody follows, who did something last, and what."""

    def build(viewer: int, before: int) -> QuerySet[Any, Any]:
        followed = User.objects.filter(followed_by__follower=viewer)
        return _last_first(followed, "actor", viewer, before)[:limit]

    return PreparedQuery(build, "viewer", "before")


@cache
def _last_of_markets(limit: int) -> PreparedQuery:
    """Which markets somebody follows, where something happened last, and what."""

    def build(viewer: int, before: int) -> QuerySet[Any, Any]:
        followed = Market.objects.filter(follows__follower=viewer)
        return _last_first(followed, "market", viewer, before)[:limit]

    return PreparedQuery(build, "viewer", "before")


def _last_first(
    sources: QuerySet[Any], column: str, viewer: int, before: int
) -> QuerySet[Any, Any]:
    visible = visible_to(User(pk=viewer))
    done = Activity.objects.filter(visible, pk__lt=before, **{column: OuterRef("pk")})
    last = Subquery(done.order_by("-id").values("id")[:1])
    by_last = sources.annotate(last=last).order_by(F("last").desc(nulls_last=True))
    rows: QuerySet[Any, Any] = by_last.values_list("pk", "last")
    return rows


def _rows() -> QuerySet[Activity]:
    rows = Activity.objects.select_related("actor", "target_user", "market")
    return rows.prefetch_related("market__contracts").order_by("-id")
