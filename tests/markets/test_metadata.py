"""What metadata may hold, and how texts become values."""

import pytest

from exchange.markets.metadata import (
    checked_metadata,
    find_faults,
    own_metadata,
    parse_metadata,
    read_pair,
    read_value,
    shown_metadata,
)

GOOD = {
    "venue": "Wembley",
    "home_team": "Reds",
    "away-team2": "Μπλε 🎈",
    "capacity": 90_000,
    "level": -3,
    "indoors": False,
    "teams": ["Reds", "Blues"],
}
KEY_RULE = "is no key: begin with a letter, go on with a-z, 0-9, single - and _, at most 40"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        GOOD,
        {"k" * 40: "x" * 500},
        {f"key{n}": n for n in range(20)},
        {"most": 2**53 - 1, "least": -(2**53) + 1},
        {"list": [str(n) for n in range(20)]},
        {f"key{n}": "x" * 380 for n in range(10)},
    ],
)
def test_find_faults_of_good_metadata_is_none(metadata):
    assert find_faults(metadata) == []


@pytest.mark.parametrize("metadata", [None, [], "text", 5, True, [{"venue": "Wembley"}]])
def test_find_faults_of_no_object(metadata):
    assert find_faults(metadata) == ['must be a JSON object, such as {"venue": "Wembley"}']


@pytest.mark.parametrize(
    ("metadata", "faults"),
    [
        ({"": "x"}, [f"'' {KEY_RULE}"]),
        ({"Venue": "x"}, [f"'Venue' {KEY_RULE}"]),
        ({"2nd": "x"}, [f"'2nd' {KEY_RULE}"]),
        ({"a b": "x"}, [f"'a b' {KEY_RULE}"]),
        ({"a__b": "x"}, [f"'a__b' {KEY_RULE}"]),
        ({"a-": "x"}, [f"'a-' {KEY_RULE}"]),
        ({"a\n": "x"}, [f"'a\\n' {KEY_RULE}"]),
        ({"é": "x"}, [f"'é' {KEY_RULE}"]),
        ({"k" * 41: "x"}, [f"'{'k' * 40}' {KEY_RULE}"]),
        ({"_demo": True}, ["'_demo' begins with _: such keys are the site's own"]),
        ({"a": 1.0}, ["'a' is a fraction; write a whole number, or a text in quotes"]),
        ({"a": float("nan")}, ["'a' is a fraction; write a whole number, or a text in quotes"]),
        ({"a": None}, ["'a' is null; leave the key out"]),
        ({"a": {"b": 1}}, ["'a' is an object; values are not nested"]),
        ({"a": (1,)}, ["'a' is nothing that JSON has"]),
        ({"a": 2**53}, ["'a' is beyond 9,007,199,254,740,991"]),
        ({"a": ""}, ["'a' is empty; leave the key out"]),
        ({"a": " \t"}, ["'a' is empty; leave the key out"]),
        ({"a": " x"}, ["'a' begins or ends with a space"]),
        ({"a": "x" * 501}, ["'a' has 501 characters; at most 500 fit"]),
        ({"a": "x\x00y"}, ["'a' holds the control character U+0000"]),
        ({"a": "x\ny"}, ["'a' holds the control character U+000A"]),
        ({"a": "x\ud800"}, ["'a' is not valid UTF-8"]),
        ({"a": []}, ["'a' is an empty list; leave the key out"]),
        ({"a": ["x", 1]}, ["'a' is a list of other things than texts"]),
        ({"a": [["x"]]}, ["'a' is a list of other things than texts"]),
        ({"a": ["x", ""]}, ["'a' has a member that is empty"]),
        ({"a": ["x" * 501]}, ["'a' has a member that has 501 characters"]),
        ({"a": ["x", "x"]}, ["'a' has a member twice"]),
        ({"a": [str(n) for n in range(21)]}, ["'a' has 21 members; at most 20 fit"]),
        ({f"k{n}": n for n in range(21)}, ["has 21 keys; at most 20 fit"]),
        ({f"k{n}": "é" * 300 for n in range(7)}, ["takes 4,270 bytes; at most 4,096 fit"]),
        (
            {"a": 1.5, "b": "good", "c": None},
            [
                "'a' is a fraction; write a whole number, or a text in quotes",
                "'c' is null; leave the key out",
            ],
        ),
    ],
)
def test_find_faults_names_each_key(metadata, faults):
    assert find_faults(metadata) == faults


def test_shown_metadata_has_neither_our_own_nor_what_is_not_well_formed():
    kept = GOOD | {"_demo": True, "rate": 0.5, "Old Key": "x", "nested": {"a": 1}, "none": None}
    assert shown_metadata(kept) == GOOD
    assert own_metadata(kept) == {"_demo": True}


def test_checked_metadata_takes_our_own_keys_and_refuses_what_find_faults_finds():
    assert checked_metadata(GOOD | {"_demo": True}) == GOOD | {"_demo": True}
    with pytest.raises(ValueError, match=r"^'a' is null; leave the key out; 'b' is a fraction"):
        checked_metadata({"a": None, "b": 0.5})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Wembley", "Wembley"),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("2027", 2027),
        ("-3", -3),
        ("0", 0),
        ("007", "007"),
        ("-0", "-0"),
        ("+1", "+1"),
        ("1.5", "1.5"),
        ("٣", "٣"),
        ("9007199254740991", 9_007_199_254_740_991),
        ("9007199254740992", "9007199254740992"),
        ("Reds|Blues", ["Reds", "Blues"]),
        (" Reds | 3 | true ", ["Reds", "3", "true"]),
        ("Reds|", ["Reds"]),
        ("|", []),
    ],
)
def test_read_value(text, value):
    read = read_value(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("venue:Wembley", ("venue", "Wembley")),
        ("venue: Wembley Stadium ", ("venue", "Wembley Stadium")),
        ("source:https://example.org/a", ("source", "https://example.org/a")),
    ],
)
def test_read_pair(text, pair):
    assert read_pair(text) == pair


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("venue", "Write key:value, such as venue:Wembley."),
        ("venue:", "Write key:value, such as venue:Wembley."),
        ("venue: ", "Write key:value, such as venue:Wembley."),
        (":Wembley", f"'' {KEY_RULE}."),
        ("Venue:Wembley", f"'Venue' {KEY_RULE}."),
        ("_demo:true", "'_demo' begins with _: such keys are the site's own."),
        (f"venue:{'x' * 501}", "The value has 501 characters; at most 500 fit."),
        ("venue:a\x00b", "The value holds the control character U+0000."),
    ],
)
def test_read_pair_that_is_none(text, fault):
    with pytest.raises(ValueError) as refused:
        read_pair(text)
    assert str(refused.value) == fault


@pytest.mark.parametrize("text", ["", "{", "{'a': 1}", "[" * 100_000, '{"a": 1, "a": 2}'])
def test_parse_metadata_that_is_no_json(text):
    with pytest.raises(ValueError):
        parse_metadata(text)
