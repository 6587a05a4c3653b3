"""ETags: a client that has it already gets 304; one that decides on old news gets 412."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Code, Problem


def etag_of(value: object) -> str:
    """Return a strong ETag of a JSON value: the same value, the same tag."""
    text = json.dumps(value, sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def answer(request: Request, etag: str, make: Callable[[], Any]) -> Response:
    """Return 200 with what `make` returns, or 304 when the client has this tag.

    Raises Problem PRECONDITION_FAILED for an If-Match that does not fit.
    """
    if is_unchanged(request, etag):
        return unchanged(etag)
    return Response(make(), headers=_headers(etag))


def unchanged(etag: str) -> Response:
    """Return 304: the client has what this tag stands for."""
    return Response(status=304, headers=_headers(etag))


def is_unchanged(request: Request, etag: str) -> bool:
    """Whether a read may be answered by 304. Raises Problem PRECONDITION_FAILED."""
    refused = get_conditional_response(request._request, etag=etag)  # noqa: SLF001 -- DRF's own way to Django's request
    if refused is None:
        return False
    if refused.status_code == 304:  # noqa: PLR2004 -- Not Modified
        return True
    raise Problem(Code.PRECONDITION_FAILED)


def _headers(etag: str) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": "private, no-cache"}
