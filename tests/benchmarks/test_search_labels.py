"""The labelled queries of the search, and the corpus they are asked of."""

from collections import Counter

from benchmarks.search.corpus import make_corpus, named_titles
from benchmarks.search.labels import SHORT, Label, is_right, read_labels


def test_there_are_two_hundred_labels_of_every_rule():
    labels = read_labels()
    rules = Counter(label.rule for label in labels)
    assert sum(rules.values()) == len({label.query for label in labels}) == 200
    assert set(rules) == {SHORT, "inner", "typo", "swapped", "prefix", "accents"}
    assert min(rules.values()) >= 15


def test_every_label_but_the_short_ones_names_a_title_of_the_corpus():
    titles = {question.title for question in make_corpus(300, [])}
    for label in read_labels():
        if label.rule == SHORT:
            assert 1 <= len(label.query) <= 3
            assert not label.title
        else:
            assert label.title in titles


def test_corpus_is_the_same_each_time_and_has_no_title_twice():
    first, again = (list(make_corpus(1_000, ["Real?"])) for _ in range(2))
    assert first == again
    assert len({question.title for question in first}) == 1_000
    assert "Real?" in {question.title for question in first}
    named = set(named_titles())
    assert all(question.is_open for question in first if question.title in named)


def test_answer_is_right_in_the_first_five_or_in_the_whole_order():
    named = Label("typo", "ran", "Rain?")
    titles = [f"T{n}" for n in range(5)]
    assert is_right(named, [*titles[:4], "Rain?"], [])
    assert not is_right(named, [*titles, "Rain?"], [])
    short = Label(SHORT, "ra", "")
    assert is_right(short, titles, [*titles, "T5"])
    assert not is_right(short, titles[::-1], titles)
    assert is_right(short, [], [])
