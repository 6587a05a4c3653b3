"""Every error of the API as problem+json (RFC 9457), whoever raised it."""

from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, Final

import structlog
from django.core import exceptions as django
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.api.authentication import CSRF_FAILED
from core.db import DATABASE_AWAY
from core.errors import Code, Problem

MEDIA_TYPE: Final = "application/problem+json"
log = structlog.get_logger(__name__)


class ProblemResponse(Response):
    """A problem; JSON whatever else the view can render."""

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]  # DRF renders bytes
        self["Content-Type"] = MEDIA_TYPE
        return JSONRenderer().render(self.data)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> ProblemResponse:
    """Translate what a view raised; what nobody expected is logged and told as internal_error."""
    set_rollback()
    response = problem_response(problem_of(exc), context["request"])
    auth_header = getattr(exc, "auth_header", None)  # set by DRF with every 401
    if auth_header:
        response["WWW-Authenticate"] = auth_header
    return response


def problem_response(problem: Problem, request: Request) -> ProblemResponse:
    """Return a problem as the answer to a request."""
    response = ProblemResponse(problem.as_body(request.path), status=problem.status)
    if problem.retry_after_s is not None:
        response["Retry-After"] = str(problem.retry_after_s)
    return response


def problem_of(exc: Exception) -> Problem:
    """Return the problem that an exception stands for."""
    for kind, translate in _TRANSLATIONS:
        if isinstance(exc, kind):
            return translate(exc)
    log.error("api_request_failed", exc_info=exc)
    return Problem(Code.INTERNAL_ERROR)


def _denied(exc: Any) -> Problem:
    is_csrf = getattr(exc, "get_codes", str)() == CSRF_FAILED
    return Problem(Code.CSRF_FAILED if is_csrf else Code.PERMISSION_DENIED, _detail(exc))


def _throttled(exc: Any) -> Problem:
    return Problem(Code.THROTTLED, retry_after_s=max(1, ceil(exc.wait or 1)))


def _unavailable(exc: Any) -> Problem:
    log.warning("database_unavailable", exc_info=exc)
    return Problem(Code.UNAVAILABLE, retry_after_s=1)


def _invalid(exc: Any) -> Problem:
    errors = tuple(_field_errors(exc.detail))
    codes = {error["code"] for error in errors}
    code = Code.UNKNOWN_FIELD if Code.UNKNOWN_FIELD in codes else Code.INVALID
    return Problem(code, _summary(errors), errors=errors)


def _field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yield an entry for each bad field; a field inside another is named by its path."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _field_errors(inner, ".".join(filter(None, (field, here))))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _field_errors(inner, field)
    else:
        yield {"field": field, "code": str(detail.code), "detail": str(detail)}


def _summary(errors: tuple[dict[str, str], ...]) -> str:
    return " ".join(
        f"{error['field']}: {error['detail']}" if error["field"] else error["detail"]
        for error in errors
    )


def _detail(exc: Any) -> str:
    return str(getattr(exc, "detail", "") or exc)


def _coded(code: Code) -> Callable[[Any], Problem]:
    return lambda exc: Problem(code, _detail(exc))


def _plain(code: Code) -> Callable[[Any], Problem]:
    """Tell nothing but the code's own words: the exception's are not meant for people."""
    return lambda _: Problem(code)


# The first that fits is taken: subclasses stand before their base classes.
_TRANSLATIONS: Final[tuple[tuple[type[Exception], Callable[[Any], Problem]], ...]] = (
    (Problem, lambda problem: problem),
    (drf.ValidationError, _invalid),
    (drf.ParseError, _coded(Code.MALFORMED)),
    (drf.NotAuthenticated, _plain(Code.NOT_AUTHENTICATED)),
    (drf.AuthenticationFailed, _coded(Code.NOT_AUTHENTICATED)),
    (drf.PermissionDenied, _denied),
    (django.PermissionDenied, _denied),
    (drf.NotFound, _plain(Code.NOT_FOUND)),
    (Http404, _plain(Code.NOT_FOUND)),
    (drf.MethodNotAllowed, _coded(Code.METHOD_NOT_ALLOWED)),
    (drf.NotAcceptable, _coded(Code.NOT_ACCEPTABLE)),
    (drf.UnsupportedMediaType, _coded(Code.UNSUPPORTED_MEDIA_TYPE)),
    (drf.Throttled, _throttled),
    (django.RequestDataTooBig, _plain(Code.BODY_TOO_LARGE)),
    (django.SuspiciousOperation, _plain(Code.MALFORMED)),
    (UnreadablePostError, _plain(Code.MALFORMED)),
    *((kind, _unavailable) for kind in DATABASE_AWAY),
)
