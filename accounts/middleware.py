"""What a member chose for every page: the notation of odds, the time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core import odds

GetResponse = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Write chances and times of a page as the member who asks for it chose.

    Who has no session costs no query. The API speaks one language to everybody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not is_page or request.path.startswith("/api/") or not request.user.is_authenticated:
            return self.get_response(request)
        user = request.user
        zone = ZoneInfo(user.time_zone) if user.time_zone else None
        with odds.activate(user.odds_format), timezone.override(zone):
            return self.get_response(request)
