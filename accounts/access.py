"""Who may see and touch which object: the one policy, for pages, API and sockets.

`visibility.py` says what a member shows of themselves; this says whose an object is. Of members'
orders, fills, money, keys and notifications there is nothing to ask: they are looked up among the
caller's own alone, so those of others are not there at all (404, never 403).

Members are ids here, None somebody unknown: a socket knows no more of who asks.
"""

from typing import Protocol

from accounts.models import User


class Offered(Protocol):
    """A challenge: made by one member to another, or to whoever has its link."""

    @property
    def challenger_id(self) -> int: ...

    @property
    def opponent_id(self) -> int | None: ...

    @property
    def is_by_link(self) -> bool: ...


def is_own(viewer_id: int | None, owner_id: int | None) -> bool:
    """Whether something is the viewer's own; what nobody owns is nobody's."""
    return viewer_id is not None and viewer_id == owner_id


def is_side_of(viewer_id: int | None, challenge: Offered) -> bool:
    """Whether the viewer has one side of a challenge."""
    return is_own(viewer_id, challenge.challenger_id) or is_own(viewer_id, challenge.opponent_id)


def may_see_challenge(viewer_id: int | None, challenge: Offered) -> bool:
    """Whether the viewer may read a challenge.

    One by link is seen by whoever has the link until somebody has accepted it; from then on, and
    one that was offered by name always, by its two members alone.
    """
    is_open_to_all = challenge.is_by_link and challenge.opponent_id is None
    return is_open_to_all or is_side_of(viewer_id, challenge)


def may_accept_challenge(viewer_id: int, challenge: Offered) -> bool:
    """Whether a challenge was offered to the member; one's own never was."""
    is_offered = challenge.is_by_link or is_own(viewer_id, challenge.opponent_id)
    return is_offered and not is_own(viewer_id, challenge.challenger_id)


def may_decline_challenge(viewer_id: int, challenge: Offered) -> bool:
    """Whether a challenge was offered to the member by name."""
    return not challenge.is_by_link and is_own(viewer_id, challenge.opponent_id)


def may_read_books(user: User) -> bool:
    """Whether the member may read whole books, which hold everybody's orders: staff alone."""
    return user.is_active and user.is_staff


def may_leave(user: User) -> bool:
    """Whether a member may close their account. Who runs the site is let go by somebody else."""
    return not user.is_staff
