"""The repository's own files and their syntax trees, for the tests of this folder."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("accounts", "config", "core", "exchange", "notifications", "search", "social")
PROGRAMS = ("benchmarks", "client", "examples", "scripts")
FOLDERS = (*APPS, *PROGRAMS, "docs", "static", "templates", "tests", "deploy")
# What others wrote and we only carry, what scripts/proto.py makes, and programs to be copied.
CARRIED = (
    "static/vendor/", "exchange/realtime/proto/live_pb2", "client/build/", "core/api/examples/",
    "client/src/likely_client/_proto/live_pb2",
)  # fmt: skip


def name_of(path: Path) -> str:
    """Return the path as it is written in the documents: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def files(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> tuple[Path, ...]:
    """Return our files with one of these suffixes; migrations and carried files are left out."""
    found = [path for path in ROOT.iterdir() if path.is_file()] if folders == FOLDERS else []
    for folder in folders:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return tuple(sorted(path for path in found if path.suffix in suffixes and _ours(path)))


def _ours(path: Path) -> bool:
    name = name_of(path)
    return (
        "/migrations/" not in name
        and "__pycache__" not in name
        and "/node_modules/" not in name
        and not name.startswith(CARRIED)
    )


@cache
def text(path: Path) -> str:
    """Return the file's text."""
    return path.read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Return the file's syntax tree."""
    return ast.parse(text(path), filename=str(path))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of these kinds."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def app_code() -> tuple[Path, ...]:
    """Return the Python files of the apps."""
    return files(".py", folders=APPS)


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the dotted name of everything the file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
