"""Checks of single JSON fields, shared by every command.

Money may ride on each of these values, so nothing is converted or guessed: a number is a JSON
integer or it is refused.
"""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

INT64_MAX: Final = 2**63 - 1
TEXT_LENGTH_MAX: Final = 200

type_name: Final = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
    float: "a fraction",
}

Reader = Callable[[str, Any], Any]


class InputError(Exception):
    """A command that cannot be read: malformed, or using what this engine does not offer."""


def fault(name: str, what: str) -> InputError:
    """Return the error that says what is wrong with a field (or whatever name names)."""
    return InputError(f"{name} {what}")


def integer(name: str, value: Any) -> int:
    """Return value when it is an integer of 64 bits. A bool is not an integer."""
    if type(value) is not int:
        raise fault(name, f"must be an integer, not {type_name.get(type(value), 'this')}")
    if not -INT64_MAX <= value <= INT64_MAX:
        raise fault(name, "does not fit in 64 bits")
    return value


def identifier(name: str, value: Any) -> int:
    """Return value when it can be an id: an integer, 0 or more."""
    number = integer(name, value)
    if number < 0:
        raise fault(name, "must not be negative")
    return number


def identifiers(name: str, value: Any) -> tuple[int, ...]:
    """Return a list of ids as a tuple."""
    if type(value) is not list:
        raise fault(name, "must be a list of integers")
    return tuple(identifier(f"{name}[{index}]", item) for index, item in enumerate(value))


def boolean(name: str, value: Any) -> bool:
    """Return value when it is true or false."""
    if type(value) is not bool:
        raise fault(name, "must be true or false")
    return value


def text(name: str, value: Any) -> str:
    """Return value when it is a string of at most TEXT_LENGTH_MAX characters."""
    if type(value) is not str:
        raise fault(name, "must be a string")
    if len(value) > TEXT_LENGTH_MAX:
        raise fault(name, f"is longer than {TEXT_LENGTH_MAX} characters")
    return value


def optional(read: Reader) -> Reader:
    """Return a reader that also takes null."""
    return lambda name, value: None if value is None else read(name, value)


def pairs(name: str, value: Any) -> tuple[tuple[int, int], ...]:
    """Return a list of pairs of integers as tuples."""
    if type(value) is not list or not all(type(item) is list and len(item) == 2 for item in value):  # noqa: PLR2004 -- a pair
        raise fault(name, "must be a list of pairs of integers")
    return tuple((integer(f"{name}[0]", a), integer(f"{name}[1]", b)) for a, b in value)


def choice(known: type[StrEnum] | tuple[str, ...]) -> Reader:
    """Return a reader of one of the known words."""
    words: dict[str, str] = {str(word): word for word in known}

    def read(name: str, value: Any) -> str:
        word = words.get(value) if type(value) is str else None
        if word is None:
            raise fault(name, f"must be one of {', '.join(words)}")
        return word

    return read


def _refuse_number(token: str) -> Any:
    raise fault(token[:40], "is not an integer")


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InputError("a field stands twice")
    return members


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_object_once, parse_float=_refuse_number, parse_constant=_refuse_number
)


def parse_object(line: str) -> dict[str, Any]:
    """Return the JSON object on the line. Raises InputError for anything else, however deep."""
    try:
        value = _decoder.decode(line)
    except RecursionError:
        raise InputError("nested too deeply") from None
    except ValueError as error:
        raise fault("not JSON:", str(error)) from None
    if type(value) is not dict:
        raise fault("not an object but", type_name.get(type(value), "a number"))
    return value
