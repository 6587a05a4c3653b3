"""Finding: the same answers on both databases."""

import pytest

from exchange.markets.models import Contract
from search.finding import Narrowing
from search.models import Document, Kind
from search.selectors import find, suggest
from tests.factories import make_event, make_market, make_member

pytestmark = pytest.mark.django_db


def ranked(title, volume=0, status="open", **fields):
    market = make_market(title=title, status=status, **fields)
    Document.objects.filter(kind=Kind.MARKET, key=str(market.pk)).update(popularity=volume)
    return market


def titles(text, kind=Kind.MARKET, **narrowing):
    found = find(text, Narrowing(kind=kind, **narrowing), after=None, size=50)
    return [result.document.title for result in found.results]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Will it rain in Oslo?", "r"),
        ("Will it rain in Oslo?", "ra"),
        ("Will it rain in Oslo?", "OSLO"),
        ("Will it rain in Oslo?", "oslo rain"),
        ("Will it rain in Oslo?", "  ras , oslo "),
        ("Will it rain in Oslo?", "rian in oslo"),
        ("Will it rain in Oslo?", "rain in oslo tomorrow"),
        ("Who becomes champion?", "chmapion"),
        ("Who becomes champion?", "hcampion"),
        ("Who becomes champion?", "cahmpoin"),
        ("São Tomé and Łódź", "sao lodz"),
        ("Sao Tome and Lodz", "SÃO ŁÓDŹ"),
        ("Кто выиграет Кубок?", "кубо"),
        ("Кто выиграет Кубок?", "кубко"),
        ("Θεσσαλονίκη", "θεσσαλονικη"),
        ("2028年に日本の新幹線は", "新幹線"),
        ("2028年に日本の新幹線は", "線"),
        ("2028年に日本の新幹線は", "日本"),
        ("هل تستضيف الدوحة معرض", "الدوحة"),
        ("क्या मुंबई में", "मुंबई"),
        ("서울에서 버스가 운행될까?", "버스"),
        ("กรุงเทพจะมี", "เทพ"),
    ],
)
def test_title_is_found_however_it_is_typed(title, text):
    make_market(title=title)
    make_market(title="Something else altogether")
    assert titles(text) == [title]
    assert [one.document.title for one in suggest(text)] == [title]


@pytest.mark.parametrize(
    "text",
    ["", " ", "?!", "%", "_", "'", '"', "\\", "zebra", "ain", "rin",
     "' OR 1=1 --", '" OR "', "🎉", "x" * 5_000],
)  # fmt: skip
def test_nothing_is_found(text):
    make_market(title="Will it rain?", event=make_event("Weather"))
    assert titles(text) == []
    assert suggest(text) == []


@pytest.mark.parametrize(
    "text",
    ["rain AND", "~rain zebra", "NEAR(rain", "rain* -", "rain:*", "rain & !x", "(rain", "RAIN'"],
)
def test_signs_are_no_language_of_the_database(text):
    make_market(title="Will it rain and so on? X")
    assert titles(text) == ["Will it rain and so on? X"]


def test_short_beginnings_are_ranked_open_then_popular_then_new():
    for title, volume, status in [
        ("Rain one", 10, "open"),
        ("Rain two", 990, "open"),
        ("Rain three", 10, "open"),
        ("Rain four", 99_000, "settled"),
        ("The race", 50, "halted"),
        ("Terrain", 99_000, "open"),
    ]:
        ranked(title, volume, status)
    expected = ["Rain two", "The race", "Rain three", "Rain one", "Rain four"]
    assert titles("ra") == expected
    assert [one.document.title for one in suggest("ra")] == expected


def test_short_beginning_is_of_the_title_only():
    make_market(title="Who wins?", event=make_event("Rain cup"), outcomes=("Rafa", "Bo"))
    assert titles("ra") == []
    assert titles("rain") == titles("rafa") == ["Who wins?"]


def test_whole_words_and_phrases_come_before_what_is_popular():
    ranked("Rainer beats Oslo", 90_000)
    ranked("Oslo has rain", 9_000)
    ranked("Will it rain in Oslo?", 1)
    assert titles("rain in oslo") == ["Will it rain in Oslo?"]
    assert titles("rain oslo") == ["Will it rain in Oslo?", "Oslo has rain", "Rainer beats Oslo"]


def test_what_stands_around_a_title_is_found_after_titles():
    about = {"venue": "London", "_x": "Paris"}
    make_market(title="Rain over London?")
    make_market(title="Who wins?", event=make_event("Rain over London"))
    make_market(title="Where?", event=make_event("Cup", metadata=about))
    assert titles("london") == ["Rain over London?", "Where?", "Who wins?"]
    assert titles("paris") == []


