import random
import string

import pytest

from search.nearness import count_forgiven, count_mistakes, list_pieces


@pytest.mark.parametrize(
    ("typed", "word", "mistakes"),
    [
        ("chess", "chess", 0),
        ("ches", "chess", 0),
        ("chses", "chess", 1),
        ("chss", "chess", 1),
        ("chesss", "chess", 1),
        ("chexs", "chess", 1),
        ("hcess", "chess", 1),
        ("chmap", "championship", 1),
        ("hcmap", "championship", 2),
        ("chmpa", "championship", 2),
        ("abcd", "wxyz", None),
        ("chess", "", None),
    ],
)
def test_mistakes_are_counted_against_a_beginning(typed, word, mistakes):
    assert count_mistakes(typed, word, 2) == mistakes


def test_no_more_mistakes_are_looked_for_than_asked():
    assert count_mistakes("chess", "chess", 0) == 0
    assert count_mistakes("chses", "chess", 0) is None
    assert count_mistakes("hcesx", "chess", 1) is None


@pytest.mark.parametrize(("length", "forgiven"), [(3, 0), (4, 1), (7, 1), (8, 2), (20, 2)])
def test_longer_words_may_have_more_mistakes(length, forgiven):
    assert count_forgiven("x" * length) == forgiven


def mistakes_in(word):
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]
        yield word[:at] + "q" + word[at:]
        yield word[:at] + "q" + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@pytest.mark.parametrize("length", range(5, 13))
def test_one_mistake_leaves_a_piece_of_the_word(length):
    draw = random.Random(length)
    for _ in range(50):
        word = "".join(draw.choices(string.ascii_lowercase, k=length))
        for typed in mistakes_in(word):
            if len(typed) < 5:
                continue
            assert count_mistakes(typed, word, 1) in {0, 1}
            assert any(
                word.startswith(piece.text) if piece.at_start else piece.text in word
                for piece in list_pieces(typed)
            ), (typed, word)
