"""A member as others see them; what is hidden from the viewer is null, never left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.avatars import SIZES_PX
from accounts.models import Follow, User
from accounts.visibility import Kind
from core.api.fields import IdField, MomentField, TicksField
from exchange.trading.account_serializers import FillSerializer
from exchange.trading.figures import Figures
from exchange.trading.models import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMember:
    """A member with the kinds of things that the viewer may see of them."""

    member: User
    seen: frozenset[Kind]
    figures: Figures
    follower_count: int
    following_count: int


@extend_schema_field({"type": ["string", "null"], "description": "An address on this site."})
class AvatarField(serializers.Field[Any, Any, "str | None", Any]):
    """A member's picture, 256 pixels square; null without one."""

    def to_representation(self, value: User) -> str | None:
        return value.get_avatar_url(max(SIZES_PX)) or None


class MemberNameSerializer(serializers.Serializer[Any]):
    """Enough of a member to name and link them."""

    handle = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    is_bot = serializers.BooleanField()
    avatar = AvatarField(source="*")
    url = serializers.SerializerMethodField()

    @staticmethod
    def get_url(member: User) -> str:
        """Return the member's address in this API."""
        return reverse("api:member", args=[member.handle])


class FollowerSerializer(MemberNameSerializer):
    """Who follows a member, and since when."""

    end: ClassVar = "follower"
    followed_at = MomentField()

    def to_representation(self, instance: Follow) -> dict[str, Any]:
        since = self.fields["followed_at"].to_representation(instance.created_at)
        return {**MemberNameSerializer(getattr(instance, self.end)).data, "followed_at": since}


class FollowedSerializer(FollowerSerializer):
    """Whom a member follows, and since when."""

    end: ClassVar = "followed"


class MemberSerializer(serializers.Serializer[Any]):
    """A member. Counts and sums that the member hides from you are null; `hidden` names why."""

    handle = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    bio = serializers.CharField(allow_blank=True)
    is_bot = serializers.BooleanField()
    avatar = AvatarField()
    joined_at = MomentField()
    hidden = serializers.ListField(
        child=serializers.ChoiceField(choices=Kind.choices),
        help_text="What this member does not show you.",
    )
    follower_count = serializers.IntegerField()
    following_count = serializers.IntegerField(allow_null=True, help_text="Kind: follows.")
    trade_count = serializers.IntegerField(allow_null=True, help_text="Kind: trades.")
    volume = serializers.IntegerField(
        allow_null=True, help_text="Contracts bought and sold. Kind: trades."
    )
    markets_traded = serializers.IntegerField(allow_null=True, help_text="Kind: trades.")
    markets_settled = serializers.IntegerField(allow_null=True, help_text="Kind: profit.")
    markets_won = serializers.IntegerField(allow_null=True, help_text="Kind: profit.")
    profit = TicksField(
        allow_null=True, help_text="Realised and, at last prices, unrealised. Kind: profit."
    )
    realised_profit = TicksField(allow_null=True, help_text="Of settled markets. Kind: profit.")

    def to_representation(self, instance: ShownMember) -> dict[str, Any]:
        return dict(super().to_representation(_members_of(instance)))


class MemberTradeSerializer(FillSerializer):
    """A trade as the member whose it is saw it; which order it was is the member's alone."""

    order = None  # type: ignore[assignment]  # DRF's way to leave a field out


class MemberPositionSerializer(serializers.Serializer[Any]):
    """What a member holds; `cash` is null where the member hides profit and loss from you."""

    market = serializers.CharField(source="market.slug")
    market_title = serializers.CharField(source="market.title")
    contract = IdField(source="contract_id")
    contract_name = serializers.CharField(source="contract.name")
    quantity = serializers.IntegerField(help_text="Below 0: sold more than bought.")
    cash = TicksField(source="cash_ticks", allow_null=True, help_text="Net cash from trades.")
    last_price = TicksField(source="contract.last_price_ticks", allow_null=True)

    def to_representation(self, instance: Position) -> dict[str, Any]:
        members = dict(super().to_representation(instance))
        return members if self.context["shows_profit"] else members | {"cash": None}


def _members_of(shown: ShownMember) -> Mapping[str, Any]:
    member, figures = shown.member, shown.figures
    by_kind: Mapping[Kind, Mapping[str, Any]] = {
        Kind.FOLLOWS: {"following_count": shown.following_count},
        Kind.TRADES: {
            "trade_count": figures.trade_count,
            "volume": figures.volume,
            "markets_traded": figures.markets_traded,
        },
        Kind.PROFIT: {
            "markets_settled": figures.markets_settled,
            "markets_won": figures.markets_won,
            "profit": figures.profit_ticks,
            "realised_profit": figures.realised_ticks,
        },
    }
    members: dict[str, Any] = {
        "handle": member.handle,
        "name": member.name,
        "bio": member.bio,
        "is_bot": member.is_bot,
        "avatar": member,
        "joined_at": member.date_joined,
        "hidden": [kind for kind in Kind if kind not in shown.seen],
        "follower_count": shown.follower_count,
    }
    for kind, fields in by_kind.items():
        members |= fields if kind in shown.seen else dict.fromkeys(fields)
    return members
