"""How the API describes itself: the shape of a problem, and which ones an operation can give."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api.authentication import SessionAuthentication
from core.api.problems import MEDIA_TYPE
from core.errors import MEANINGS, Code

MIN_SEQ: Final = OpenApiParameter(
    "min_seq", int, description="Wait, 5 s at most, until the market has reached this seq."
)
MIN_ACCOUNT_SEQ: Final = OpenApiParameter(
    "min_account_seq", int, description="Wait, 5 s at most, until the account has reached it."
)
_EVERYWHERE: Final = (Code.NOT_ACCEPTABLE, Code.THROTTLED, Code.UNAVAILABLE, Code.INTERNAL_ERROR)
_MEMBERS_ONLY: Final = (Code.NOT_AUTHENTICATED, Code.EMAIL_NOT_CONFIRMED)
_WITH_BODY: Final = (
    Code.MALFORMED,
    Code.INVALID,
    Code.UNKNOWN_FIELD,
    Code.BODY_TOO_LARGE,
    Code.UNSUPPORTED_MEDIA_TYPE,
)


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped
    """Names our own session authentication as the library's would be."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie's description."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "The site's session; unsafe methods also need X-CSRFToken.",
        }


class FieldErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField(help_text="The field's path; empty for the request as a whole.")
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A refusal (RFC 9457). More members come with some codes: have, need, tick, nearest, order."""

    type = serializers.CharField(help_text="Where the code is explained.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What is wrong with this very request.")
    instance = serializers.CharField(help_text="The request's path.")
    code = serializers.ChoiceField(choices=[(code.value, code.value) for code in Code])
    hint = serializers.CharField(help_text="What to do about it.")
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # a field by that name


def problems(
    *codes: Code, body: bool = False, member: bool = False
) -> dict[tuple[int, str], OpenApiResponse]:
    """Return the problem answers of an operation: its own codes, and those that all have."""
    extra = (*(_WITH_BODY if body else ()), *(_MEMBERS_ONLY if member else ()))
    if body and member:
        extra = (*extra, Code.CSRF_FAILED)
    by_status: dict[int, list[Code]] = {}
    for code in dict.fromkeys((*codes, *extra, *_EVERYWHERE)):
        by_status.setdefault(MEANINGS[code].status, []).append(code)
    return {
        (status, MEDIA_TYPE): OpenApiResponse(
            ProblemSerializer, description=", ".join(f"`{code}`" for code in codes_of_status)
        )
        for status, codes_of_status in sorted(by_status.items())
    }
