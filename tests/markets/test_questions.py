"""Reading questions: what is good, what is bad, and how that is said."""

from datetime import UTC, datetime

import pytest

from exchange.markets.questions import (
    BadRow,
    Question,
    WrongColumnsError,
    parse_questions,
    read_outcomes,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEADER = "event,category,market,rules,closes_at,outcomes\r\n"


def parse(*rows, header=HEADER):
    lines = [header, *(f"{row}\r\n" for row in rows)]
    return list(
        parse_questions((line for text in lines for line in text.splitlines(True)), now=NOW)
    )


def row(**fields):
    values = {
        "event": "Weather",
        "category": "Nature",
        "market": "Will it rain?",
        "rules": "By the gauge.",
        "closes_at": "2027-01-01T00:00:00Z",
        "outcomes": "Yes",
    } | fields
    return ",".join('"{}"'.format(value.replace('"', '""')) for value in values.values())


def test_parse_good_row():
    assert parse(row()) == [
        Question(
            line=2,
            event="Weather",
            category="Nature",
            market="Will it rain?",
            rules="By the gauge.",
            closes_at=datetime(2027, 1, 1, tzinfo=UTC),
            outcomes=("Yes",),
        )
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"event": ""}, "event is empty"),
        ({"event": " \t"}, "event is empty"),
        ({"category": ""}, "category is empty"),
        ({"market": ""}, "market is empty"),
        ({"event": "x" * 201}, "event has 201 characters; at most 200 fit"),
        ({"category": "x" * 61}, "category has 61 characters; at most 60 fit"),
        ({"market": "x" * 5_000}, "market has 5,000 characters; at most 300 fit"),
        ({"rules": "x" * 10_001}, "rules has 10,001 characters; at most 10,000 fit"),
        ({"market": "Rain\x00?"}, "market holds the control character U+0000"),
        ({"market": "Rain\nBcc: x"}, "market holds the control character U+000A"),
        ({"rules": "By\x1b[31m"}, "rules holds the control character U+001B"),
        ({"outcomes": "A|B\x7f"}, "outcomes holds the control character U+007F"),
        ({"event": "Caf\udce9"}, "event is not valid UTF-8"),
        (
            {"closes_at": "31/02/2027"},
            "closes_at is not a time: '31/02/2027'; write 2027-01-31T12:00:00Z",
        ),
        (
            {"closes_at": "2027-02-31T00:00:00Z"},
            "closes_at is not a time: '2027-02-31T00:00:00Z'; write 2027-01-31T12:00:00Z",
        ),
        (
            {"closes_at": "2027-02-01"},
            "closes_at has no time zone; write 2027-01-31T12:00:00Z",
        ),
        ({"closes_at": "1999-01-01T00:00:00Z"}, "closes_at is over: 1999-01-01T00:00:00Z"),
        ({"outcomes": ""}, "outcomes is empty"),
        ({"outcomes": "A||B"}, "an outcome has no name"),
        ({"outcomes": "A|B|A"}, "outcome 'A' is there more than once"),
        (
            {"outcomes": "Rain|rain"},
            "outcome 'Rain' is there more than once; outcome 'rain' is there more than once",
        ),
        ({"outcomes": f"A|{'x' * 121}"}, "an outcome has more than 120 characters"),
        (
            {"outcomes": "|".join(f"o{n}" for n in range(101))},
            "has 101 outcomes; at most 100 fit",
        ),
        ({"event": "", "outcomes": ""}, "event is empty; outcomes is empty"),
    ],
)
def test_parse_bad_row_says_why_and_goes_on(fields, reason):
    rows = parse(row(**fields), row(market="The next one?"))
    lines_of_first = 1 + fields.get("market", "").count("\n")
    assert rows[0] == BadRow(2, reason)
    assert (rows[1].line, rows[1].market) == (2 + lines_of_first, "The next one?")


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("Yes", ("Yes",)),
        ("Yes|No", ("Yes",)),
        ("yes | NO", ("Yes",)),
        ("No|Yes", ("Yes",)),
        ("Red", ("Red",)),
        ("Red|Blue|Other", ("Red", "Blue", "Other")),
        (" Red | Another team ", ("Red", "Another team")),
    ],
)
def test_read_outcomes(text, outcomes):
    assert read_outcomes(text) == outcomes


