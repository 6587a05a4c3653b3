"""Where demo data may be made: anybody could log in as the demo's members, or win of its bots."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def refuse_where_public(*, force: bool) -> None:
    """Raise CommandError for a site that others can reach, unless that is what is wanted."""
    if not (force or settings.DEBUG or urlsplit(settings.SITE_URL).hostname in _LOCAL):
        raise CommandError(
            f"{settings.SITE_URL} is public, and everybody knows the demo's logins. "
            "Use --force if that is what you want."
        )
