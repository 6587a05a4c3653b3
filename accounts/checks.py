"""What is said at every start where members' accounts would not be safe."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 -- Django's name

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


@register(Tags.security)
def check_mail_is_private(**_: Any) -> list[CheckMessage]:
    """Warn of a mailbox for everybody on a site that others can reach."""
    if not settings.DEV_MAIL or urlsplit(settings.SITE_URL).hostname in _THIS_MACHINE:
        return []
    return [
        Warning(
            "Everybody can read the mail of this site at /dev/mail/, "
            "and set anybody's password by the links in it.",
            hint="Set EMAIL_URL to a mail server, or DEV_MAIL=0.",
            id="accounts.W001",
        )
    ]
