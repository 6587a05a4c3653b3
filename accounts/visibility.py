"""Who may see what of a member: the one policy, for pages, API, sockets, feeds, search and mail.

Four ways of asking, with the same answer: `may_see` and `seen_kinds` about one member, `seen_by`
and `seen_by_kind` as a condition for a query over many. Members always see their own; who may look
into the admin sees no more here.
"""

from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, TextChoices

from accounts.models import Audience, Follow, User

Viewer = User | AnonymousUser | None


class Kind(TextChoices):
    """A kind of thing that a member may keep from others."""

    TRADES = "trades"
    POSITIONS = "positions"
    PROFIT = "profit", "profit and loss"
    FOLLOWS = "follows"


_COLUMNS: Final = {kind: f"{kind.value}_audience" for kind in Kind}


def may_see(viewer: Viewer, owner: User, kind: Kind) -> bool:
    """Whether the viewer may see that kind of the owner's things. At most one query."""
    viewer_id = id_of(viewer)
    if viewer_id == owner.pk:
        return True
    audience = getattr(owner, _COLUMNS[kind])
    if audience == Audience.FOLLOWERS:
        return _follows(viewer_id, owner)
    return bool(audience == Audience.PUBLIC)


def seen_kinds(viewer: Viewer, owner: User) -> frozenset[Kind]:
    """Return the kinds of the owner's things that the viewer may see. At most one query."""
    viewer_id = id_of(viewer)
    if viewer_id == owner.pk:
        return frozenset(Kind)
    audiences = {kind: getattr(owner, _COLUMNS[kind]) for kind in Kind}
    seen = {Audience.PUBLIC}
    if Audience.FOLLOWERS in audiences.values() and _follows(viewer_id, owner):
        seen.add(Audience.FOLLOWERS)
    return frozenset(kind for kind, audience in audiences.items() if audience in seen)


def seen_by(viewer: Viewer, kind: Kind, owner: str = "") -> Q:
    """Return the condition that a row's owner lets the viewer see that kind of theirs.

    `owner` is the path to the owner from the row ("actor", "account__owner"); empty for a query
    over users. Rows without an owner fulfil it never.
    """
    column = f"{owner}__{_COLUMNS[kind]}" if owner else _COLUMNS[kind]
    key = f"{owner}_id" if owner else "pk"
    viewer_id = id_of(viewer)
    public = Q(**{column: Audience.PUBLIC})
    if viewer_id is None:
        return public
    follows = Follow.objects.filter(follower_id=viewer_id, followed_id=OuterRef(key))
    own = Q(**{key: viewer_id})
    return public | own | (Q(Exists(follows), **{column: Audience.FOLLOWERS}))


def seen_by_kind(viewer: Viewer, kind: str, owner: str) -> Q:
    """Return the condition of `seen_by` where each row's column `kind` says of which kind it is."""
    viewer_id = id_of(viewer)
    public = _of_audience(kind, owner, Audience.PUBLIC)
    if viewer_id is None:
        return public
    follows = Follow.objects.filter(follower_id=viewer_id, followed_id=OuterRef(f"{owner}_id"))
    own = Q(**{f"{owner}_id": viewer_id}) & ~Q(**{kind: ""})
    return public | own | (_of_audience(kind, owner, Audience.FOLLOWERS) & Q(Exists(follows)))


def _of_audience(kind: str, owner: str, audience: Audience) -> Q:
    """Return the condition that the owner shows the row's kind to that audience."""
    found = Q()
    for one, column in _COLUMNS.items():
        found |= Q(**{kind: one, f"{owner}__{column}": audience})
    return found


def _follows(viewer_id: int | None, owner: User) -> bool:
    return (
        viewer_id is not None
        and Follow.objects.filter(follower_id=viewer_id, followed_id=owner.pk).exists()
    )


def id_of(viewer: Viewer) -> int | None:
    """Return who looks: a member's id, None for somebody unknown."""
    return viewer.pk if viewer is not None and viewer.is_authenticated else None
