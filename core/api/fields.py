"""Fields that take a value as it is or refuse it: money may ride on each of them."""

import re
from collections.abc import Sequence
from datetime import UTC
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.money import format_ticks, parse_ticks

_INT64_MAX: Final = 2**63 - 1
_ID = re.compile(r"[0-9]{1,19}", re.ASCII)
_TICKS_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^-?\d{1,12}(\.\d{1,4})?$",
    "examples": ["0.4500"],
    "description": "A decimal string with at most four decimals; answers have four.",
}
ID_LENGTH_MAX: Final = 40
_ID_SCHEMA: Final = {
    "type": "string",
    "minLength": 1,
    "maxLength": ID_LENGTH_MAX,
    "description": "Opaque.",
}


@extend_schema_field(_TICKS_SCHEMA)
class TicksField(serializers.Field[int, Any, str, Any]):
    """Money or a price: a plain decimal string outside, ticks inside."""

    default_error_messages = {
        "type": 'Send a decimal string, like "0.4500".',
        "format": 'Send a plain decimal with at most four decimals, like "0.4500".',
    }

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not str:
            self.fail("type")
        try:
            return parse_ticks(data)
        except ValueError:
            self.fail("format")

    def to_representation(self, value: int) -> str:
        return format_ticks(value)


@extend_schema_field(_ID_SCHEMA)
class IdField(serializers.Field[int, Any, str, Any]):
    """An id: an opaque string outside. One that nobody ever gave out reads as -1."""

    default_error_messages = {
        "type": "Ids are strings.",
        "blank": "An id is not empty.",
        "long": "No id is so long.",
    }

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not str:
            self.fail("type")
        if not data:
            self.fail("blank")
        if len(data) > ID_LENGTH_MAX:
            self.fail("long")
        return read_id(data)

    def to_representation(self, value: int) -> str:
        return str(value)


def read_id(text: str) -> int:
    """Return the number behind an id; -1, which nothing has, for what is no id of ours."""
    number = int(text) if _ID.fullmatch(text) else -1
    return number if number <= _INT64_MAX else -1


@extend_schema_field({"type": "integer", "format": "int64", "minimum": 0})
class QuantityField(serializers.Field[int, Any, int, Any]):
    """A whole number of contracts. Its range is the door's to judge, but for the sign."""

    default_error_messages = {
        "type": "Send a whole number of contracts.",
        "negative": "A quantity is not negative.",
    }

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:  # a bool is not an integer here, nor is 10.0
            self.fail("type")
        if data < 0:
            self.fail("negative")
        return data

    def to_representation(self, value: int) -> int:
        return value


class FlagField(serializers.BooleanField):
    """True or false, not something like it."""

    default_error_messages = {"type": "Send true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("type")
        return data


class TextField(serializers.CharField):
    """A text, not a number that could be written as one."""

    default_error_messages = {"type": "Send a string."}

    def to_internal_value(self, data: Any) -> str:
        if type(data) is not str:
            self.fail("type")
        return str(super().to_internal_value(data))


class WordField(serializers.ChoiceField):
    """One of a few words, written exactly so."""

    default_error_messages = {"type": "Send a string."}

    def to_internal_value(self, data: Any) -> str:
        if type(data) is not str:
            self.fail("type")
        return str(super().to_internal_value(data))


class TokenField(serializers.RegexField):
    """A client's own name for something: 1 to 64 visible ASCII characters."""

    default_error_messages = {
        "type": "Send a string.",
        "invalid": "1 to 64 visible ASCII characters, no spaces.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[\x21-\x7e]{1,64}\Z", trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if type(data) is not str:
            self.fail("type")
        return str(super().to_internal_value(data))


class MomentField(serializers.DateTimeField):
    """A moment, in UTC whatever the visitor's time zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "array",
            "prefixItems": [_TICKS_SCHEMA, {"type": "integer"}],
            "minItems": 2,
            "maxItems": 2,
        },
        "examples": [[["0.4500", 120]]],
    }
)
class LevelsField(serializers.Field[Sequence[tuple[int, int]], Any, list[Any], Any]):
    """Open quantity by price, best first: [["0.4500", 120], ...]."""

    def to_representation(self, value: Sequence[tuple[int, int]]) -> list[Any]:
        return [[format_ticks(price_ticks), quantity] for price_ticks, quantity in value]
