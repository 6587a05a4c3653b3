"""Who calls the API."""

from rest_framework import authentication
from rest_framework.request import Request


class SessionAuthentication(authentication.SessionAuthentication):
    """The site's own session, with CSRF; answers 401 (not 403) to a stranger."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that DRF answers 401."""
        return "Session"
