"""How the API describes itself: the shape of a problem, and which ones an operation can give."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api.authentication import SessionAuthentication
from core.api.problems import MEDIA_TYPE
from core.api.representations.renderers import ATOM, XHTML
from core.api.serializers import StrictSerializer
from core.api.waiting import SEQ_MAX
from core.errors import MEANINGS, Code

_SEQ_SCHEMA: Final = {"type": "integer", "format": "int64", "minimum": 0, "maximum": SEQ_MAX}
MIN_SEQ: Final = OpenApiParameter(
    "min_seq", _SEQ_SCHEMA, description="Wait, 5 s at most, until the market has reached this seq."
)
MIN_ACCOUNT_SEQ: Final = OpenApiParameter(
    "min_account_seq",
    _SEQ_SCHEMA,
    description="Wait, 5 s at most, until the account has reached it.",
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


class Schema(AutoSchema):
    """Describes XHTML and Atom as the documents they are, not as JSON of another type.

    Of a strict request it says that whatever it does not name is refused.
    """

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        described: dict[str, Any] = super()._map_basic_serializer(  # type: ignore[no-untyped-call]
            serializer, direction
        )
        if isinstance(serializer, StrictSerializer):
            described["additionalProperties"] = False
        return described

    def _get_response_for_code(
        self,
        serializer: Any,
        status_code: str,
        media_types: list[str] | None = None,
        direction: str = "response",
    ) -> dict[str, Any]:
        documents = () if media_types else (XHTML, ATOM)
        answer: dict[str, Any] = super()._get_response_for_code(  # type: ignore[no-untyped-call]
            serializer, status_code, media_types, direction
        )
        for media_type, content in answer.get("content", {}).items():
            if media_type in documents:
                content["schema"] = {"type": "string"}
        return answer


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
