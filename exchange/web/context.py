"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from exchange.web.formatting import format_credits
from exchange.web.viewer import get_viewer_account
from notifications.selectors import count_unread


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name, whether mail is at /dev/mail/, and what the viewer may spend."""
    return {
        "site_name": settings.SITE_NAME,
        "dev_mail": settings.DEV_MAIL,
        # Lazy: pages without the header cost no query.
        "nav_balance": SimpleLazyObject(lambda: _balance(request)),
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    """Return how many notifications the viewer has not read; 0 for strangers."""
    user = getattr(request, "user", None)
    return count_unread(user) if isinstance(user, User) else 0


def _balance(request: HttpRequest) -> str:
    """Return what is available; "" without an account, or where nobody is known yet (errors)."""
    if not hasattr(request, "user"):
        return ""
    account = get_viewer_account(request)
    return "" if account is None else format_credits(account.available_ticks)
