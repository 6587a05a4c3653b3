"""The commands and events of the engine as JSON Schema, read off their classes and their codecs.

There is no second list: names and types come from the classes, what may be left out (and what
that means) from trying `commands.decode` and `events.encode`.
"""

import inspect
import json
import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from exchange.engine import commands, enums, events

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# What a number counts, by the end of its name; the first that fits.
_UNITS: Final = (
    ("ticks", "ticks of 0.0001 credits"),
    ("quantity", "contracts"),
    ("by", "contracts"),
    ("_ms", "milliseconds"),
    ("time", "milliseconds since 1970"),
    ("_at", "milliseconds since 1970"),
    ("_until", "milliseconds since 1970"),
    ("seq", "counts the events of a market"),
)
_SIMPLE: Final[Mapping[Any, str]] = {
    int: "integer",
    bool: "boolean",
    str: "string",
    type(None): "null",
}
_SAMPLES: Final[Mapping[Any, Any]] = {int: 1, bool: False, str: "text", type(None): None}

Schema = dict[str, Any]


def message_schema() -> Schema:
    """Return one JSON Schema (draft 2020-12) of every command and event, and of their words."""
    asked = {made.__name__: _command_schema(made) for made in get_args(commands.Command)}
    told = {made.__name__: _event_schema(made) for made in get_args(events.Event)}
    return {
        "$schema": DIALECT,
        "title": "Commands and events of the matching engine",
        "oneOf": [_ref("Command"), _ref("Event")],
        "$defs": {
            "Command": {"oneOf": [_ref(name) for name in asked]},
            "Event": {"oneOf": [_ref(name) for name in told]},
            **asked,
            **told,
            **{words.__name__: _words_schema(words) for words in _word_lists()},
        },
    }


def fields_of(made: type[Any]) -> dict[str, Any]:
    """Return the fields of a message, name -> type: those its constructor takes.

    The terms of an order stand beside its other fields, as they do in JSON.
    """
    hints = get_type_hints(made) | get_type_hints(made.__init__)
    found: dict[str, Any] = {}
    for name in inspect.signature(made).parameters:
        found |= fields_of(commands.Terms) if hints[name] is commands.Terms else {name: hints[name]}
    return found


def _command_schema(made: type[Any]) -> Schema:
    hints = fields_of(made)
    smallest = _smallest(made.__name__, hints)
    decoded = commands.decode(smallest)
    unless = dict(_exemptions(smallest, hints))
    properties = {}
    for name, hint in hints.items():
        exempt = {field: words[0] for field, words in unless.get(name, {}).items()}
        takes_null = _is_nullable(hint) and _is_decoded(smallest | exempt | {name: None})
        properties[name] = _property(name, hint if takes_null else _without_none(hint))
        if name not in smallest and (default := _value(decoded, name)) is not None:
            properties[name]["default"] = _as_json(default)
    schema = _object_schema(made, properties, set(smallest) - set(unless))
    rules = [_needed_unless(name, words) for name, words in unless.items()]
    return schema | {"allOf": rules} if rules else schema


def _value(command: Any, name: str) -> Any:
    """Return a field of a command, or of its terms."""
    return getattr(command if hasattr(command, name) else command.terms, name)


def _smallest(kind: str, hints: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with no more in it than `decode` asks for."""
    members: dict[str, Any] = {"type": kind}
    while True:
        try:
            commands.decode(members)
        except commands.InputError as error:
            name = str(error).removesuffix(" is missing")
            if name not in hints or name in members:
                raise
            members[name] = _as_json(_sample(hints[name]))
        else:
            return members


def _exemptions(
    smallest: Mapping[str, Any], hints: Mapping[str, Any]
) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield each field that is needed usually, with the words of another that make it needless.

    A market order needs no price: ("price_ticks", {"kind": ["market"]}).
    """
    choices = {name: _words_of(hint) for name, hint in hints.items() if name not in smallest}
    for name in [name for name in hints if name in smallest]:
        less = {key: value for key, value in smallest.items() if key != name}
        free = {
            field: [word for word in words if _is_decoded(less | {field: word})]
            for field, words in choices.items()
        }
        if any(free.values()):
            yield name, {field: words for field, words in free.items() if words}


def _needed_unless(name: str, unless: Mapping[str, list[str]]) -> Schema:
    said = [
        {"properties": {field: {"enum": words}}, "required": [field]}
        for field, words in unless.items()
    ]
    is_there = {"properties": {name: {"not": {"type": "null"}}}, "required": [name]}
    return {"if": {"anyOf": said}, "else": is_there}


def _words_of(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return list(get_args(hint))
    is_words = isinstance(hint, type) and issubclass(hint, StrEnum)
    return [word.value for word in hint] if is_words else []


def _is_decoded(members: Mapping[str, Any]) -> bool:
    try:
        commands.decode(members)
    except commands.InputError:
        return False
    return True


def _event_schema(made: type[Any]) -> Schema:
    hints = fields_of(made)
    # What is there even when as much as possible is not known is always there.
    unknown = {name: None if _is_nullable(hint) else _sample(hint) for name, hint in hints.items()}
    always = events.encode(made(**unknown))
    properties = {name: _property(name, hint) for name, hint in hints.items()}
    return _object_schema(made, properties, set(always))


def _object_schema(made: type[Any], properties: Mapping[str, Schema], always: set[str]) -> Schema:
    return {
        "type": "object",
        "description": _first_line(made),
        "properties": {"type": {"const": made.__name__}, **properties},
        "required": ["type", *(name for name in properties if name in always)],
        "additionalProperties": False,
    }


def _property(name: str, hint: Any) -> Schema:
    schema = _type_schema(hint)
    unit = next((unit for end, unit in _UNITS if name.endswith(end)), None)
    return schema if unit is None else schema | {"description": unit}


def _type_schema(hint: Any) -> Schema:
    """Return what values of a type look like in JSON. Raises TypeError for one it cannot tell."""
    kind, inner = get_origin(hint), get_args(hint)
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _ref(hint.__name__)
    if kind is Literal:
        return {"enum": list(inner)}
    if kind in {Union, types.UnionType}:
        return {"anyOf": [_type_schema(one) for one in inner]}
    if kind in {tuple, list} and inner[1:] in {(), (...,)}:
        return {"type": "array", "items": _type_schema(inner[0])}
    if kind is tuple:
        items = [_type_schema(one) for one in inner]
        return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
    raise TypeError("a message has a field whose JSON is not known", hint)


def _sample(hint: Any) -> Any:
    """Return some value of a type that `_type_schema` knows; not None where it may be another."""
    kind, inner = get_origin(hint), get_args(hint)
    if hint in _SAMPLES:
        return _SAMPLES[hint]
    if kind is tuple or kind is list:
        return tuple(_sample(one) for one in inner if one is not ...)
    if kind in {Union, types.UnionType}:
        return _sample(inner[0])
    return inner[0] if inner else next(iter(hint))


def _is_nullable(hint: Any) -> bool:
    return type(None) in get_args(hint)


def _without_none(hint: Any) -> Any:
    if not _is_nullable(hint):
        return hint
    return Union[tuple(one for one in get_args(hint) if one is not type(None))]  # noqa: UP007 -- made, not written


def _word_lists() -> list[type[StrEnum]]:
    return [
        found
        for found in vars(enums).values()
        if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
    ]


def _words_schema(words: type[StrEnum]) -> Schema:
    return {"enum": [word.value for word in words], "description": _first_line(words)}


def _first_line(made: type[Any]) -> str:
    return (inspect.getdoc(made) or "").partition("\n")[0]


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
