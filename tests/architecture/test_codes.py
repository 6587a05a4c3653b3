"""The closed list of codes: each is given by somebody, and provoked by a test."""

import re
from pathlib import Path

import pytest

from core.errors import MEANINGS, Code
from exchange.engine.enums import RejectReason

ROOT = Path(__file__).resolve().parents[2]
_OWN = {"test_codes.py", "errors.py"}
_REASONS = {str(reason) for reason in RejectReason}


def texts(*folders: str, ends: tuple[str, ...] = (".py",)) -> str:
    return "\n".join(
        path.read_text()
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in ends and path.name not in _OWN
    )


@pytest.fixture(scope="module")
def tests():
    return texts("tests", ends=(".py", ".txt", ".feature", ".scenario"))


@pytest.fixture(scope="module")
def code():
    return texts("core", "accounts", "exchange", "notifications", "search", "social")


def is_named(word: Code, text: str) -> bool:
    """Whether a text names a code as a literal, or by its member."""
    named = rf'["\']{word.value}["\']|\b(?:Code|RejectReason)\.{word.name}\b|\b{word.value}\b'
    return re.search(named, text) is not None


@pytest.mark.parametrize("word", Code)
def test_code_is_provoked_by_a_test(word, tests):
    assert is_named(word, tests), f"no test provokes {word}: write one"


@pytest.mark.parametrize("word", Code)
def test_code_is_given_by_somebody(word, code):
    is_given = re.search(rf"\bCode\.{word.name}\b", code) is not None
    assert is_given or word.value in _REASONS, f"nobody gives {word}: leave it out"


def test_codes_and_their_words_are_one_list():
    assert set(MEANINGS) == set(Code)
    assert len({meaning.title for meaning in MEANINGS.values()}) == len(Code)
