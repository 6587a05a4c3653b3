"""Texts as the index compares them: words without case, accents and signs, of any script. Pure."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

WORD_LENGTH_MAX: Final = 40
_TEXT_LENGTH_MAX: Final = 2_000
# Letters that a keyboard without them writes otherwise, and that do not decompose.
_PLAIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
)
# An apostrophe joins: "Nairobi's" is one word. Arabic's tatweel only stretches.
_LEFT_OUT: Final = frozenset("'’ʼ`\N{ARABIC TATWEEL}")
_SPACELESS: Final = ((0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF),
                     (0x20000, 0x3FFFF), (0x0E00, 0x0E7F))  # fmt: skip


def fold_words(text: str) -> list[str]:
    """Return the words of a text in their order: "São Tomé's 2nd" -> ["sao", "tomes", "2nd"].

    Scripts that put no space between words (Chinese, Japanese, Thai) give each two neighbouring
    characters, and the last one alone: so each place of a title can be where a search begins.
    """
    words = _plain(text[:_TEXT_LENGTH_MAX]).split()
    return [part[:WORD_LENGTH_MAX] for word in words for part in _parts(word)]


def fold_query(text: str) -> list[str]:
    """Return what was typed as words to look for, each once, in their order.

    Unlike in a title, the last character of a run without spaces is no word of its own.
    """
    words = _plain(text).split()
    parts = (part for word in words for part in _parts(word, ending=False))
    return list(dict.fromkeys(part[:WORD_LENGTH_MAX] for part in parts))


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    kept = "".join(_kept(character) for character in folded)
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=4096)
def _kept(character: str) -> str:
    """Return what stays of a character: nothing of an accent, a space of what parts words."""
    if _is_accent(character) or character in _LEFT_OUT:
        return ""
    is_of_word = character.isalnum() or unicodedata.category(character)[0] == "M"
    return character if is_of_word else " "


def _is_accent(character: str) -> bool:
    # Accents of Latin, Greek and Cyrillic, and the vowel signs that Arabic may leave out; those of
    # other scripts make another letter of the one they stand at.
    return "\u0300" <= character <= "\u036f" or "\u064b" <= character <= "\u0652"


def _parts(word: str, *, ending: bool = True) -> Iterator[str]:
    for is_spaceless, run in groupby(word, key=_is_spaceless):
        letters = list(run)
        if is_spaceless:
            yield from _pairs(letters, ending=ending)
        else:
            yield "".join(letters)


def _pairs(letters: Sequence[str], *, ending: bool) -> Iterator[str]:
    for first, second in pairwise(letters):
        yield first + second
    if ending or len(letters) == 1:
        yield letters[-1]


@lru_cache(maxsize=4096)
def _is_spaceless(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _SPACELESS)
