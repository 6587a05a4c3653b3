"""The environment's variables: which the settings read, and what a file of others would change.

Secrets are never shown: names that say so, storages (their options may be keys), and the passwords
of addresses.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import environ

HIDDEN: Final = "(hidden)"
_HIDDEN_NAMES: Final = ("SECRET", "PASSWORD", "STORAGE")


class Variable(NamedTuple):
    """A variable as this process has it; `text` is fit to be shown."""

    name: str
    is_set: bool
    text: str


class Change(NamedTuple):
    """What a file of variables would change, in texts fit to be shown."""

    name: str
    before: str
    after: str


class Env(environ.Env):
    """Reads variables, and remembers which it was asked for and what each is when unset."""

    def __init__(self) -> None:
        super().__init__()
        self.defaults: dict[str, Any] = {}

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        """Return a variable's value, as django-environ does."""
        self.defaults[str(var)] = options.get("default", "")
        return super().get_value(var, *args, **options)

    def variables(self) -> list[Variable]:
        """Return every variable that was asked for, by name."""
        return [
            Variable(name, name in self.ENVIRON, self._text(name, self.ENVIRON))
            for name in sorted(self.defaults)
        ]

    def changes(self, path: Path) -> list[Change]:
        """Return what would differ with the variables of a file in place of the environment's.

        A variable of the file that no setting reads is a change to nothing: it is named, too.
        """
        return list(self._changes(_read(path)))

    def _changes(self, planned: Mapping[str, str]) -> Iterator[Change]:
        for name in sorted(self.defaults):
            if self.ENVIRON.get(name) != planned.get(name):
                yield Change(name, self._text(name, self.ENVIRON), self._text(name, planned))
        for name in sorted(planned.keys() - self.defaults.keys()):
            yield Change(name, "", "no setting reads it")

    def _text(self, name: str, values: Mapping[str, str]) -> str:
        value = values.get(name)
        return f"unset: {self.defaults[name]}" if value is None else shown(name, value)


def shown(name: str, value: str) -> str:
    """Return a value as anybody may see it."""
    if value and any(part in name for part in _HIDDEN_NAMES):
        return HIDDEN
    try:
        password = urlsplit(value).password
    except ValueError:
        return HIDDEN
    return value.replace(f":{password}@", ":***@") if password else value


def _read(path: Path) -> Mapping[str, str]:
    """Return the variables of a file of KEY=value lines. Raises OSError."""

    class File(Env):  # django-environ reads a file into its class
        ENVIRON: dict[str, str] = {}

    with path.open(encoding="utf-8") as lines:
        File.read_env(lines)
    return File.ENVIRON
