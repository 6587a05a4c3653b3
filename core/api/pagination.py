"""Cursor pages: {"results": [...], "next": "an opaque cursor, or null"}, newest first."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Code, Problem

_INT64_MAX: Final = 2**63 - 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# Rows to skip that share a position, and the position; the latter goes into a WHERE.
_CURSOR = re.compile(r"(?P<offset>\d{1,3})\.(?P<position>\d{1,19})?", re.ASCII)
_LIMIT = re.compile(r"\d{1,4}", re.ASCII)


class NewestFirst(CursorPagination):
    """Pages by id, newest first, stable while rows are added in front.

    `next` is the cursor itself: send it back as ?cursor= with the same other parameters.
    """

    ordering: str | tuple[str, ...] = "-id"
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    cursor_query_description = "The `next` of the page before."
    page_size_query_description = "How many results a page has, 1 to 200 (50)."

    def get_page_size(self, request: Request) -> int:
        """Return ?limit=. Raises ValidationError unless it is 1 to `max_page_size`."""
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        size = int(text) if _LIMIT.fullmatch(text) else 0
        if not 1 <= size <= self.max_page_size:
            raise ValidationError({"limit": f"A whole number from 1 to {self.max_page_size}."})
        return size

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor sent. Raises Problem INVALID_CURSOR for one we did not give out."""
        encoded = request.query_params.get(self.cursor_query_param)
        if not encoded:
            return None
        try:
            text = urlsafe_b64decode(encoded.encode("ascii") + b"==").decode("ascii")
        except ValueError:
            text = ""
        match = _CURSOR.fullmatch(text)
        if match is None or int(match["position"] or 0) > _INT64_MAX:
            raise Problem(Code.INVALID_CURSOR)
        position: Any = match["position"]  # the stubs say int; the library keeps text
        return Cursor(offset=int(match["offset"]), reverse=False, position=position)

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return the cursor alone, not a link."""
        text = f"{cursor.offset}.{cursor.position or ''}"
        return urlsafe_b64encode(text.encode("ascii")).decode("ascii").rstrip("=")

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe ?cursor= and ?limit=, with its bounds."""
        described: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in described:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return described

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        cursor = {"type": ["string", "null"], "description": "Opaque; null on the last page."}
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": cursor},
        }


class ByMoment(NewestFirst):
    """Pages by a moment; the cursor has it in microseconds, exactly as the database does."""

    def _get_position_from_instance(self, instance: Any, ordering: Any) -> Any:
        name = ordering[0].removeprefix("-")
        return str((getattr(instance, name) - _EPOCH) // _MICROSECOND)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor sent, its position as a moment. Raises Problem INVALID_CURSOR."""
        cursor = super().decode_cursor(request)
        if cursor is None or cursor.position is None:
            return cursor
        try:
            moment: Any = _EPOCH + int(cursor.position) * _MICROSECOND
        except OverflowError as error:
            raise Problem(Code.INVALID_CURSOR) from error
        return Cursor(offset=cursor.offset, reverse=False, position=moment)

    def encode_cursor(self, cursor: Cursor) -> str:
        """Return the cursor alone, not a link."""
        position: Any = cursor.position
        if isinstance(position, datetime):
            position = (position - _EPOCH) // _MICROSECOND
        return super().encode_cursor(Cursor(cursor.offset, cursor.reverse, position))
