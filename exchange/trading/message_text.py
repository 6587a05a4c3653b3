"""The commands and events of the engine as text for people, from their JSON Schema. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

_HEADS: Final = (
    ("Command", "COMMANDS: what the engine is asked"),
    ("Event", "EVENTS: what the engine decided"),
)


def message_text(schema: Mapping[str, Any]) -> str:
    """Return what `messages.message_schema` gives as text: a block for each message."""
    return "\n".join(_lines(schema["$defs"]))


def _lines(parts: Mapping[str, Any]) -> Iterator[str]:
    for union, head in _HEADS:
        yield from (head, "")
        for one in parts[union]["oneOf"]:
            name = _target(one)
            yield from (name, f"  {parts[name]['description']}")
            yield from _field_lines(parts[name])
            yield ""
    yield from ("WORDS", "")
    for name, part in parts.items():
        if "enum" in part:
            yield from (name, f"  {part['description']}")
            yield from (f"    {word}" for word in part["enum"])
            yield ""


def _field_lines(message: Mapping[str, Any]) -> Iterator[str]:
    rows = [
        (name, _type_text(part), _presence(name, part, message), part.get("description", ""))
        for name, part in message["properties"].items()
        if name != "type"
    ]
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        yield "    " + "  ".join([*cells, row[3]]).rstrip()


def _presence(name: str, part: Mapping[str, Any], message: Mapping[str, Any]) -> str:
    if name in message["required"]:
        return "required"
    for rule in message.get("allOf", ()):
        if name in rule["else"]["required"]:
            return f"required, but for {_conditions(rule['if']['anyOf'])}"
    default = part.get("default")
    if default is None:
        return "optional"
    return f"optional, else {str(default).lower() if type(default) is bool else default}"


def _conditions(parts: Iterable[Mapping[str, Any]]) -> str:
    """Return what makes a field needless: "kind market"."""
    fields = [pair for part in parts for pair in part["properties"].items()]
    return " or ".join(f"{name} {' or '.join(words['enum'])}" for name, words in fields)


def _type_text(part: Mapping[str, Any]) -> str:
    if "$ref" in part:
        return _target(part)
    if "enum" in part:
        return " | ".join(part["enum"])
    if "anyOf" in part:
        return _joined(part["anyOf"], " or ")
    if "prefixItems" in part:
        return f"[{_joined(part['prefixItems'], ', ')}]"
    if part["type"] == "array":
        return f"list of {_type_text(part['items'])}"
    return str(part["type"])


def _joined(parts: Iterable[Mapping[str, Any]], between: str) -> str:
    return between.join(_type_text(part) for part in parts)


def _target(part: Mapping[str, Any]) -> str:
    return str(part["$ref"]).rpartition("/")[2]
