"""ETags for every read of the API that has none of its own: what did not change is 304."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware


class ApiETagMiddleware(ConditionalGetMiddleware):
    """Django's own conditional GET, for the API alone: pages hold a new CSRF token each time.

    It saves the bytes, not the work: a view that can tell without answers by core.api.conditional.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add an ETag to a read, and answer 304 to who has it already."""
        if not request.path_info.startswith("/api/v1/") or response.has_header("ETag"):
            return response
        answered: HttpResponseBase = super().process_response(request, response)
        if answered.has_header("ETag") and not answered.has_header("Cache-Control"):
            answered["Cache-Control"] = "private, no-cache"
        return answered
