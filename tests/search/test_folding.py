import pytest

from search.folding import WORD_LENGTH_MAX, fold_query, fold_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("?!  ,.", []),
        ("Will it Rain?", ["will", "it", "rain"]),
        ("São Tomé", ["sao", "tome"]),
        ("Łódź, Øresund, Straße, Æon", ["lodz", "oresund", "strasse", "aeon"]),
        ("Nairobi's New Year’s", ["nairobis", "new", "years"]),
        ("sub-two-hour alice_b", ["sub", "two", "hour", "alice", "b"]),
        ("ＦＵＬＬ ｗｉｄｔｈ ①", ["full", "width", "1"]),
        ("Кубок Гагарина, Йога ёж", ["кубок", "гагарина", "иога", "еж"]),
        ("Θεσσαλονίκη ΤΕΛΟΣ τέλος", ["θεσσαλονικη", "τελοσ", "τελοσ"]),
        ("ガカ", ["ガカ", "カ"]),
        ("東京の日", ["東京", "京の", "の日", "日"]),
        ("2028年に", ["2028", "年に", "に"]),
        ("자율주행 버스가", ["자율주행", "버스가"]),
        ("मुंबई में", ["मुंबई", "में"]),
        ("كِتَاب كتاب", ["كتاب", "كتاب"]),
        ("🎉 party 🎉", ["party"]),
        ("x" * 100, ["x" * WORD_LENGTH_MAX]),
    ],
)
def test_words_of_any_script_are_folded(text, words):
    assert fold_words(text) == words


def test_query_has_each_word_once_and_no_last_character_of_a_run():
    assert fold_query("rain Rain RAIN, snow") == ["rain", "snow"]
    assert fold_query("新幹線") == ["新幹", "幹線"]
    assert fold_query("東") == ["東"]


@pytest.mark.parametrize("title", ["札幌まで延びるか", "上海磁悬浮列车", "กรุงเทพ"])
def test_every_part_of_a_text_without_spaces_is_found(title):
    words = fold_words(title)
    for start in range(len(title)):
        for end in range(start + 1, len(title) + 1):
            asked = fold_query(title[start:end])
            assert all(any(word.startswith(one) for word in words) for one in asked)
