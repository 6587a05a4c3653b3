"""Reads of who follows what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Follow, User
from accounts.visibility import Viewer
from exchange.markets.models import Market
from social.following.models import MarketFollow


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """How many follow somebody or something, and whether the viewer does."""

    is_following: bool
    follower_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedIds:
    """Whom and what a member follows."""

    members: Sequence[int]
    markets: Sequence[int]

    def __bool__(self) -> bool:
        """Whether that is anything at all."""
        return bool(self.members or self.markets)

    def as_json(self) -> dict[str, Sequence[int]]:
        """Return the ids for a page's scripts."""
        return {"members": self.members, "markets": self.markets}


def list_followed_ids(member: User) -> FollowedIds:
    """Return whom and what a member follows. Two queries."""
    return FollowedIds(
        members=list(member.follows.values_list("followed_id", flat=True)),
        markets=list(member.market_follows.values_list("market_id", flat=True)),
    )


def get_member_following(member: User, viewer: Viewer) -> Following:
    """Return how a member is followed. Two queries at most."""
    follows = Follow.objects.filter(followed=member, follower__is_active=True)
    return Following(
        is_following=_has(viewer, follows),
        follower_count=follows.count(),
    )


def is_following_member(member: User, viewer: Viewer) -> bool:
    """Whether the viewer follows a member. One query; none for strangers."""
    return _has(viewer, Follow.objects.filter(followed=member))


def get_market_following(market: Market, viewer: Viewer) -> Following:
    """Return how a market is followed. Two queries at most."""
    follows = MarketFollow.objects.filter(market=market, follower__is_active=True)
    return Following(
        is_following=_has(viewer, follows),
        follower_count=follows.count(),
    )


def _has(viewer: Viewer, follows: QuerySet[Any]) -> bool:
    return isinstance(viewer, User) and follows.filter(follower=viewer).exists()
