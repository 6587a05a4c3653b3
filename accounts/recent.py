"""Whether who asks has shown just now that it is they: a session left open proves nothing."""

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest


def has_proved_it(request: HttpRequest) -> bool:
    """Whether the session was logged in, or its member asked again, in the last minutes."""
    records = get_authentication_records(request, request.user)
    since_s = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    return any(record["at"] > since_s for record in records)


def ask_for_proof(request: HttpRequest) -> None:
    """Lead to the page that asks for the password, and back, unless it was proved just now."""
    if not has_proved_it(request):
        raise ReauthenticationRequired