def test_outcome_is_found_by_its_name_and_its_market_only_beside_it():
    make_market(title="Who wins the cup?", outcomes=("Brazil", "Japan"))
    assert titles("brazil cup", Kind.CONTRACT) == ["Brazil"]
    assert titles("cup", Kind.CONTRACT) == []
    assert titles("brazil", Kind.MARKET) == ["Who wins the cup?"]


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ({}, ["Rain b", "Rain a"]),
        ({"status": "open"}, ["Rain b"]),
        ({"status": "closed"}, ["Rain a"]),
        ({"category": "Weather"}, ["Rain a"]),
        ({"category": "Weather", "status": "open"}, []),
        ({"category": "'"}, []),
    ],
)
def test_results_are_narrowed(narrowing, expected):
    make_market(title="Rain a", status="closed", category="Weather")
    make_market(title="Rain b", category="Sport")
    make_member("rain")
    assert titles("rain", **narrowing) == expected


def test_pages_follow_each_other_without_a_gap_while_rows_come():
    for number in range(7):
        ranked(f"Rain {number}", volume=number // 3)
    seen, place = [], None
    while True:
        found = find("rain", Narrowing(), after=place, size=2)
        seen += [one.document.title for one in found.results]
        place = found.next_place
        if place is None:
            break
        ranked("Rain new", volume=99)
    assert seen == [f"Rain {number}" for number in reversed(range(7))]


def test_result_says_whether_it_was_only_near():
    make_market(title="Will it rain?")
    assert not find("rain", Narrowing(), after=None, size=5).is_near
    assert find("rian", Narrowing(), after=None, size=5).is_near
    assert not find("zebra", Narrowing(), after=None, size=5).is_near


def test_markets_and_outcomes_are_quoted_by_their_last_price():
    yes = make_market(title="Will it rain?")
    cup = make_market(title="Who wins the rain cup?", outcomes=("Rafa", "Rain"))
    make_market(title="Rain never traded")
    Contract.objects.filter(market=yes).update(last_price_ticks=4_500)
    Contract.objects.filter(market=cup, name="Rafa").update(last_price_ticks=6_000)
    Contract.objects.filter(market=cup, name="Rain").update(last_price_ticks=3_000)
    quotes = {
        result.document.title: result.quoted and (result.quoted.name, result.quoted.price_ticks)
        for result in suggest("rain")
    }
    assert quotes == {
        "Will it rain?": ("Yes", 4_500),
        "Who wins the rain cup?": ("Rafa", 6_000),
        "Rain never traded": None,
        "Rain": ("Rain", 3_000),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_suggestions_take_a_fixed_number_of_queries(count, django_assert_num_queries):
    for number in range(count):
        make_market(title=f"Rain {number}", outcomes=("Rain a", "Rain b"))
        make_member(f"rain{number}")
    with django_assert_num_queries(3):
        assert len(suggest("rain")) == {1: 4, 3: 11}[count]


def test_every_kind_has_its_own_five():
    for number in range(7):
        make_market(title=f"Rain {number}", event=make_event(f"Rains {number}"))
        make_member(f"rain{number}")
    kinds = [result.document.kind for result in suggest("rain")]
    assert kinds == [Kind.MARKET] * 5 + [Kind.EVENT] * 5 + [Kind.MEMBER] * 5


@pytest.mark.parametrize("walked", [2, 100])
@pytest.mark.parametrize("text", ["ra", "rain", "rain oslo"])
def test_what_fits_too_often_is_ranked_only(monkeypatch, walked, text):
    for number in range(6):
        ranked(f"Rain in Oslo {number}", volume=number, status="open" if number else "closed")
        ranked(f"Snow in Oslo {number}", volume=90 + number)
    make_member("rain_oslo")
    monkeypatch.setattr("search.finding._WEIGHED_MAX", 3)
    monkeypatch.setattr("search.finding._WALKED_MAX", walked)

    expected = [f"Rain in Oslo {number}" for number in (5, 4, 3, 2, 1, 0)]
    assert [one.document.title for one in suggest(text)] == [*expected[:5], "rain_oslo"]
    assert titles(text) == expected
    first = find(text, Narrowing(kind=Kind.MARKET), after=None, size=4)
    rest = find(text, Narrowing(kind=Kind.MARKET), after=first.next_place, size=4)
    shown = [result.document.title for page in (first, rest) for result in page.results]
    assert shown == expected
    assert rest.next_place is None
