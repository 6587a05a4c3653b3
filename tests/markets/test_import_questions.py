"""manage.py import_questions, on small files and on the real one where it is at hand."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exchange.ledger.models import Account
from exchange.markets.imports import import_questions
from exchange.markets.models import Contract, Event, Market
from exchange.markets.questions import parse_questions
from exchange.trading.models import InboxCommand
from tests.flow import FOLDER

REAL = FOLDER / "questions.csv"
HEADER = "event,category,market,rules,closes_at,outcomes\n"
GOOD = (
    "Vote,Politics,Who wins?,By count.,2097-01-01T00:00:00Z,Red|Blue|Other\n"
    "Vote,Politics,Will many vote?,By count.,2097-01-01T00:00:00Z,Yes|No\n"
    "明日の天気,天気,雨が降る？,,,Yes\n"
)

pytestmark = pytest.mark.django_db


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "questions.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def run(path, *flags):
    out, err = StringIO(), StringIO()
    call_command("import_questions", path, *flags, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def everything():
    models = (Event, Market, Contract, Account)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_import_makes_events_markets_contracts_and_clearing_accounts(tmp_path, settings):
    settings.BOOK_SHARDS = 4
    out, err = run(write(tmp_path, HEADER + GOOD))
    assert (out, err) == ("3 new, 0 there already, 0 bad rows skipped.\n", "")
    assert sorted(Event.objects.values_list("title", "category")) == [
        ("Vote", "Politics"),
        ("明日の天気", "天気"),
    ]
    markets = Market.objects.order_by("pk")
    assert [(m.title, m.has_other, m.status, m.shard) for m in markets] == [
        ("Who wins?", False, "draft", markets[0].pk % 4),
        ("Will many vote?", True, "draft", markets[1].pk % 4),
        ("雨が降る？", True, "draft", markets[2].pk % 4),
    ]
    assert [list(m.contracts.values_list("name", "position")) for m in markets] == [
        [("Red", 0), ("Blue", 1), ("Other", 2)],
        [("Yes", 0)],
        [("Yes", 0)],
    ]
    assert {f"clearing-{m.pk}" for m in markets} == set(
        Account.objects.filter(kind="clearing").values_list("code", flat=True)
    )


def test_import_twice_changes_nothing(tmp_path):
    path = write(tmp_path, HEADER + GOOD)
    run(path)
    before = everything()
    assert run(path) == ("0 new, 3 there already, 0 bad rows skipped.\n", "")
    assert everything() == before


def test_import_adds_what_is_new_to_an_event_that_is_there(tmp_path):
    run(write(tmp_path, HEADER + GOOD))
    out, _ = run(write(tmp_path, HEADER + GOOD + "Vote,Politics,How close?,,,Close|Not close\n"))
    assert out == "1 new, 3 there already, 0 bad rows skipped.\n"
    assert Event.objects.filter(title="Vote").count() == 1
    assert Market.objects.filter(event__title="Vote").count() == 3


META = (
    "event,category,market,rules,closes_at,outcomes,meta:venue,meta:teams,meta:year,meta:indoors\n"
    "Cup,Sport,Who wins?,,,Red|Blue,Wembley,Red|Blue,2097,false\n"
    "Cup,Sport,Extra time?,,,Yes,,,,\n"
    "Vote,Politics,Who leads?,,,Yes,,,,\n"
)


def test_import_gives_new_events_the_metadata_of_their_columns(tmp_path):
    path = write(tmp_path, META)
    assert run(path) == ("3 new, 0 there already, 0 bad rows skipped.\n", "")
    before = everything()
    assert dict(Event.objects.values_list("title", "metadata")) == {
        "Cup": {"venue": "Wembley", "teams": ["Red", "Blue"], "year": 2097, "indoors": False},
        "Vote": {},
    }
    run(path)
    assert everything() == before


def test_import_leaves_the_metadata_of_an_event_that_is_there(tmp_path):
    run(write(tmp_path, META))
    Event.objects.filter(title="Cup").update(metadata={"venue": "Oslo"})
    out, _ = run(write(tmp_path, META + "Cup,Sport,A draw?,,,Yes,,,,\n"))
    assert out.startswith("1 new")
    assert Event.objects.get(title="Cup").metadata == {"venue": "Oslo"}


def test_import_of_a_wrong_meta_column_fails(tmp_path):
    with pytest.raises(CommandError, match=r"column 'meta:_demo': '_demo' begins with _"):
        run(write(tmp_path, META.replace("meta:venue", "meta:_demo")))


def test_import_gives_new_events_what_the_caller_says_and_refuses_what_is_not_well_formed(tmp_path):
    lines = META.splitlines(keepends=True)
    questions = list(parse_questions(lines, now=timezone.now()))
    with pytest.raises(ValueError, match="'rate' is a fraction"):
        import_questions(questions, metadata={"rate": 0.5})
    import_questions(questions, metadata={"_demo": True, "year": 1, "source": "a file"})
    assert Event.objects.get(title="Vote").metadata == {
        "_demo": True, "year": 1, "source": "a file",
    }  # fmt: skip
    assert Event.objects.get(title="Cup").metadata["year"] == 2097


def test_import_gives_each_market_a_slug_of_its_own(tmp_path):
    rows = "".join(f"Event {n},C,Conditional?,,,Yes\n" for n in range(3)) + "Dots,C,...,,,Yes\n"
    run(write(tmp_path, HEADER + rows))
    slugs = list(Market.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[0] == "conditional"
    assert slugs[3] == "untitled"
    assert len(set(slugs)) == 4


def test_import_reports_bad_rows_by_line_and_takes_the_rest(tmp_path):
    text = HEADER + ",C,Q?,,,Yes\n" + GOOD + "E,C,Q?,,never,Yes\n"
    out, err = run(write(tmp_path, text))
    assert out == "3 new, 0 there already, 2 bad rows skipped.\n"
    assert err.splitlines() == [
        "line 2: event is empty",
        "line 6: closes_at is not a time: 'never'; write 2027-01-31T12:00:00Z",
    ]


def test_import_row_that_is_not_utf8_is_bad_and_no_other(tmp_path):
    text = (HEADER + GOOD).encode() + "Caf\xe9,C,Q?,,,Yes\n".encode("latin-1")
    out, err = run(write(tmp_path, text))
    assert out == "3 new, 0 there already, 1 bad row skipped.\n"
    assert err == "line 5: event is not valid UTF-8\n"


def test_import_takes_a_byte_order_mark(tmp_path):
    assert run(write(tmp_path, HEADER + GOOD, "utf-8-sig"))[0].startswith("3 new")


@pytest.mark.parametrize("text", ["", "event,market\nE,M\n", b"\x00\x01\xff", "nothing at all"])
def test_import_of_another_kind_of_file_fails(tmp_path, text):
    with pytest.raises(CommandError, match="the first line must name these columns"):
        run(write(tmp_path, text))


def test_import_of_a_file_that_is_not_there_fails(tmp_path):
    with pytest.raises(CommandError, match=r"^[^:]*missing.csv: No such file or directory$"):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="Is a directory"):
        run(tmp_path)


def test_import_open_opens_what_is_not_open_yet(tmp_path, books):
    path = write(tmp_path, HEADER + GOOD)
    run(path)
    assert run(path, "--open")[0].splitlines()[1] == "3 opened."
    assert set(Market.objects.values_list("status", flat=True)) == {"open"}
    seqs = list(Market.objects.values_list("seq", flat=True))
    assert run(path, "--open")[0].splitlines()[1] == "0 opened."
    assert list(Market.objects.values_list("seq", flat=True)) == seqs


def test_import_open_without_a_worker_says_so_and_asks_once(tmp_path, monkeypatch):
    from exchange.trading.management.commands import import_questions

    monkeypatch.setattr(import_questions, "_PATIENCE_S", 0.0)
    path = write(tmp_path, HEADER + GOOD)
    for _ in range(2):
        out, _ = run(path, "--open")
        assert "3 more will be opened" in out
    assert InboxCommand.objects.filter(kind="OpenMarket").count() == 3


def test_import_asks_the_same_number_of_questions_for_more_rows(tmp_path):
    counts = []
    for number in (1, 3):
        rows = "".join(f"Event {number}.{n},C,Q {number}.{n}?,,,Yes\n" for n in range(number))
        path = write(tmp_path, HEADER + rows)
        with CaptureQueriesContext(connection) as queries:
            run(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.skipif(not REAL.exists(), reason="the real questions are not beside this repository")
def test_import_of_the_real_file(books, client):
    out, err = run(REAL, "--open")
    assert out == "2573 new, 0 there already, 7 bad rows skipped.\n2573 opened.\n"
    assert len(err.splitlines()) == 7
    before = everything()
    assert run(REAL, "--open")[0] == "0 new, 2573 there already, 7 bad rows skipped.\n0 opened.\n"
    assert everything() == before
    slugs, counts = page_through_markets(client)
    assert (len(slugs), len(set(slugs))) == (2573, 2573)
    assert len(counts) == 1


def page_through_markets(client):
    """Every slug the API lists page by page, and the query counts its pages had."""
    slugs, counts, cursor = [], set(), ""
    while cursor is not None:
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/api/v1/markets/", {"limit": 200, "cursor": cursor}).json()
        counts.add(len(queries))
        slugs += [market["slug"] for market in page["results"]]
        cursor = page["next"]
    return slugs, counts
