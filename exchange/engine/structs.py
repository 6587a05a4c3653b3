"""The records that a busy book makes by the hundred thousand: plain classes with slots.

A compiler turns them into structs. They are not frozen at run time, see records.py.
"""

from inspect import signature
from typing import Any, Final

_names: Final[dict[type[Any], tuple[str, ...]]] = {}


def names_of(made: type[Any]) -> tuple[str, ...]:
    """Return the names of a record's fields, in the order of its arguments."""
    found = _names.get(made)
    if found is None:
        found = _names[made] = tuple(signature(made).parameters)
    return found


class Record:  # noqa: PLW1641 -- compared, never looked up
    """A record whose fields are the arguments of its `__init__`. Equal only to its own type."""

    __slots__ = ()

    def values(self) -> tuple[Any, ...]:
        """Return all fields, in order."""
        return tuple([getattr(self, name) for name in names_of(type(self))])

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, Record):
            return False
        return self.values() == other.values()

    def __repr__(self) -> str:
        fields = zip(names_of(type(self)), self.values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in fields)})"
