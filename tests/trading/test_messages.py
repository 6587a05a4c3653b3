"""manage.py schema: what it prints is what the engine reads and writes."""

import json
from enum import StrEnum
from typing import Literal, get_args

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from exchange.engine import Engine, commands, enums, events
from exchange.trading import messages
from exchange.trading.messages import fields_of, message_schema

COMMANDS = get_args(commands.Command)
EVENTS = get_args(events.Event)
WORDS = [
    found
    for found in vars(enums).values()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
]
PLACE = {"type": "PlaceOrder", "contract": 11, "price_ticks": 4_500, "quantity": 10}
STORY = [
    {"type": "OpenMarket", "market": 1, "contracts": [11, 12], "other": True, "time": 0},
    {"type": "OpenMarket", "market": 1, "contracts": [11]},
    {"type": "Fund", "account": 7, "amount_ticks": 1_000_000},
    {"type": "Fund", "account": 8, "amount_ticks": 1_000_000},
    {"type": "Fund", "account": 8, "amount_ticks": -1},
    PLACE | {"order": 1, "account": 7, "side": "buy", "client_order_id": "mine-1"},
    PLACE | {"order": 2, "account": 8, "side": "sell", "quantity": 4, "tif": "IOC", "time": 5},
    PLACE | {"order": 3, "account": 8, "side": "buy", "contract": 99},
    PLACE | {"order": 4, "account": 8, "side": "buy", "price_ticks": 0},
    {"type": "ReduceOrder", "order": 1, "account": 7, "by": 2},
    {"type": "CancelOrder", "order": 9, "account": 7},
    {"type": "CancelOrder", "order": 1, "account": 7},
    {"type": "HaltMarket", "market": 1},
    {"type": "ResumeMarket", "market": 1},
    {"type": "Tick", "time": 6},
    {"type": "CloseMarket", "market": 1},
    {"type": "SettleMarket", "market": 1, "winner": None},
    {"type": "OpenMarket", "market": 2, "contracts": [21]},
    {"type": "VoidMarket", "market": 2},
    {"type": "VoidMarket", "market": 3},
]


@pytest.fixture(scope="module")
def printed():
    return message_schema()


def is_valid(schema, part, members):
    wanted = {"$ref": f"#/$defs/{part}", "$defs": schema["$defs"]}
    return Draft202012Validator(wanted).is_valid(json.loads(json.dumps(members)))


def smallest_of(schema, made):
    """A command with nothing in it but what the schema says is required."""
    part = schema["$defs"][made]
    return {name: sample_of(schema, part["properties"][name]) for name in needed_of(part)}


def needed_of(part):
    return [*part["required"], *(rule["else"]["required"][0] for rule in part.get("allOf", ()))]


def sample_of(schema, wanted):
    wanted = wanted.get("anyOf", [wanted])[0]
    if "$ref" in wanted:
        wanted = schema["$defs"][wanted["$ref"].removeprefix("#/$defs/")]
    if "const" in wanted:
        return wanted["const"]
    if "enum" in wanted:
        return wanted["enum"][0]
    return {"array": [11, 12], "boolean": True, "integer": 1, "string": "x"}[wanted["type"]]


def test_schema_is_a_schema(printed):
    Draft202012Validator.check_schema(printed)


def test_schema_has_every_command_event_and_word(printed):
    assert printed["$defs"]["Command"] == {
        "oneOf": [{"$ref": f"#/$defs/{made.__name__}"} for made in COMMANDS]
    }
    assert printed["$defs"]["Event"] == {
        "oneOf": [{"$ref": f"#/$defs/{made.__name__}"} for made in EVENTS]
    }
    assert {words.__name__: printed["$defs"][words.__name__]["enum"] for words in WORDS} == {
        words.__name__: [word.value for word in words] for words in WORDS
    }
    assert {"Side", "MarketStatus", "RejectReason", "CancelReason"} <= set(printed["$defs"])


def test_schema_fits_what_the_engine_reads_and_writes(printed):
    engine, told = Engine(), []
    for members in STORY:
        command = commands.decode(members)
        told += [events.encode(event) for event in engine.apply(command)]
        for form in (members, commands.encode(command)):
            assert is_valid(printed, "Command", form), form
            assert not is_valid(printed, "Event", form), form
    for members in told:
        assert is_valid(printed, "Event", members), members
        assert not is_valid(printed, "Command", members), members
    assert {members["type"] for members in told} >= {
        "OrderAccepted", "OrderRejected", "TradeExecuted", "OrderCancelled", "OrderReduced",
        "CancelRejected", "MarketOpened", "MarketHalted", "MarketResumed", "MarketClosed",
        "MarketSettled", "MarketVoided", "AccountSettled", "CommandRejected",
    }  # fmt: skip


