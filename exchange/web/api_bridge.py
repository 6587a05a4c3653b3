"""The site's own forms use the public API, in this process and without a network.

A page that changes something never writes itself: it sends the API the same JSON a bot would
send, as the same user, and shows the answer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final, cast

from django.http import HttpRequest
from django.urls import resolve
from rest_framework.response import Response

# What the API may need to know of the visitor's request: throttles, absolute addresses, logs.
_PASSED_ON: Final = (
    "REMOTE_ADDR",
    "SERVER_NAME",
    "SERVER_PORT",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_USER_AGENT",
)


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What the API said: its status and JSON body (a problem when status >= 400)."""

    status: int
    body: Mapping[str, object]

    @property
    def is_ok(self) -> bool:
        """Whether the API did what was asked, or has taken it to be done (202)."""
        return self.status < 400  # noqa: PLR2004 -- HTTP's own line


def call_api(
    request: HttpRequest, method: str, path: str, body: Mapping[str, object] | None = None
) -> ApiAnswer:
    """Send an API request as the page's visitor; the page must have checked the CSRF token.

    Must not be called inside a transaction: placing an order waits for the book worker.
    """
    inner = _request_like(request, method, path, json.dumps(body or {}).encode())
    match = resolve(path)
    response = cast(Response, match.func(inner, *match.args, **match.kwargs))
    response.render()
    return ApiAnswer(response.status_code, json.loads(response.content or b"{}"))


def _request_like(outer: HttpRequest, method: str, path: str, payload: bytes) -> HttpRequest:
    inner = HttpRequest()
    inner.method = method
    inner.path = inner.path_info = path
    inner.META = {name: outer.META[name] for name in _PASSED_ON if name in outer.META} | {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(payload)),
        "HTTP_ACCEPT": "application/json",
    }
    inner.user = outer.user
    inner.session = outer.session
    # What Django's handlers set on a request they build, and its CSRF check reads.
    vars(inner).update(
        _stream=BytesIO(payload), _read_started=False, _dont_enforce_csrf_checks=True
    )
    return inner
