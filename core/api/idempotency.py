"""The Idempotency-Key header: a client's own name for a request, for clients that send no other."""

import re
from typing import Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

HEADER: Final = "Idempotency-Key"
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Your own name for the request, where the body has no client_order_id.",
)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)


def idempotency_key(request: Request) -> str:
    """Return the key, with or without the quotes of a structured field; "" where there is none.

    Raises ValidationError for one that is not 1 to 64 visible ASCII characters.
    """
    given = request.headers.get(HEADER)
    if given is None:
        return ""
    key = given.strip()
    if key[:1] == '"' == key[-1:]:
        key = key[1:-1]
    if not _KEY.fullmatch(key):
        raise ValidationError({HEADER: "1 to 64 visible ASCII characters."})
    return key


def name_request(request: Request, named: str) -> str:
    """Return the client's own name for a request: from its body, or the header's where it has none.

    Raises ValidationError where both name it differently.
    """
    key = idempotency_key(request)
    if key and named and key != named:
        raise ValidationError({HEADER: "It is not the client_order_id of the body."})
    return named or key
