"""Marks and habits that a review should not have to look for."""

import ast
import re

import pytest

from tests.architecture.sources import app_code, files, name_of, nodes, text

THIS_FILE = "tests/architecture/test_tidy.py"
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")
NOQA = re.compile(r"#\s*noqa\b(?!: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* -- \S)")
TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[)")
MONEY = ("exchange/engine/", "exchange/ledger/", "exchange/trading/", "core/money.py")
MAIL = ("templates/notifications/", "templates/account/email/", "templates/mfa/email/")

# A word that means two things or hurts somebody, and what we say.
INSTEAD = {
    r"\b(white|black)list": "allow list, deny list",
    r"\bmaster\b(?!\.)": "primary, main",
    r"\bslave\b": "standby, replica",
    r"\bsanity\b": "a word for what is checked",
    r"\bdummy\b": "what it stands for",
    r"\butcnow\(": "django.utils.timezone.now()",
    r"\bdatetime\.now\(\)": "django.utils.timezone.now()",
    r"\btask_always_eager\b|\bTASK_ALWAYS_EAGER\b": "calling the task as a function",
    r"\bunittest\.mock\b|\bMagicMock\b": "the real part",
    r"\bon_commit\(": "core.db.run_after_commit",
}
WORDS_ALLOWED_IN = {r"\bon_commit\(": {"core/db.py"}}


def _lines_with(pattern: str | re.Pattern[str], *suffixes: str) -> list[str]:
    expression = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}"
        for path in files(*suffixes)
        if name_of(path) != THIS_FILE
        for number, line in enumerate(text(path).splitlines(), start=1)
        if expression.search(line)
    ]


def test_nothing_is_left_unfinished():
    assert _lines_with(UNFINISHED, ".py", ".js", ".html", ".css", ".sh", ".md", ".yml") == []


def test_every_lint_exception_names_its_rule_and_reason():
    assert _lines_with(NOQA, ".py") == [], "write: noqa: RULE -- why"


def test_every_type_exception_names_its_rule():
    assert _lines_with(TYPE_IGNORE, ".py") == [], "write: type: ignore[rule]"


@pytest.mark.parametrize("word", INSTEAD)
def test_word_is_not_used(word):
    allowed = WORDS_ALLOWED_IN.get(word, set())
    lines = _lines_with(word, ".py", ".js", ".html", ".md")
    found = [line for line in lines if line.rpartition(":")[0] not in allowed]
    assert found == [], f"say instead: {INSTEAD[word]}"


def test_app_code_does_not_print():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in app_code()
        if "/management/commands/" not in name_of(path) and path.name != "__main__.py"
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert found == [], "log instead (structlog)"


def test_money_is_never_a_float():
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in app_code()
        if name_of(path).startswith(MONEY)
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call) and _makes_a_float(node.func)
    ]
    assert found == [], "money, prices and quantities are integers"


def _makes_a_float(called: ast.expr) -> bool:
    if isinstance(called, ast.Name):
        return called.id in {"float", "FloatField"}
    return isinstance(called, ast.Attribute) and called.attr == "FloatField"


def test_pages_bring_no_inline_script_or_style():
    inline = r"<script(?![^>]*\ssrc=)|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:"
    # Mail readers know no style sheets: a message carries its styles in place.
    pages = [line for line in _lines_with(inline, ".html") if not line.startswith(MAIL)]
    assert pages == [], "the Content-Security-Policy refuses these"


def test_templates_only_show_what_they_are_given():
    query_or_sum = (
        r"{[{%][^}]*(\.objects\b|\.all\b|\.count\b|\.exists\b|\.filter\b|_set\b"
        r"|\|add:|\|divisibleby|widthratio)"
    )
    assert _lines_with(query_or_sum, ".html") == [], "ask or compute in a selector"
