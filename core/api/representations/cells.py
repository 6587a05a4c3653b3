"""The values of JSON as people read them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

NOTHING: Final = "\N{EN DASH}"
_DECIMAL = re.compile(r"-?\d{1,16}\.\d{4}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", re.ASCII)
# What no XML 1.0 document may hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A member of a row: its name in words, its value, and what kind of value that is."""

    name: str
    label: str
    text: str
    is_number: bool = False
    moment: datetime | None = None


def make_cell(name: str, value: Any) -> Cell:
    """Return the cell of a member."""
    is_number = type(value) is int or (type(value) is str and bool(_DECIMAL.fullmatch(value)))
    return Cell(name, label_of(name), text_of(value), is_number, _moment(value))


def label_of(name: str) -> str:
    """Return a member's name in words: "market_seq" is "Market seq"."""
    return name.replace("_", " ").capitalize()


def text_of(value: Any) -> str:
    """Return a value of JSON in words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{label_of(str(k))}: {text_of(v)}" for k, v in value.items()) or NOTHING
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(text_of(one) for one in value) or NOTHING
    return str(value)


def well_formed(document: str) -> str:
    """Return a document without the characters that XML cannot hold: members may type them."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", document)


def _moment(value: Any) -> datetime | None:
    is_moment = isinstance(value, str) and _MOMENT.fullmatch(value)
    return parse_datetime(value) if is_moment else None
