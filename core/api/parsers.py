"""Reading request bodies."""

import codecs
import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import (  # type: ignore[attr-defined]  # the stubs lag
    BaseParser,
    get_encoding,
)
from rest_framework.renderers import JSONRenderer


class StrictJSONParser(BaseParser):
    """JSON without guesses: no NaN, no member named twice, no bottomless nesting; an object.

    A number with a fraction stays a float, so that a field can refuse it.
    """

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the body's object. Raises ParseError."""
        reader = codecs.getreader(get_encoding(dict(parser_context or {})))
        try:
            return load_object(reader(stream).read())
        except (ValueError, RecursionError) as error:
            message = f"The body is not JSON: {error}"
            raise ParseError(message) from error


def load_object(text: str) -> dict[str, Any]:
    """Return a JSON object, read strictly. Raises ParseError for another value, else ValueError."""
    body = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    _refuse_half_characters(body)
    if not isinstance(body, dict):
        raise ParseError('The body must be a JSON object: {"...": ...}.')
    return body


def _refuse_half_characters(body: Any) -> None:
    """Raise UnicodeEncodeError for half of a surrogate pair: no database or answer can hold it."""
    json.dumps(body, ensure_ascii=False).encode()


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON value"
    raise ValueError(message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("an object names a member twice")
    return members
