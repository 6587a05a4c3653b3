"""What a member's page shows a viewer, and the tabs it has.

Each tab is an address below the member's. An app that has something to show of a member adds a
Tab to `member_tabs.py`: a name, a template that extends "web/member/base.html", and a function
that reads what the template shows. The tab asks `MemberPage.shows` before it shows a kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.selectors import count_follows
from accounts.visibility import Kind, seen_kinds
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account
from social.following.selectors import is_following_member


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPage:
    """A member, and what the viewer may see of them."""

    member: User
    account: Account | None
    seen: frozenset[Kind]
    is_own: bool
    follower_count: int
    following_count: int
    is_following: bool

    def shows(self, kind: Kind) -> bool:
        """Whether the viewer may see that kind of the member's things."""
        return kind in self.seen

    @property
    def shows_trades(self) -> bool:
        """Whether the viewer may see the trades."""
        return self.shows(Kind.TRADES)

    @property
    def shows_positions(self) -> bool:
        """Whether the viewer may see the positions."""
        return self.shows(Kind.POSITIONS)

    @property
    def shows_profit(self) -> bool:
        """Whether the viewer may see profit and loss."""
        return self.shows(Kind.PROFIT)

    @property
    def shows_follows(self) -> bool:
        """Whether the viewer may see whom the member follows."""
        return self.shows(Kind.FOLLOWS)


Load = Callable[[HttpRequest, MemberPage], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One part of a member's page; an unlisted one is reached by a link of another."""

    name: str
    title: str
    template: str
    load: Load
    is_listed: bool = True


def get_member_page(request: HttpRequest, member: User) -> MemberPage:
    """Return a member's page for who asks. Five queries at most, none for the kinds alone."""
    follower_count, following_count = count_follows(member)
    return MemberPage(
        member=member,
        account=get_trading_account(member),
        seen=seen_kinds(request.user, member),
        is_own=request.user.pk == member.pk,
        follower_count=follower_count,
        following_count=following_count,
        is_following=is_following_member(member, request.user),
    )
