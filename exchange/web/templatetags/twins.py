"""Links from a page to the same list as the API has it, for feed readers and programs."""

from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()

# By the name of a page, and by its tab where it has some, the list of the API with the same rows.
# Pages that narrow their list link to it themselves.
TWINS: Final = {
    "accounts:member-tab/badges": "api:member-badges",
    "accounts:member-tab/followers": "api:followers",
    "accounts:member-tab/following": "api:following",
    "accounts:member-tab/positions": "api:member-positions",
    "accounts:member-tab/trades": "api:member-trades",
    "account_keys": "api:keys",
    "notifications:list": "api:notifications",
    "web:badges": "api:badges",
    "web:challenges": "api:challenges",
    "web:discussion": "api:comments",
    "web:feed": "api:feed",
    "web:leaderboard": "api:leaderboard",
    "web:portfolio": "api:positions",
    "web:portfolio-fills": "api:fills",
    "web:portfolio-ledger": "api:ledger",
    "web:portfolio-orders": "api:orders",
}


@register.simple_tag(takes_context=True)
def twin(context: Mapping[str, Any]) -> str:
    """Return the address of the list that the page shown has in the API; "" for none."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None:
        return ""
    kwargs = dict(match.kwargs)
    tab = kwargs.pop("tab", "")
    name = TWINS.get(f"{match.view_name}/{tab}" if tab else match.view_name)
    try:
        return reverse(name, kwargs=kwargs) if name else ""
    except NoReverseMatch:  # the page is at an address that says less than the list's
        return ""
