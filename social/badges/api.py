"""Badges by the API."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.visibility import seen_kinds
from core.api.fields import MomentField
from core.api.representations.listing import Listing
from core.api.representations.views import Represented
from core.api.schema import problems
from core.errors import Code
from exchange.trading.member_api import find_member
from social.badges.selectors import count_badges, list_badges


class CountedBadgeSerializer(serializers.Serializer[Any]):
    """A badge there is."""

    name = serializers.CharField(source="rule.name")
    title = serializers.CharField(source="rule.title")
    meaning = serializers.CharField(source="rule.meaning")
    count = serializers.IntegerField(source="holder_count", help_text="How many have it.")


class EarnedBadgeSerializer(serializers.Serializer[Any]):
    """A badge that a member has earned."""

    name = serializers.CharField(source="rule.name")
    title = serializers.CharField(source="rule.title")
    meaning = serializers.CharField(source="rule.meaning")
    awarded_at = MomentField(source="badge.awarded_at")


class BadgesView(Represented, APIView):
    """Every badge."""

    listing = Listing(
        title="Badges",
        kind="badge",
        entry_title="{title}",
        key="name",
        page="/badges/",
        columns=("meaning", "count"),
    )

    @extend_schema(
        operation_id="list_badges",
        tags=["badges"],
        responses={200: CountedBadgeSerializer(many=True)} | problems(),
    )
    def get(self, request: Request) -> Response:
        """List every badge there is, and how many have it."""
        viewer = request.user if isinstance(request.user, User) else None
        return Response(CountedBadgeSerializer(count_badges(viewer), many=True).data)


class MemberBadgesView(Represented, APIView):
    """A member's badges."""

    listing = Listing(
        title="Badges of {whose}",
        kind="member-badge",
        entry_title="{title}",
        key="whose/name",
        updated=("awarded_at",),
        author="{whose}",
        page="/members/{whose}/",
        columns=("meaning", "awarded_at"),
    )

    def get_parts(self) -> Mapping[str, Any]:
        return {"whose": self.kwargs["handle"].lower()}

    @extend_schema(
        operation_id="list_member_badges",
        tags=["badges"],
        responses={200: EarnedBadgeSerializer(many=True)} | problems(Code.NOT_FOUND),
    )
    def get(self, request: Request, handle: str) -> Response:
        """List a member's badges, but those that tell what they keep from you."""
        member = find_member(handle)
        found = list_badges(member, seen=seen_kinds(request.user, member))
        return Response(EarnedBadgeSerializer(found, many=True).data)
