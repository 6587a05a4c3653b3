"""Feeds: what those do whom one follows, what everybody does, what happens in a market."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from exchange.markets.selectors import get_market
from exchange.web.paging import get_page, read_cursor
from social.activities.lines import lines_of
from social.activities.selectors import (
    ID_MAX,
    list_home,
    list_of_market,
    list_public,
)
from social.following.selectors import list_followed_ids

ROWS_PER_PAGE: Final = 30


@require_safe
def show_feed(request: HttpRequest) -> HttpResponse:
    """Show the viewer's own feed; everybody's to strangers and to who follows nothing yet."""
    viewer = request.user
    followed = list_followed_ids(viewer) if isinstance(viewer, User) else None
    wants_public = request.GET.get("scope") == "public"
    is_home = isinstance(viewer, User) and bool(followed) and not wants_public
    if is_home and isinstance(viewer, User):
        before = read_cursor(request.GET) or ID_MAX
        rows = list_home(viewer, before=before, limit=ROWS_PER_PAGE + 1)
    else:
        rows = list_public(viewer)
    page = get_page(rows, request.GET, size=ROWS_PER_PAGE)
    context = {
        "page": page,
        "lines": lines_of(page.rows),
        "is_home": is_home,
        "followed": followed.as_json() if is_home and followed else None,
        "follows_nothing": followed is not None and not followed,
    }
    return render(request, "web/feed.html", context)


@require_safe
def show_market_activity(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what happened in a market."""
    market = get_market(slug)
    page = get_page(list_of_market(market, request.user), request.GET, size=ROWS_PER_PAGE)
    context = {"market": market, "page": page, "lines": lines_of(page.rows)}
    return render(request, "web/market_activity.html", context)
