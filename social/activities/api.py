"""Feeds: what members and markets did, as the caller may see it."""

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api.fields import IdField, MomentField, TicksField, WordField
from core.api.representations.listing import Listing
from core.api.representations.views import ListView
from core.api.schema import MIN_SEQ, problems
from core.api.serializers import read
from core.errors import Code
from exchange.markets.api import find_market, wait_for_market
from exchange.trading.member_api import find_member
from exchange.trading.member_serializers import MemberNameSerializer
from social.activities.lines import Line
from social.activities.models import Activity, Verb
from social.activities.selectors import (
    ID_MAX,
    list_home,
    list_of_market,
    list_of_member,
    list_public,
)

HOME: Final = "home"
PUBLIC: Final = "public"
_PROBLEMS: Final = (Code.INVALID, Code.INVALID_CURSOR)


class ActivityMarketSerializer(serializers.Serializer[Any]):
    """Enough of a market to name and link it."""

    slug = serializers.CharField()
    title = serializers.CharField()


class ActivitySerializer(serializers.Serializer[Any]):
    """Something that was done, in words and in figures."""

    id = IdField(source="activity.pk")
    verb = serializers.ChoiceField(choices=Verb.choices, source="activity.verb")
    text = serializers.CharField(help_text="The whole of it in a sentence.")
    url = serializers.CharField(help_text="The page where it is to be seen.")
    actor = MemberNameSerializer(allow_null=True, help_text="Null: the market itself.")
    target = MemberNameSerializer(allow_null=True, help_text="To whom it was done.")
    market = ActivityMarketSerializer(allow_null=True)
    quantity = serializers.IntegerField(allow_null=True, help_text="Contracts traded.")
    average_price = TicksField(
        source="average_ticks", allow_null=True, help_text="Of what was traded."
    )
    amount = TicksField(source="amount_ticks", allow_null=True, help_text="What was won.")
    excerpt = serializers.CharField(allow_blank=True, help_text="How what was written begins.")
    created_at = MomentField(source="activity.created_at")

    def to_representation(self, instance: Activity) -> dict[str, Any]:
        """Return an activity in words."""
        return super().to_representation(Line(instance))


class FeedQuerySerializer(serializers.Serializer[Any]):
    """Whose feed is wanted."""

    scope = WordField(
        choices=(HOME, PUBLIC),
        required=False,
        help_text="`home`: whom and what you follow, and yourself. `public`: everybody. "
        "The first when you are logged in, else the second.",
    )


def _listing(title: str, page: str) -> Listing:
    return Listing(
        title=title,
        kind="activity",
        entry_title="{text}",
        link=lambda row: str(row["url"]),
        author=lambda row: str((row["actor"] or {}).get("handle", "")),
        page=page,
        columns=("verb", "actor", "market", "quantity", "average_price", "amount", "excerpt"),
    )


class FeedView(ListView[Activity]):
    """The caller's own feed, or everybody's."""

    serializer_class = ActivitySerializer
    listing = _listing("Activity", "/feed/")

    def get_queryset(self) -> QuerySet[Activity]:
        user = self.request.user
        wanted = read(FeedQuerySerializer, self.request.query_params).get("scope", "")
        if wanted == PUBLIC or (not wanted and not user.is_authenticated):
            return list_public(user)
        if not isinstance(user, User):
            raise NotAuthenticated
        return self._home(user)

    def _home(self, user: User) -> QuerySet[Activity]:
        paginator = self.paginator
        assert isinstance(paginator, CursorPagination), "all lists have cursors"
        cursor = paginator.decode_cursor(self.request)
        before = ID_MAX if cursor is None else int(cursor.position or ID_MAX)
        size = paginator.get_page_size(self.request)
        assert size is not None, "all lists have pages"
        return list_home(user, before=before, limit=size + 1)

    @extend_schema(
        operation_id="list_feed",
        tags=["social"],
        parameters=[FeedQuerySerializer],
        responses={200: ActivitySerializer(many=True)}
        | problems(*_PROBLEMS, Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what those you follow did, or everybody, newest first."""
        return super().get(request, *args, **kwargs)


class MarketActivityView(ListView[Activity]):
    """What happened in a market."""

    serializer_class = ActivitySerializer
    listing = _listing("Activity in {slug}", "/markets/{slug}/")

    def get_queryset(self) -> QuerySet[Activity]:
        return list_of_market(find_market(self.kwargs["slug"]), self.request.user)

    @extend_schema(
        operation_id="list_market_activity",
        tags=["social"],
        parameters=[MIN_SEQ],
        responses={200: ActivitySerializer(many=True)} | problems(*_PROBLEMS, Code.UNKNOWN_MARKET),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what happened in a market, newest first."""
        wait_for_market(request, self.kwargs["slug"])
        return super().get(request, *args, **kwargs)


class MemberActivityView(ListView[Activity]):
    """What a member did."""

    serializer_class = ActivitySerializer
    listing = _listing("Activity of {handle}", "/members/{handle}/activity/")

    def get_queryset(self) -> QuerySet[Activity]:
        return list_of_member(find_member(self.kwargs["handle"]), self.request.user)

    @extend_schema(
        operation_id="list_member_activity",
        tags=["social"],
        responses={200: ActivitySerializer(many=True)} | problems(*_PROBLEMS, Code.NOT_FOUND),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List what a member did, of what they show you, newest first."""
        return super().get(request, *args, **kwargs)
