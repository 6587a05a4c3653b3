"""The challenges of a member, as a tab of their page."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest

from accounts.models import User
from exchange.web.challenges import view_challenge
from exchange.web.members import MemberPage
from exchange.web.paging import get_page
from social.challenges.results import get_record
from social.challenges.selectors import list_accepted

ROWS_PER_PAGE: Final = 25


def load_challenges(request: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    """Return accepted challenges that both sides show the viewer, and how the member has done.

    The record against the viewer is the viewer's own to see; the one against all is profit and
    loss.
    """
    viewer = request.user if isinstance(request.user, User) else None
    rows = get_page(list_accepted(page.member, viewer=viewer), request.GET, size=ROWS_PER_PAGE)
    is_other = viewer is not None and not page.is_own
    return {
        "page": rows,
        "challenges": [
            view_challenge(row, viewer_id=page.member.pk if page.shows_profit else None)
            for row in rows.rows
        ],
        "record": get_record(page.member) if page.shows_profit else None,
        "against_you": get_record(page.member, against=viewer) if is_other else None,
    }
