"""The tabs of a member's page, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest

from accounts.selectors import list_followers, list_following
from exchange.ledger.models import Account
from exchange.trading.figures import get_figures
from exchange.trading.selectors import list_fills, list_positions
from exchange.web.holdings import Holding
from exchange.web.lines import FillLine
from exchange.web.member_badges import load_badges
from exchange.web.member_challenges import load_challenges
from exchange.web.members import MemberPage, Tab
from exchange.web.paging import get_page
from exchange.web.selectors import get_fill_lines, get_holdings
from social.activities.lines import lines_of
from social.activities.selectors import list_of_member

ROWS_PER_PAGE: Final = 50
_ROWS_ON_OVERVIEW: Final = 5
_HOLDINGS_MAX: Final = 200


def _load_overview(_: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    return {
        "figures": get_figures(page.account),
        "holdings": _holdings(page, _ROWS_ON_OVERVIEW),
        "fills": _fills(page, _ROWS_ON_OVERVIEW),
    }


def _load_trades(request: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    if page.account is None or not page.shows_trades:
        return {}
    rows = get_page(list_fills(page.account), request.GET, size=ROWS_PER_PAGE)
    return {"page": rows, "fills": get_fill_lines(rows.rows, page.account)}


def _load_positions(_: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    return {"holdings": _holdings(page, _HOLDINGS_MAX), "holdings_max": _HOLDINGS_MAX}


def _load_activity(request: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    rows = get_page(list_of_member(page.member, request.user), request.GET, size=ROWS_PER_PAGE)
    return {"page": rows, "lines": lines_of(rows.rows)}


def _load_followers(request: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    follows = list_followers(page.member, viewer=request.user)
    rows = get_page(follows, request.GET, size=ROWS_PER_PAGE)
    return {"page": rows, "people": [row.follower for row in rows.rows]}


def _load_following(request: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    if not page.shows_follows:
        return {}
    rows = get_page(list_following(page.member), request.GET, size=ROWS_PER_PAGE)
    return {"page": rows, "people": [row.followed for row in rows.rows]}


def _holdings(page: MemberPage, limit: int) -> list[Holding]:
    account: Account | None = page.account if page.shows_positions else None
    return [] if account is None else get_holdings(list_positions(account)[:limit])


def _fills(page: MemberPage, limit: int) -> list[FillLine]:
    account: Account | None = page.account if page.shows_trades else None
    return [] if account is None else get_fill_lines(list_fills(account)[:limit], account)


TABS: Final[Sequence[Tab]] = (
    Tab(
        name="overview",
        title="Overview",
        template="web/member/overview.html",
        load=_load_overview,
    ),
    Tab(
        name="positions",
        title="Positions",
        template="web/member/positions.html",
        load=_load_positions,
    ),
    Tab(name="trades", title="Trades", template="web/member/trades.html", load=_load_trades),
    Tab(
        name="challenges",
        title="Challenges",
        template="web/member/challenges.html",
        load=load_challenges,
    ),
    Tab(
        name="badges",
        title="Badges",
        template="web/member/badges.html",
        load=load_badges,
    ),
    Tab(
        name="activity",
        title="Activity",
        template="web/member/activity.html",
        load=_load_activity,
    ),
    Tab(
        name="followers",
        title="Followers",
        template="web/member/followers.html",
        load=_load_followers,
        is_listed=False,
    ),
    Tab(
        name="following",
        title="Following",
        template="web/member/following.html",
        load=_load_following,
        is_listed=False,
    ),
)
