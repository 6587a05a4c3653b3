"""Who looks at a page, and the account they trade with; read once a request."""

from typing import Final

from django.http import HttpRequest

from exchange.ledger.models import Account
from exchange.ledger.selectors import get_trading_account

_ATTRIBUTE: Final = "_trading_account"


def get_viewer_account(request: HttpRequest) -> Account | None:
    """Return the viewer's trading account; None for strangers and unconfirmed members."""
    if not hasattr(request, _ATTRIBUTE):
        setattr(request, _ATTRIBUTE, get_trading_account(request.user))
    account: Account | None = getattr(request, _ATTRIBUTE)
    return account
