"""Reads of members, and of who follows whom."""

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Follow, FormerHandle, User
from accounts.visibility import Kind, Viewer, seen_by


def get_member(handle: str) -> User | None:
    """Return the member of a handle, in any case; None for nobody and for a closed account."""
    members = User.objects.alias(key=Lower("handle"))
    return members.filter(key=handle.lower(), is_active=True).first()


def find_former(handle: str) -> User | None:
    """Return the member who had a handle and left it, in any case; None for nobody."""
    rows = FormerHandle.objects.alias(key=Lower("handle")).select_related("user")
    row = rows.filter(key=handle.lower(), user__is_active=True).first()
    return None if row is None else row.user


def count_follows(member: User) -> tuple[int, int]:
    """Return how many follow a member, and how many the member follows. Two queries."""
    followers = Follow.objects.filter(followed=member, follower__is_active=True)
    following = Follow.objects.filter(follower=member, followed__is_active=True)
    return followers.count(), following.count()


def list_followers(member: User, *, viewer: Viewer) -> QuerySet[Follow]:
    """Return who follows a member, of those who let the viewer see it; newest first."""
    return (
        Follow.objects.filter(
            seen_by(viewer, Kind.FOLLOWS, "follower"), followed=member, follower__is_active=True
        )
        .select_related("follower")
        .order_by("-id")
    )


def list_following(member: User) -> QuerySet[Follow]:
    """Return whom a member follows, newest first. Ask the policy before showing it."""
    return (
        Follow.objects.filter(follower=member, followed__is_active=True)
        .select_related("followed")
        .order_by("-id")
    )
