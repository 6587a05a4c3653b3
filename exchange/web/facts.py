"""An event's metadata as pages show it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.markets.metadata import Value, shown_metadata


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known about an event, in words: "Home team", "Reds"."""

    label: str
    text: str


def list_facts(metadata: Mapping[str, Any]) -> Sequence[Fact]:
    """Return what everybody may read of an event's metadata, in the order of its keys."""
    shown = shown_metadata(metadata)
    return [Fact(_label(key), _text(shown[key])) for key in sorted(shown)]


def _label(key: str) -> str:
    words = key.replace("_", " ").replace("-", " ")
    return words[0].upper() + words[1:]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(value)
    return str(value)
