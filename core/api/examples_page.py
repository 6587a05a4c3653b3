"""The page of examples: programs that run as they stand, which the tests do."""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FOLDER: Final = Path(__file__).with_name("examples")
_LANGUAGES: Final = {"sh": "curl", "py": "Python", "mjs": "JavaScript"}


class Program(NamedTuple):
    """An example in one language."""

    language: str
    text: str


class Example(NamedTuple):
    """One thing that a program may do, in every language."""

    name: str
    title: str
    about: str
    programs: tuple[Program, ...]


@cache
def list_examples() -> tuple[Example, ...]:
    """Return the examples, by name."""
    names = sorted({path.stem for path in FOLDER.iterdir() if path.suffix[1:] in _LANGUAGES})
    return tuple(_example(name) for name in names)


def _example(name: str) -> Example:
    programs = [
        Program(language, (FOLDER / f"{name}.{suffix}").read_text().rstrip())
        for suffix, language in _LANGUAGES.items()
    ]
    about = programs[0].text.partition("\n")[0].removeprefix("# ")
    return Example(name, name.replace("-", " ").capitalize(), about, tuple(programs))


def show_examples(request: HttpRequest) -> HttpResponse:
    """Show every example in every language."""
    return render(request, "core/examples.html", {"examples": list_examples()})
