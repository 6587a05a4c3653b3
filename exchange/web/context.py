"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from exchange.web.formatting import format_credits
from exchange.web.viewer import get_viewer_account


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name, whether mail is at /dev/mail/, and what the viewer may spend."""
    return {
        "site_name": settings.SITE_NAME,
        "dev_mail": settings.DEV_MAIL,
        # Lazy: pages without the header cost no query.
        "nav_balance": SimpleLazyObject(lambda: _balance(request)),
    }


def _balance(request: HttpRequest) -> str:
    """Return what is available; "" without an account, or where nobody is known yet (errors)."""
    if not hasattr(request, "user"):
        return ""
    account = get_viewer_account(request)
    return "" if account is None else format_credits(account.available_ticks)
