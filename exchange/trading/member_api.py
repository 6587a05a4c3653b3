"""Members, and what each lets the caller see of their trading and of whom they follow."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Follow, User
from accounts.selectors import count_follows, get_member, list_followers, list_following
from accounts.visibility import Kind, may_see, seen_kinds
from core.api.representations.listing import Listing, Row
from core.api.representations.views import ListView
from core.api.schema import problems
from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account
from exchange.trading.account_api import ByMarket
from exchange.trading.figures import get_figures
from exchange.trading.member_serializers import (
    FollowedSerializer,
    FollowerSerializer,
    MemberPositionSerializer,
    MemberSerializer,
    MemberTradeSerializer,
    ShownMember,
)
from exchange.trading.models import Position, Trade
from exchange.trading.selectors import list_fills, list_positions

_LIST_PROBLEMS = (Code.INVALID, Code.INVALID_CURSOR, Code.NOT_FOUND)
Shown = TypeVar("Shown", bound=Model)


def _member_link(row: Row) -> str:
    return reverse("accounts:member", args=[row["handle"]])


def find_member(handle: str) -> User:
    """Return a member by handle, in any case. Raises Problem NOT_FOUND."""
    member = get_member(handle)
    if member is None:
        raise Problem(Code.NOT_FOUND, f"There is no member {handle[:30]!r}.")
    return member


def find_shown(request: Request, handle: str, kind: Kind) -> User:
    """Return a member who shows the caller that kind. Raises Problem, HIDDEN_BY_MEMBER too."""
    member = find_member(handle)
    if not may_see(request.user, member, kind):
        raise Problem(
            Code.HIDDEN_BY_MEMBER,
            f"{member.handle} does not show you their {kind.label.lower()}.",
            kind=kind.value,
        )
    return member


class MemberView(APIView):
    """One member."""

    @extend_schema(
        operation_id="get_member",
        tags=["members"],
        responses={200: MemberSerializer} | problems(Code.NOT_FOUND),
    )
    def get(self, request: Request, handle: str) -> Response:
        """Read a member: who they are, and what their trading has come to."""
        member = find_member(handle)
        follower_count, following_count = count_follows(member)
        shown = ShownMember(
            member=member,
            seen=seen_kinds(request.user, member),
            figures=get_figures(get_trading_account(member)),
            follower_count=follower_count,
            following_count=following_count,
        )
        return Response(MemberSerializer(shown).data)


class _MemberListView(ListView[Shown]):
    """A list of a member's, whose handle the address has in any case."""

    def get_parts(self) -> Mapping[str, Any]:
        return {"whose": self.kwargs["handle"].lower()}


class MemberTradesView(_MemberListView[Trade]):
    """A member's trades."""

    listing = Listing(
        title="Trades of {whose}",
        kind="member-trade",
        entry_title="{side} {quantity} {contract_name} at {price}",
        key="whose/id",
        updated=("executed_at",),
        link=lambda row: reverse("web:market", args=[row["market"]]),
        author="{whose}",
        page="/members/{whose}/trades/",
    )
    serializer_class = MemberTradeSerializer

    def get_queryset(self) -> QuerySet[Trade]:
        self.account = _account(self.request, self.kwargs["handle"], Kind.TRADES)
        return Trade.objects.none() if self.account is None else list_fills(self.account)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "account": self.account}

    @extend_schema(
        operation_id="list_member_trades",
        tags=["members"],
        responses={200: MemberTradeSerializer(many=True)}
        | problems(Code.HIDDEN_BY_MEMBER, *_LIST_PROBLEMS),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List a member's trades from the member's side, newest first."""
        return super().get(request, *args, **kwargs)


class MemberPositionsView(_MemberListView[Position]):
    """A member's open positions."""

    listing = Listing(
        title="Positions of {whose}",
        kind="member-position",
        entry_title="{quantity} {contract_name}: {market_title}",
        key="whose/contract",
        link=lambda row: reverse("web:market", args=[row["market"]]),
        author="{whose}",
        page="/members/{whose}/positions/",
        columns=("contract_name", "quantity", "cash", "last_price"),
    )
    serializer_class = MemberPositionSerializer
    pagination_class = ByMarket

    def get_queryset(self) -> QuerySet[Position]:
        account = _account(self.request, self.kwargs["handle"], Kind.POSITIONS)
        return Position.objects.none() if account is None else list_positions(account)

    def get_serializer_context(self) -> dict[str, Any]:
        member = find_member(self.kwargs["handle"])
        shows_profit = may_see(self.request.user, member, Kind.PROFIT)
        return {**super().get_serializer_context(), "shows_profit": shows_profit}

    @extend_schema(
        operation_id="list_member_positions",
        tags=["members"],
        responses={200: MemberPositionSerializer(many=True)}
        | problems(Code.HIDDEN_BY_MEMBER, *_LIST_PROBLEMS),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what a member holds in markets that are not settled, the newest market first."""
        return super().get(request, *args, **kwargs)


class FollowersView(_MemberListView[Follow]):
    """Who follows a member."""

    serializer_class = FollowerSerializer
    listing = Listing(
        title="Who follows {whose}",
        kind="follower",
        entry_title="{handle}",
        key="whose/handle",
        updated=("followed_at",),
        link=_member_link,
        page="/members/{whose}/followers/",
        columns=("name", "is_bot", "followed_at"),
    )

    def get_queryset(self) -> QuerySet[Follow]:
        return list_followers(find_member(self.kwargs["handle"]), viewer=self.request.user)

    @extend_schema(
        operation_id="list_followers",
        tags=["members"],
        responses={200: FollowerSerializer(many=True)} | problems(*_LIST_PROBLEMS),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List who follows a member, of those who show you whom they follow; newest first."""
        return super().get(request, *args, **kwargs)


class FollowingView(_MemberListView[Follow]):
    """Whom a member follows."""

    serializer_class = FollowedSerializer
    listing = Listing(
        title="Whom {whose} follows",
        kind="following",
        entry_title="{handle}",
        key="whose/handle",
        updated=("followed_at",),
        link=_member_link,
        page="/members/{whose}/following/",
        columns=("name", "is_bot", "followed_at"),
    )

    def get_queryset(self) -> QuerySet[Follow]:
        return list_following(find_shown(self.request, self.kwargs["handle"], Kind.FOLLOWS))

    @extend_schema(
        operation_id="list_following",
        tags=["members"],
        responses={200: FollowedSerializer(many=True)}
        | problems(Code.HIDDEN_BY_MEMBER, *_LIST_PROBLEMS),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List whom a member follows, newest first."""
        return super().get(request, *args, **kwargs)


def _account(request: Request, handle: str, kind: Kind) -> Account | None:
    """Return the account of a member who shows the caller that kind. Raises Problem."""
    return get_trading_account(find_shown(request, handle, kind))
