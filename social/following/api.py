"""Following members and markets."""

from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.schema import problems
from core.errors import Code
from exchange.ledger.api import HasTradingAccount, user_of
from exchange.markets.api import find_market
from exchange.trading.member_api import find_member
from social.following.selectors import get_market_following, get_member_following
from social.following.services import (
    follow_market,
    follow_member,
    unfollow_market,
    unfollow_member,
)


class FollowingSerializer(serializers.Serializer[Any]):
    """Whether you follow, and how many do."""

    is_following = serializers.BooleanField()
    follower_count = serializers.IntegerField()


_MEMBER_PROBLEMS: Final = problems(Code.NOT_FOUND, Code.CSRF_FAILED, member=True)
_MARKET_PROBLEMS: Final = problems(Code.UNKNOWN_MARKET, Code.CSRF_FAILED, member=True)


class MemberFollowView(APIView):
    """Whether the caller follows a member."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="follow_member",
        tags=["social"],
        request=None,
        responses={200: FollowingSerializer}
        | problems(Code.NOT_FOUND, Code.CANNOT_FOLLOW_YOURSELF, Code.CSRF_FAILED, member=True),
    )
    def put(self, request: Request, handle: str) -> Response:
        """Follow a member; doing so again changes nothing."""
        member = find_member(handle)
        follow_member(follower=user_of(request), followed=member)
        return Response(FollowingSerializer(get_member_following(member, request.user)).data)

    @extend_schema(
        operation_id="unfollow_member",
        tags=["social"],
        responses={200: FollowingSerializer} | _MEMBER_PROBLEMS,
    )
    def delete(self, request: Request, handle: str) -> Response:
        """Follow a member no more."""
        member = find_member(handle)
        unfollow_member(follower=user_of(request), followed=member)
        return Response(FollowingSerializer(get_member_following(member, request.user)).data)


class MarketFollowView(APIView):
    """Whether the caller follows a market."""

    permission_classes = (HasTradingAccount,)

    @extend_schema(
        operation_id="follow_market",
        tags=["social"],
        request=None,
        responses={200: FollowingSerializer} | _MARKET_PROBLEMS,
    )
    def put(self, request: Request, slug: str) -> Response:
        """Follow a market; doing so again changes nothing."""
        market = find_market(slug)
        follow_market(follower=user_of(request), market=market)
        return Response(FollowingSerializer(get_market_following(market, request.user)).data)

    @extend_schema(
        operation_id="unfollow_market",
        tags=["social"],
        responses={200: FollowingSerializer} | _MARKET_PROBLEMS,
    )
    def delete(self, request: Request, slug: str) -> Response:
        """Follow a market no more."""
        market = find_market(slug)
        unfollow_market(follower=user_of(request), market=market)
        return Response(FollowingSerializer(get_market_following(market, request.user)).data)
