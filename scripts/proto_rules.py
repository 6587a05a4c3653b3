"""What holds for every version of the schema: names by buf's rules, and numbers used once.

The lock remembers each field and value that ever was, by number. One that is gone must be
reserved, by number and by name; none may change what it is called or what it holds.
"""

import re
from collections.abc import Iterator, Mapping

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)

Lock = Mapping[str, Mapping[str, str]]
_PASCAL = re.compile(r"([A-Z][a-z0-9]*)+")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def style(schema: FileDescriptorProto) -> list[str]:
    """Return what is not named as buf's standard rules have it."""
    return [*_package_style(schema), *_message_style(schema), *_enum_style(schema)]


def reused(schema: FileDescriptorProto, lock: Lock) -> list[str]:
    """Return which numbers of the lock stand for something else now, or for nothing reserved."""
    now, kept = _shapes(schema), _reserved(schema)
    return [
        f"{owner} {number} was {was!r} and is {now.get(owner, {}).get(number)!r}"
        for owner, numbers in lock.items()
        for number, was in numbers.items()
        if now.get(owner, {}).get(number) != was and (owner, number, was.split()[0]) not in kept
    ]


def grown(schema: FileDescriptorProto, lock: Lock) -> dict[str, dict[str, str]]:
    """Return the lock with what is new; what was stays."""
    now = _shapes(schema)
    return {owner: {**now.get(owner, {}), **lock.get(owner, {})} for owner in sorted({*now, *lock})}


def _shapes(schema: FileDescriptorProto) -> dict[str, dict[str, str]]:
    """Return name, label and type of each field and value, by what has it and by number."""
    shapes = {
        message.name: {str(field.number): _shape(field) for field in message.field}
        for message in schema.message_type
    }
    return shapes | {
        enum.name: {str(value.number): value.name for value in enum.value}
        for enum in schema.enum_type
    }


def _shape(field: FieldDescriptorProto) -> str:
    kind = field.type_name or FieldDescriptorProto.Type.Name(field.type)
    label = FieldDescriptorProto.Label.Name(field.label)
    return f"{field.name} {label} {kind}"


def _reserved(schema: FileDescriptorProto) -> set[tuple[str, str, str]]:
    """Return every pair of a reserved number and a reserved name, by what has both."""
    # A message's range ends before its end, an enum's with it.
    owners: list[tuple[DescriptorProto | EnumDescriptorProto, int]] = [
        *((message, 0) for message in schema.message_type),
        *((enum, 1) for enum in schema.enum_type),
    ]
    return {
        (owner.name, str(number), name)
        for owner, last in owners
        for span in owner.reserved_range
        for number in range(span.start, span.end + last)
        for name in owner.reserved_name
    }


def _package_style(schema: FileDescriptorProto) -> Iterator[str]:
    if schema.name.rpartition("/")[0] != schema.package.replace(".", "/"):
        yield f"{schema.name} is not in the folder of its package {schema.package}"
    if not re.search(r"\.v[0-9]+$", schema.package):
        yield f"{schema.package} does not end in a version"
    if schema.syntax != "proto3":
        yield f"{schema.name} is not proto3"


def _message_style(schema: FileDescriptorProto) -> Iterator[str]:
    for message in schema.message_type:
        if not _PASCAL.fullmatch(message.name):
            yield f"{message.name} is not in PascalCase"
        for name in (
            *(one.name for one in message.field),
            *(one.name for one in message.oneof_decl),
        ):
            if not _SNAKE.fullmatch(name.removeprefix("_")):
                yield f"{message.name}.{name} is not in snake_case"


def _enum_style(schema: FileDescriptorProto) -> Iterator[str]:
    for enum in schema.enum_type:
        prefix = _WORD_START.sub("_", enum.name).upper() + "_"
        if enum.value[0].name != f"{prefix}UNSPECIFIED" or enum.value[0].number:
            yield f"{enum.name} does not begin with {prefix}UNSPECIFIED = 0"
        for value in enum.value:
            if not value.name.startswith(prefix):
                yield f"{value.name} does not begin with {prefix}"
