"""Finding events and markets by what is known about an event, alike on every database."""

import pytest
from django.db import connection

from exchange.markets.models import Event
from exchange.markets.selectors import list_events, list_markets
from tests.factories import make_event, make_market

pytestmark = pytest.mark.django_db

FINAL = {
    "venue": "Wembley Stadium",
    "home-team": "Reds",
    "teams": ["Reds", "Blues", "日本", "42"],
    "capacity": 90_000,
    "indoors": False,
    "floodlit": True,
    "season": "2027",
    "percent": "100%_\\",
}


@pytest.fixture
def final():
    event = make_event("Cup final", metadata=FINAL | {"_demo": True, "_note": "hidden text"})
    market = make_market(event=event, title="Who wins the cup?")
    make_market(event=make_event("Other", metadata={"venue": "Wembley"}), title="Other?")
    make_market(event=make_event("Bare"), title="Bare?")
    return market


@pytest.mark.parametrize(
    ("pair", "is_found"),
    [
        (("venue", "Wembley Stadium"), True),
        (("venue", "wembley stadium"), False),
        (("venue", "Stadium"), False),
        (("home-team", "Reds"), True),
        (("teams", "Reds"), True),
        (("teams", "Blues"), True),
        (("teams", "日本"), True),
        (("teams", "42"), True),
        (("teams", "Greens"), False),
        (("teams", '["Reds","Blues","日本","42"]'), False),
        (("capacity", "90000"), True),
        (("capacity", "090000"), False),
        (("capacity", "90000.0"), False),
        (("indoors", "false"), True),
        (("indoors", "true"), False),
        (("indoors", "0"), False),
        (("floodlit", "true"), True),
        (("floodlit", "1"), False),
        (("season", "2027"), True),
        (("percent", "100%_\\"), True),
        (("percent", "%"), False),
        (("ven", "Wembley Stadium"), False),
        (("_demo", "true"), True),
    ],
)
def test_metadata_is_found_by_key_and_value(final, pair, is_found):
    assert (final in list_markets(metadata=pair)) == is_found
    assert (final.event in list_events(metadata=pair)) == is_found


@pytest.mark.parametrize(
    ("q", "is_found"),
    [
        ("who WINS", True),
        ("cup FINAL", True),
        ("wembley st", True),
        ("blue", True),
        ("日本", True),
        ("0%_\\", False),
        ("%", False),
        ("_", False),
        ("W%y", False),
        ("venue", False),
        ("90000", False),
        ("true", False),
        ("Reds, Blues", True),
        ("hidden", False),
        ("_demo", False),
    ],
)
def test_words_are_found_in_titles_and_texts_of_the_metadata(final, q, is_found):
    assert (final in list_markets(q=q)) == is_found


@pytest.mark.parametrize(
    ("title", "q"),
    [("Кто победит?", "КТО"), ("ΑΘΗΝΑ", "αθηνα"), ("Élection", "éLECTION"), ("明日の天気", "天気")],
)
def test_words_of_any_script_are_found_in_any_case(title, q):
    in_title = make_market(title=title)
    in_event = make_market(event=make_event(title))
    in_metadata = make_market(event=make_event(metadata={"about": [title]}))
    make_market()
    assert list(list_markets(q=q)) == [in_metadata, in_event, in_title]


def test_filters_are_joined(final):
    found = list_markets(status="open", category="Sport", q="cup", metadata=("season", "2027"))
    assert list(found) == [final]
    assert not list_markets(status="closed", metadata=("season", "2027")).exists()


def test_event_that_says_so_is_listed_once_whatever_its_markets(final):
    make_market(event=final.event)
    assert list(list_events(metadata=("venue", "Wembley Stadium"))) == [final.event]


def test_event_without_a_market_to_show_is_not_listed():
    make_event(metadata={"venue": "Wembley"})
    assert not list_events(metadata=("venue", "Wembley")).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index on contents")
def test_postgresql_answers_from_the_index():
    Event.objects.bulk_create(
        Event(title=f"E{n}", slug=f"e{n}", category="C", metadata={"venue": f"V{n}", "n": n})
        for n in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE markets_event")
        # What a larger table would make it do.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Event.objects.filter(metadata__says=("n", "7")).explain()
    assert "markets_event_metadata_content" in plan
