"""Reads of leaderboards: a place among those whom the viewer may see."""

from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet, TextChoices

from accounts.models import Follow
from accounts.visibility import Kind, Viewer, seen_by
from social.leaderboards.models import LeaderboardBuild, Standing

PLACES_MAX: Final = 1_000


class Board(TextChoices):
    """What members are compared by."""

    PROFIT = "profit"
    RETURN = "return"
    BRIER = "brier", "Brier score"
    VOLUME = "volume"


class Who(TextChoices):
    """Humans and bots are compared among themselves."""

    HUMANS = "humans"
    BOTS = "bots"


_COLUMNS: Final = {
    Board.PROFIT: "profit_ticks",
    Board.RETURN: "return_basis_points",
    Board.BRIER: "brier_millionths",
    Board.VOLUME: "volume",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A member's place, their figure, and who they are."""

    rank: int
    standing: Standing
    value: int
    is_viewer: bool


def get_build(period: str) -> LeaderboardBuild | None:
    """Return the last building of a period; None before the first."""
    return LeaderboardBuild.objects.filter(period=period).first()


def list_standings(
    build: LeaderboardBuild, board: Board, *, viewer: Viewer, who: str, only_followed: bool = False
) -> QuerySet[Standing]:
    """Return who stands on a leaderboard and lets the viewer see it, the best first.

    Those who let the viewer see nothing are not counted: there are no gaps to tell of them.
    """
    kind = Kind.TRADES if board == Board.VOLUME else Kind.PROFIT
    column = _COLUMNS[board]
    rows = Standing.objects.filter(
        seen_by(viewer, kind, "member"),
        build=build,
        member__is_active=True,
        member__is_bot=who == Who.BOTS,
        **{f"{column}__isnull": False},
    )
    if only_followed:
        rows = rows.filter(_followed_by(viewer))
    order = F(column).asc() if board == Board.BRIER else F(column).desc()
    return rows.select_related("member").order_by(order, "member_id")


def list_places(
    rows: QuerySet[Standing], board: Board, *, viewer: Viewer, offset: int, limit: int
) -> list[Place]:
    """Return the places from an offset on. One query."""
    column = _COLUMNS[board]
    viewer_id = viewer.pk if viewer is not None else None
    return [
        Place(
            rank=offset + number,
            standing=row,
            value=getattr(row, column),
            is_viewer=row.member_id == viewer_id,
        )
        for number, row in enumerate(rows[offset : offset + limit], start=1)
    ]


def find_place(rows: QuerySet[Standing], board: Board, *, viewer: Viewer) -> Place | None:
    """Return the viewer's own place, None where they have none. Two queries."""
    if viewer is None or not viewer.is_authenticated:
        return None
    column = _COLUMNS[board]
    own = rows.filter(member=viewer).first()
    if own is None:
        return None
    value = getattr(own, column)
    is_better = "lt" if board == Board.BRIER else "gt"
    ahead = Q(**{f"{column}__{is_better}": value}) | Q(
        **{column: value, "member_id__lt": own.member_id}
    )
    rank = rows.filter(ahead).count() + 1
    return Place(rank=rank, standing=own, value=value, is_viewer=True)


def _followed_by(viewer: Viewer) -> Q:
    if viewer is None or not viewer.is_authenticated:
        return Q(pk__in=())
    followed = Follow.objects.filter(follower_id=viewer.pk).values("followed_id")
    return Q(member_id__in=followed) | Q(member=viewer)
