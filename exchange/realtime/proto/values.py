"""How a value is written in JSON and in Protobuf: ticks, times, ids and words.

The field's name and type decide, by the rule at the head of proto/likely/v1/live.proto.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from core.money import format_ticks, parse_ticks

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TIMES_US: Final = tuple(
    (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND for year in (1, 9999)
)
_TICKS, _TIME, _SECONDS, _ID, _IDS = "_ticks", "_us", "_s", "_id", "_ids"
# Words that JSON writes in capitals, as FIX does.
_CAPITALS: Final = frozenset({"TimeInForce"})


class Codec(NamedTuple):
    """Both ways of one value; `to_json` gives None for a word that is not said."""

    to_proto: Callable[[Any], Any]
    to_json: Callable[[Any], Any]


def codec_of(field: FieldDescriptor) -> Codec:
    """Return how the values of a field that is no message are written."""
    if field.enum_type is not None:
        return _word_codec(field.enum_type)
    plain = _PLAIN.get(field.type)
    if plain is not None:
        return plain
    if field.name == "id":
        return _BY_SUFFIX[_ID]
    return next(
        (codec for suffix, codec in _BY_SUFFIX.items() if field.name.endswith(suffix)), _INTEGER
    )


def member_of(field: FieldDescriptor) -> str:
    """Return what a field is called in JSON."""
    name: str = field.name
    if field.type == FieldDescriptor.TYPE_STRING:
        return name
    if name.endswith(_IDS):
        return name.removesuffix(_IDS) + "s"
    for suffix in (_TICKS, _TIME, _SECONDS, _ID):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def words_of(enum: EnumDescriptor) -> Mapping[int, str]:
    """Return an enum's words as JSON has them, by number; without unspecified."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    is_capital = enum.name in _CAPITALS
    return {
        value.number: word if is_capital else word.lower()
        for value in enum.values
        if value.number and (word := value.name.removeprefix(prefix))
    }


@cache
def _word_codec(enum: EnumDescriptor) -> Codec:
    """Return the codec of an enum; a word that it lacks goes out as unspecified, never fails."""
    words = words_of(enum)
    numbers = {word: number for number, word in words.items()}
    return Codec(
        lambda word: numbers.get(word, 0),
        lambda number: words.get(number, str(number)) if number else None,
    )


def _ticks(text: str) -> int:
    return -parse_ticks(text[1:]) if text.startswith("-") else parse_ticks(text)


def _microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND


def _moment(time_us: int) -> str:
    """Return a time as JSON writes it; one that no calendar has stays a number, which none is."""
    if not _TIMES_US[0] <= time_us <= _TIMES_US[1]:
        return str(time_us)
    return (_EPOCH + timedelta(microseconds=time_us)).isoformat().replace("+00:00", "Z")


_PLAIN: Final = {
    FieldDescriptor.TYPE_STRING: Codec(str, str),
    FieldDescriptor.TYPE_BOOL: Codec(bool, bool),
}
_BY_SUFFIX: Final = {
    _TICKS: Codec(_ticks, format_ticks),
    _TIME: Codec(_microseconds, _moment),
    _ID: Codec(int, str),
    _IDS: Codec(int, str),
}
_INTEGER: Final = Codec(int, int)