@pytest.mark.parametrize("made", COMMANDS, ids=lambda made: made.__name__)
def test_command_is_read_with_the_required_fields_and_refused_without_one(printed, made):
    part = printed["$defs"][made.__name__]
    members = smallest_of(printed, made.__name__)
    assert type(commands.decode(members)) is made
    for name in set(needed_of(part)) - {"type"}:
        less = {key: value for key, value in members.items() if key != name}
        assert not is_valid(printed, made.__name__, less)
        with pytest.raises(commands.InputError, match=f"^{name} is missing$"):
            commands.decode(less)


@pytest.mark.parametrize("made", COMMANDS, ids=lambda made: made.__name__)
def test_command_left_out_fields_have_the_default_told(printed, made):
    part = printed["$defs"][made.__name__]
    decoded = commands.decode(smallest_of(printed, made.__name__))
    for name in set(part["properties"]) - set(needed_of(part)):
        # The terms of an order stand beside its other fields in JSON.
        value = getattr(decoded if hasattr(decoded, name) else decoded.terms, name)
        assert json.loads(json.dumps(value)) == part["properties"][name].get("default")


@pytest.mark.parametrize("made", [*COMMANDS, *EVENTS], ids=lambda made: made.__name__)
def test_message_has_its_fields_and_no_others(printed, made):
    part = printed["$defs"][made.__name__]
    assert list(part["properties"]) == ["type", *fields_of(made)]
    assert part["description"] == made.__doc__.strip().partition("\n")[0]
    assert not is_valid(printed, made.__name__, {"type": made.__name__, "unheard": 1})


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ("OpenMarket", "contracts", [1.5]),
        ("OpenMarket", "contracts", 11),
        ("OpenMarket", "other", 1),
        ("PlaceOrder", "side", "hold"),
        ("PlaceOrder", "price_ticks", "4500"),
        ("PlaceOrder", "tif", "never"),
        ("PlaceOrder", "client_order_id", 5),
        ("Tick", "time", None),
    ],
)
def test_schema_refuses_what_the_engine_does(printed, command, field, value):
    members = smallest_of(printed, command) | {field: value}
    assert not is_valid(printed, command, members)
    with pytest.raises(commands.InputError):
        commands.decode(members)


@pytest.mark.parametrize(
    ("terms", "is_read"),
    [
        ({"price_ticks": 4_500}, True),
        ({}, False),
        ({"price_ticks": None}, False),
        ({"kind": "limit"}, False),
        ({"kind": "stop", "stop_ticks": 4_500}, False),
        ({"kind": "stop", "stop_ticks": 4_500, "price_ticks": 4_600}, True),
        ({"kind": "market"}, True),
        ({"kind": "market", "price_ticks": None}, True),
        ({"kind": "market", "price_ticks": 4_500, "max_cost_ticks": 9_000}, True),
    ],
)
def test_only_a_market_order_needs_no_price(printed, terms, is_read):
    members = {"type": "PlaceOrder", "order": 1, "account": 7, "contract": 11, "side": "buy"}
    members |= {"quantity": 1} | terms
    assert is_valid(printed, "PlaceOrder", members) == is_read
    if not is_read:
        with pytest.raises(commands.InputError, match=r"^price_ticks is missing$"):
            commands.decode(members)
        return
    assert is_valid(printed, "PlaceOrder", commands.encode(commands.decode(members)))


def test_units_come_from_the_names(printed):
    placed = printed["$defs"]["PlaceOrder"]["properties"]
    units = {name: part.get("description") for name, part in placed.items()}
    assert units["price_ticks"] == "ticks of 0.0001 credits"
    assert units["quantity"] == "contracts"
    assert units["time"] == "milliseconds since 1970"
    assert units["order"] is None


def test_fields_of_a_class_written_by_hand():
    class Moved:
        """Moved by so many."""

        __slots__ = ("by", "side")

        def __init__(self, by: int, side: "enums.Side | None" = None) -> None:
            self.by, self.side = by, side

    Moved.__init__.__globals__.setdefault("enums", enums)
    assert fields_of(Moved) == {"by": int, "side": enums.Side | None}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (list[str], {"type": "array", "items": {"type": "string"}}),
        (Literal["a", "b"], {"enum": ["a", "b"]}),
        (
            tuple[int, bool],
            {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "boolean"}],
                "items": False,
                "minItems": 2,
            },
        ),
        (
            tuple[tuple[int, ...], ...],
            {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        ),
    ],
)
def test_type_in_json(hint, schema):
    assert messages._type_schema(hint) == schema


def test_type_nobody_knows_is_refused():
    with pytest.raises(TypeError, match="JSON is not known"):
        messages._type_schema(complex)


def test_command_prints_the_schema(capsys, printed):
    call_command("schema", "--json")
    assert json.loads(capsys.readouterr().out) == printed
