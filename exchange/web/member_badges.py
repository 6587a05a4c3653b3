"""The badges of a member, as a tab of their page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from exchange.web.members import MemberPage
from social.badges.selectors import list_badges


def load_badges(_: HttpRequest, page: MemberPage) -> Mapping[str, Any]:
    """Return the badges that tell nothing which the member keeps from the viewer."""
    return {"badges": list_badges(page.member, seen=page.seen)}
