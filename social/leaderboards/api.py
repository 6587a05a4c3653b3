"""Leaderboards by the API."""

from typing import Any, Final

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.fields import MomentField, WordField
from core.api.representations.listing import Listing
from core.api.representations.views import Represented
from core.api.schema import problems
from core.api.serializers import read
from core.errors import Code, Problem
from exchange.trading.times import to_datetime
from social.leaderboards.models import Period
from social.leaderboards.selectors import (
    PLACES_MAX,
    Board,
    Place,
    Who,
    find_place,
    get_build,
    list_places,
    list_standings,
)
from social.leaderboards.wording import plain_value

_LIMIT: Final = 50
_LIMIT_MAX: Final = 200


class LeaderboardQuerySerializer(serializers.Serializer[Any]):
    """Which part of a leaderboard is wanted."""

    period = WordField(choices=Period.choices, default=Period.WEEK.value)
    who = WordField(choices=Who.choices, default=Who.HUMANS.value)
    followed = serializers.BooleanField(default=False, help_text="You and those you follow alone.")
    limit = serializers.IntegerField(default=_LIMIT, min_value=1, max_value=_LIMIT_MAX)
    cursor = serializers.RegexField(
        r"^\d{1,4}$", required=False, help_text="The `next` of the page before."
    )


class PlaceSerializer(serializers.Serializer[Any]):
    """A member's place among those whom the caller may see."""

    rank = serializers.IntegerField()
    member = serializers.CharField(source="standing.member.handle")
    value = serializers.CharField(help_text="A decimal string.")


class LeaderboardSerializer(serializers.Serializer[Any]):
    """A page of a leaderboard."""

    name = serializers.ChoiceField(choices=Board.choices)
    period = serializers.ChoiceField(choices=Period.choices)
    as_of = MomentField(allow_null=True, help_text="Null: not built yet.")
    you = PlaceSerializer(allow_null=True)
    results = PlaceSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Opaque; null on the last page.")


class LeaderboardView(Represented, APIView):
    """One leaderboard."""

    listing = Listing(
        title="Leaderboard: {name}",
        kind="place",
        entry_title="{rank}. {member}",
        key="name/period/member",
        updated=("as_of",),
        link=lambda row: reverse("accounts:member", args=[row["member"]]),
        author="{member}",
        page="/leaderboards/{name}/?period={period}",
        columns=("rank", "value"),
    )

    @extend_schema(
        operation_id="get_leaderboard",
        tags=["leaderboards"],
        parameters=[
            LeaderboardQuerySerializer,
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=Board.values),
        ],
        responses={200: LeaderboardSerializer}
        | problems(Code.INVALID, Code.NOT_FOUND, Code.NOT_AUTHENTICATED),
    )
    def get(self, request: Request, name: str) -> Response:
        """Read a leaderboard, the best first: profit, return, brier or volume."""
        if name not in Board.values:
            raise Problem(Code.NOT_FOUND, "There is no such leaderboard.")
        asked = read(LeaderboardQuerySerializer, request.query_params)
        viewer = request.user if isinstance(request.user, User) else None
        if asked["followed"] and viewer is None:
            raise NotAuthenticated
        return Response(_page(Board(name), asked, viewer))


def _page(board: Board, asked: dict[str, Any], viewer: User | None) -> dict[str, Any]:
    build = get_build(asked["period"])
    head = {"name": board, "period": asked["period"]}
    if build is None:
        return {**head, "as_of": None, "you": None, "results": [], "next": None}
    rows = list_standings(
        build, board, viewer=viewer, who=asked["who"], only_followed=asked["followed"]
    )
    offset, limit = int(asked.get("cursor", 0)), asked["limit"]
    limit = min(limit, PLACES_MAX - offset)
    places = list_places(rows, board, viewer=viewer, offset=offset, limit=max(limit, 0) + 1)
    own = find_place(rows, board, viewer=viewer)
    end = offset + limit
    has_more = len(places) > limit and end < PLACES_MAX
    shown = {
        **head,
        "as_of": to_datetime(build.as_of_ms),
        "you": own and _as_row(board, own),
        "results": [_as_row(board, place) for place in places[: max(limit, 0)]],
        "next": str(end) if has_more else None,
    }
    return dict(LeaderboardSerializer(shown).data)


def _as_row(board: Board, place: Place) -> dict[str, Any]:
    return {
        "rank": place.rank,
        "standing": place.standing,
        "value": plain_value(board, place.value),
    }
