"""How one value is written in JSON and in Protobuf.

By the rule at the head of proto/likely/v1/live.proto: the field's name says what its value is.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLAIN: Final = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BOOL})
_CAPITALS: Final = "TimeInForce"


class Rule(NamedTuple):
    """What a field is called in JSON, and both ways of its value."""

    member: str
    to_proto: Callable[[Any], Any]
    to_json: Callable[[Any], Any]


def rule_of(field: FieldDescriptor) -> Rule:
    """Return the rule of a field that holds no message."""
    if field.enum_type is not None:
        return _words(field.name, field.enum_type)
    if field.type in _PLAIN:
        return Rule(field.name, _same, _same)
    name = "_id" if field.name == "id" else field.name
    for suffix, rule in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return rule._replace(member=name.removesuffix(suffix) + rule.member or field.name)
    return Rule(name, int, _same)


def price_of(ticks: int) -> str:
    """Return ticks as JSON writes a price or an amount."""
    units, rest = divmod(abs(ticks), 10_000)
    return f"{'-' if ticks < 0 else ''}{units}.{rest:04d}"


def _to_ticks(text: Any) -> int:
    ticks = Decimal(str(text)) * 10_000
    if ticks != ticks.to_integral_value():
        raise ValueError(f"{text} has more than four decimals")
    return int(ticks)


def _to_microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND


def _to_time(microseconds: int) -> str:
    return (_EPOCH + microseconds * _MICROSECOND).isoformat().replace("+00:00", "Z")


def _same(value: Any) -> Any:
    return value


@cache
def _words(name: str, enum: EnumDescriptor) -> Rule:
    """Return the rule of an enum; a word that a newer site has is its number."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    words = {value.number: value.name.removeprefix(prefix) for value in enum.values if value.number}
    if enum.name != _CAPITALS:
        words = {number: word.lower() for number, word in words.items()}
    numbers = {word: number for number, word in words.items()}
    return Rule(
        name,
        numbers.__getitem__,
        lambda number: words.get(number, str(number)) if number else None,
    )


# What is left of the name, with the ending that JSON has instead; a bare `id` stays.
_BY_SUFFIX: Final = {
    "_id": Rule("", int, str),
    "_ids": Rule("s", int, str),
    "_ticks": Rule("", _to_ticks, price_of),
    "_us": Rule("", _to_microseconds, _to_time),
    "_s": Rule("", int, _same),
}
