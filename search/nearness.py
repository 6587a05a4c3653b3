"""Whether a word could be meant by one that was typed with mistakes. Pure."""

from collections.abc import Iterator
from typing import Final, NamedTuple

_FORGIVEN_FROM: Final = 4
_TWICE_FROM: Final = 8
_PIECE: Final = 3


class Piece(NamedTuple):
    """A part of a word that is right if the mistake is elsewhere."""

    text: str
    at_start: bool


def count_forgiven(typed: str) -> int:
    """Return how many mistakes a typed word may have: 0 below 4 letters, 2 from 8 on."""
    if len(typed) < _FORGIVEN_FROM:
        return 0
    return 2 if len(typed) >= _TWICE_FROM else 1


def count_mistakes(typed: str, word: str, most: int) -> int | None:
    """Return by how many mistakes `typed` differs from a beginning of `word`; None: over `most`.

    A mistake is a letter too many, one missing, another one, or two neighbours swapped. At most
    4 ** most steps of one comparison each.
    """
    start = _count_common(typed, word)
    typed, word = typed[start:], word[start:]
    if not typed:
        return 0
    if most == 0:
        return None
    counts = (count_mistakes(*rests, most - 1) for rests in _undone(typed, word))
    return min((count + 1 for count in counts if count is not None), default=None)


def list_pieces(typed: str) -> list[Piece]:
    """Return parts one of which every word has that is meant by `typed` with one mistake in it."""
    starts = [typed[:2], typed[0] + typed[2] + typed[1]]
    if len(typed) == _FORGIVEN_FROM:
        starts.append(typed[1:3])
    held = [typed[at : at + _PIECE] for at in (1, 2, 3) if len(typed) >= at + _PIECE]
    return [
        *(Piece(text, at_start=True) for text in starts),
        *(Piece(text, at_start=False) for text in held),
    ]


def _undone(typed: str, word: str) -> Iterator[tuple[str, str]]:
    """Yield what remains of both after each mistake that could have been made here."""
    yield typed[1:], word
    if word:
        yield typed[1:], word[1:]
        yield typed, word[1:]
    if typed[:2] == word[1::-1]:
        yield typed[2:], word[2:]


def _count_common(one: str, other: str) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count
