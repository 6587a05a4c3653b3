"""What a visitor is shown when a page fails."""

import sys
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from core.db import DATABASE_AWAY

_RETRY_AFTER_S: Final = 5


def say_what_failed(request: HttpRequest) -> HttpResponse:
    """Answer 503 with Retry-After while the database is away, 500 for everything else.

    Called by Django while it handles the exception.
    """
    if not isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return server_error(request)
    page = render_to_string("503.html")  # without a request: who visits is in the database
    return HttpResponse(page, status=503, headers={"Retry-After": str(_RETRY_AFTER_S)})
