"""The menu of the settings, on every page of them."""

from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: it is current on the pages whose addresses begin with one of `pages`."""

    title: str
    url_name: str
    pages: tuple[str, ...] = ()


ENTRIES: Final = (
    Entry("Profile", "account_profile", ("account_avatar",)),
    Entry("Display", "account_display"),
    Entry("Privacy", "account_privacy"),
    Entry(
        "Security",
        "account_security",
        ("account_email", "account_change_password", "mfa_index", "usersessions_list"),
    ),
    Entry("API keys", "account_keys"),
    Entry("Notifications", "notifications:settings"),
    Entry("Your data", "account_data", ("web:close-account",)),
)


@register.inclusion_tag("accounts/_nav.html", takes_context=True)
def settings_menu(context: dict[str, Any]) -> dict[str, object]:
    """Show the menu; an entry whose app has no such page is left out."""
    path = context["request"].path
    shown = [(entry, address) for entry in ENTRIES if (address := _address(entry.url_name))]
    return {"entries": [(entry, address, _is_current(entry, path)) for entry, address in shown]}


def _is_current(entry: Entry, path: str) -> bool:
    return any(path.startswith(_address(name)) for name in (entry.url_name, *entry.pages))


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