def test_parse_rules_keep_their_lines_and_lines_are_counted():
    rows = parse(row(rules="One.\nTwo.\n\nFour."), row(market=""), row(rules=""))
    assert [item.line for item in rows] == [2, 6, 7]
    assert rows[0].rules == "One.\nTwo.\n\nFour."
    assert rows[2] == BadRow(7, "the same event and market as line 2")


def test_parse_no_closing_time_is_none():
    assert parse(row(closes_at=""))[0].closes_at is None


def test_parse_time_of_another_zone():
    closes_at = parse(row(closes_at="2027-01-01T05:30:00+05:30"))[0].closes_at
    assert closes_at == datetime(2027, 1, 1, tzinfo=UTC)


def test_parse_columns_in_any_order_with_others_and_a_blank_line():
    header = "Outcomes,chance,MARKET,rules,closes_at,event,category\n"
    rows = parse("Yes,50,Q?,R.,2027-01-01T00:00:00Z,E,C", "", header=header)
    assert [(item.event, item.market, item.outcomes) for item in rows] == [("E", "Q?", ("Yes",))]


META_HEADER = HEADER.strip() + ",Meta:Venue,meta:teams,meta:capacity,meta:indoors\r\n"


def test_parse_meta_columns_are_the_metadata_of_the_event():
    first, second, short, other = parse(
        f"{row()},Wembley,Reds|Blues,90000,false",
        f"{row(market='Snow?')},,Reds | Blues,,",
        row(market="Hail?"),
        f"{row(event='Other')},Oslo,,,true",
        header=META_HEADER,
    )
    assert first.metadata == {
        "venue": "Wembley", "teams": ["Reds", "Blues"], "capacity": 90_000, "indoors": False,
    }  # fmt: skip
    assert second.metadata == {"teams": ["Reds", "Blues"]}
    assert short.metadata == {}
    assert other.metadata == {"venue": "Oslo", "indoors": True}


def test_parse_row_whose_metadata_is_not_that_of_its_events_first_row_is_bad():
    rows = parse(
        f"{row(market='')},Bad row,,,",
        f"{row()},Wembley,,,",
        f"{row(market='Snow?')},Oslo,Reds|,,",
        f"{row(market='Hail?', category='Sport')},Oslo,,,",
        header=META_HEADER,
    )
    assert rows[2] == BadRow(
        4, "meta:venue is not what line 3 says; meta:teams is not what line 3 says"
    )
    assert [rows[1].metadata, rows[3].metadata] == [{"venue": "Wembley"}, {"venue": "Oslo"}]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 501, "metadata 'venue' has 501 characters; at most 500 fit"),
        ("a\x7f", "metadata 'venue' holds the control character U+007F"),
        ("Caf\udce9", "metadata 'venue' is not valid UTF-8"),
        ("Reds|Reds", "metadata 'venue' has a member twice"),
        (" | ", "metadata 'venue' is an empty list; leave the key out"),
    ],
)
def test_parse_bad_metadata_says_why(cell, reason):
    (bad,) = parse(f"{row()},{cell},,,", header=META_HEADER)
    assert bad == BadRow(2, reason)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("meta:", "column 'meta:': '' is no key"),
        ("meta:home team", "column 'meta:home team': 'home team' is no key"),
        ("meta:_demo", "column 'meta:_demo': '_demo' begins with _"),
        ("meta:venue,META: venue", "column 'meta:venue': 'venue' is there twice"),
    ],
)
def test_parse_wrong_meta_columns(names, reason):
    with pytest.raises(WrongColumnsError, match=f"^{reason}"):
        parse(row(), header=f"{HEADER.strip()},{names}\r\n")


@pytest.mark.parametrize("cells", ["a,b,c", '"a"b,c,d,e,f,g'])
def test_parse_row_that_is_no_row(cells):
    bad, good = parse(cells, row())
    assert bad.line == 2
    assert good.line == 3


def test_parse_quote_that_never_ends_is_a_bad_row():
    rows = parse(row(), '"Weather,Nature')
    assert [type(item) for item in rows] == [Question, BadRow]
    assert rows[1] == BadRow(3, "not readable as CSV: unexpected end of data")


@pytest.mark.parametrize("header", ["", "event,market\n", "\x00\n", '"a"b\n'])
def test_parse_wrong_columns(header):
    with pytest.raises(WrongColumnsError):
        parse(row(), header=header)


def test_parse_empty_file():
    with pytest.raises(WrongColumnsError, match="the first line must name these columns"):
        list(parse_questions([], now=NOW))
