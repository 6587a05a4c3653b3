"""What an event's metadata may be: a few small facts, each a key and a value. Pure.

A flat JSON object. A key is a short slug (`venue`, `home_team`). A value is a text, a whole
number, true or false, or a list of texts. Keys that begin with `_` are the site's own: nobody
else writes them, and nothing shows them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from exchange.markets.texts import wrong_character

KEYS_MAX: Final = 20
KEY_LENGTH_MAX: Final = 40
TEXT_LENGTH_MAX: Final = 500
LIST_LENGTH_MAX: Final = 20
BYTES_MAX: Final = 4_096
# What every client's JSON can hold as it is.
INTEGER_MAX: Final = 2**53 - 1
SHAPE_HELP: Final = (
    'A flat JSON object of facts about the event: {"venue": "Wembley", "teams": ["Reds", "Blues"], '
    f'"capacity": 90000, "indoors": false}}. At most {KEYS_MAX} keys; values are texts, whole '
    "numbers, true or false, or lists of texts. They are shown on the event's markets, and found "
    "by a search."
)
_KEY: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}", re.ASCII)
_OWN: Final = "_"
_WORDS: Final = {"true": True, "false": False}
_NO_VALUES: Final[Mapping[type, str]] = {
    float: "is a fraction; write a whole number, or a text in quotes",
    type(None): "is null; leave the key out",
    dict: "is an object; values are not nested",
}

Value = str | int | bool | list[str]


def find_faults(metadata: object) -> list[str]:
    """Return everything that is wrong with metadata as somebody wrote it, each with its key."""
    if not isinstance(metadata, dict):
        return ['must be a JSON object, such as {"venue": "Wembley"}']
    faults = [
        f"{key[:KEY_LENGTH_MAX]!r} {fault}"
        for key, value in metadata.items()
        if (fault := find_key_fault(key) or _value_fault(value)) is not None
    ]
    return faults or list(_faults_of_size(metadata))


def find_key_fault(key: str) -> str | None:
    """Return what is wrong with a key that somebody wrote, or None."""
    if key.startswith(_OWN):
        return "begins with _: such keys are the site's own"
    if not _KEY.fullmatch(key) or len(key) > KEY_LENGTH_MAX:
        return (
            "is no key: begin with a letter, go on with a-z, 0-9, single - and _, "
            f"at most {KEY_LENGTH_MAX}"
        )
    return None


def shown_metadata(metadata: Mapping[str, Any]) -> dict[str, Value]:
    """Return the part of an event's metadata that is everybody's: well-formed, not our own."""
    return {
        key: value
        for key, value in metadata.items()
        if find_key_fault(key) is None and _value_fault(value) is None
    }


def own_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an event's metadata that is the site's own."""
    return {key: value for key, value in metadata.items() if key.startswith(_OWN)}


def parse_metadata(text: str) -> Any:
    """Return the JSON value of a text. Raises ValueError, also where a key stands twice."""
    try:
        return json.loads(text, object_pairs_hook=_object_once)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def checked_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata that a program made, our own keys among it. Raises ValueError."""
    own = own_metadata(metadata)
    faults = find_faults({key: value for key, value in metadata.items() if key not in own})
    if faults:
        raise ValueError("; ".join(faults))
    return dict(metadata)


def read_value(text: str) -> Value:
    """Return the value that a text stands for: true, 42, a list "Reds|Blues", else the text."""
    if "|" in text:
        return [part.strip() for part in text.split("|") if part.strip()]
    return read_scalar(text)


def read_scalar(text: str) -> str | int | bool:
    """Return the value other than a list that a text stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and abs(int(text)) <= INTEGER_MAX:
        return int(text)
    return text


def read_pair(text: str) -> tuple[str, str]:
    """Return the key and value of "key:value". Raises ValueError, saying what is wrong."""
    key, colon, value = (part.strip() for part in text.partition(":"))
    if not (colon and value):
        raise ValueError("Write key:value, such as venue:Wembley.")
    if (fault := find_key_fault(key)) is not None:
        raise ValueError(f"{key[:KEY_LENGTH_MAX]!r} {fault}.")
    if (fault := _text_fault(value)) is not None:
        raise ValueError(f"The value {fault}.")
    return key, value


def _object_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key stands twice")
    return members


def _faults_of_size(metadata: Mapping[str, Any]) -> Iterator[str]:
    if len(metadata) > KEYS_MAX:
        yield f"has {len(metadata)} keys; at most {KEYS_MAX} fit"
    size = len(json.dumps(metadata, ensure_ascii=False).encode())
    if size > BYTES_MAX:
        yield f"takes {size:,} bytes; at most {BYTES_MAX:,} fit"


def _value_fault(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= INTEGER_MAX else f"is beyond {INTEGER_MAX:,}"
    if isinstance(value, str):
        return _text_fault(value)
    if isinstance(value, list):
        return _list_fault(value)
    return _NO_VALUES.get(type(value), "is nothing that JSON has")


def _text_fault(text: str) -> str | None:
    if not text.strip():
        return "is empty; leave the key out"
    if text != text.strip():
        return "begins or ends with a space"
    if len(text) > TEXT_LENGTH_MAX:
        return f"has {len(text):,} characters; at most {TEXT_LENGTH_MAX} fit"
    return wrong_character(text)


def _list_fault(texts: list[Any]) -> str | None:
    if not texts:
        return "is an empty list; leave the key out"
    if len(texts) > LIST_LENGTH_MAX:
        return f"has {len(texts)} members; at most {LIST_LENGTH_MAX} fit"
    for text in texts:
        if not isinstance(text, str):
            return "is a list of other things than texts"
        if (fault := _text_fault(text)) is not None:
            return f"has a member that {fault.partition(';')[0]}"
    return "has a member twice" if len(set(texts)) < len(texts) else None
