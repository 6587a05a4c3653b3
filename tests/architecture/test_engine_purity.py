"""The engine is a function of its input: the same commands give the same events anywhere."""

import ast
import sys

from tests.architecture.sources import files, imported_modules, name_of, nodes

ENGINE = files(".py", folders=("exchange/engine",))
# The program around the engine (`python -m exchange.engine`) reads files; the engine does not.
PROGRAM_FILES = {f"exchange/engine/{name}.py" for name in ("__main__", "cli", "appending")}
ALLOWED_ELSEWHERE = {"sortedcontainers"}
# Clock, chance, the outside world, and what differs from one machine or run to the next.
IMPURE = {
    "asyncio", "concurrent", "ctypes", "datetime", "decimal", "fractions", "io", "locale",
    "logging", "multiprocessing", "os", "pathlib", "platform", "random", "secrets", "select",
    "selectors", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time",
    "urllib", "uuid", "warnings",
}  # fmt: skip
IMPURE_CALLS = {"eval", "exec", "float", "hash", "id", "input", "open", "print"}


def _engine_only():
    return [path for path in ENGINE if name_of(path) not in PROGRAM_FILES]


def test_engine_is_there():
    assert len(ENGINE) > 5


def test_engine_imports_only_itself_sortedcontainers_and_pure_stdlib():
    found = [
        f"{name_of(path)}: {module}"
        for path in _engine_only()
        for module in imported_modules(path)
        if not _is_pure(module)
    ]
    assert found == []


def _is_pure(module: str) -> bool:
    top = module.partition(".")[0]
    if module == "exchange.engine" or module.startswith("exchange.engine."):
        return True
    return top in ALLOWED_ELSEWHERE or (top in sys.stdlib_module_names and top not in IMPURE)


def test_program_around_the_engine_needs_no_framework():
    found = [
        module
        for path in ENGINE
        for module in imported_modules(path)
        if module.partition(".")[0]
        not in {*sys.stdlib_module_names, *ALLOWED_ELSEWHERE, "exchange"}
    ]
    assert found == []


def test_engine_calls_nothing_whose_answer_changes_between_runs():
    found = [
        f"{name_of(path)}:{node.lineno} {node.func.id}"
        for path in _engine_only()
        for node in nodes(path, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
    ]
    assert found == []


def test_engine_knows_whole_numbers_only():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in _engine_only()
        for node in nodes(path, ast.Constant, ast.BinOp)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert found == [], "ticks and quantities are integers; divide with //"


def test_engine_never_walks_through_a_set():
    # The order of a set follows the hash seed; dicts keep the order of insertion.
    found = [
        f"{name_of(path)}:{node.iter.lineno}"
        for path in _engine_only()
        for node in nodes(path, ast.For, ast.comprehension)
        if isinstance(node.iter, ast.Set | ast.SetComp)
        or (
            isinstance(node.iter, ast.Call)
            and isinstance(node.iter.func, ast.Name)
            and node.iter.func.id in {"set", "frozenset"}
        )
    ]
    assert found == [], "walk through a dict or a sorted list"
