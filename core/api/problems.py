"""Problem+json answers."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Translate an exception of a view."""
    return drf_exception_handler(exc, context)
