"""Who calls the API."""

from typing import Final

from rest_framework import authentication, exceptions
from rest_framework.request import Request

CSRF_FAILED: Final = "csrf_failed"


class SessionAuthentication(authentication.SessionAuthentication):
    """The site's own session, with CSRF; answers 401 (not 403) to a stranger."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF answers 401."""
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        """Refuse an unsafe request without the token, by a code of its own."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as refused:
            raise exceptions.PermissionDenied(str(refused.detail), code=CSRF_FAILED) from refused
