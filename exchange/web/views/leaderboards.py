"""Leaderboards: who does best, among those whom the viewer may see."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from exchange.trading.times import to_datetime
from social.leaderboards.models import LeaderboardBuild, Period
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
from social.leaderboards.wording import EXPLAINED, format_value

ROWS_PER_PAGE: Final = 50


@require_safe
def show_leaderboard(request: HttpRequest, name: str = Board.PROFIT) -> HttpResponse:
    """Show a leaderboard of a period; ?period=, ?who=, ?followed=1 and ?from= narrow it."""
    if name not in Board.values:
        message = "There is no such leaderboard."
        raise Http404(message)
    board, query = Board(name), request.GET
    period = _one_of(Period.values, query.get("period"), Period.WEEK)
    who = _one_of(Who.values, query.get("who"), Who.HUMANS)
    viewer = request.user if isinstance(request.user, User) else None
    is_followed = viewer is not None and query.get("followed") == "1"
    build = get_build(period)
    context: dict[str, Any] = {
        "boards": Board.choices,
        "board": board,
        "explained": EXPLAINED[board],
        "periods": Period.choices,
        "period": period,
        "whos": Who.choices,
        "who": who,
        "is_followed": is_followed,
        "as_of": build and to_datetime(build.as_of_ms),
    }
    if build is not None:
        context |= _places(build, board, viewer, who, is_followed, _offset(query.get("from")))
    return render(request, "web/leaderboard.html", context)


def _places(  # noqa: PLR0917 -- what a page is asked for
    build: LeaderboardBuild,
    board: Board,
    viewer: User | None,
    who: str,
    is_followed: bool,  # noqa: FBT001 -- one of them
    offset: int,
) -> dict[str, Any]:
    rows = list_standings(build, board, viewer=viewer, who=who, only_followed=is_followed)
    found = list_places(rows, board, viewer=viewer, offset=offset, limit=ROWS_PER_PAGE + 1)
    shown = found[:ROWS_PER_PAGE]
    own = find_place(rows, board, viewer=viewer)
    end = offset + ROWS_PER_PAGE
    is_own_shown = any(place.is_viewer for place in shown)
    return {
        "lines": [_line(board, place) for place in shown],
        "own": _line(board, own) if own is not None and not is_own_shown else None,
        "next_from": end if len(found) > ROWS_PER_PAGE and end < PLACES_MAX else None,
        "is_first": not offset,
    }


def _line(board: Board, place: Place) -> dict[str, Any]:
    is_gain = board in {Board.PROFIT, Board.RETURN}
    return {
        "place": place,
        "member": place.standing.member,
        "text": format_value(board, place.value),
        "gain_ticks": place.value if is_gain else None,
    }


def _one_of(words: list[str], asked: str | None, usual: str) -> str:
    return asked if asked in words else usual


def _offset(text: str | None) -> int:
    """Return where a page begins; the first one's start for whatever this site did not link to."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(PLACES_MAX)):
        return 0
    offset = int(text)
    return offset if offset < PLACES_MAX else 0
