"""Commands in JSON: what is read, and what is refused with which words."""

import json

import pytest

from exchange.engine import Side, commands
from exchange.engine.commands import InputError, PlaceOrder, decode, encode
from exchange.engine.fields import parse_object
from exchange.engine.session import read_command

PLACE = {
    "type": "PlaceOrder",
    "order": 1,
    "account": 7,
    "contract": 11,
    "side": "buy",
    "kind": "limit",
    "price_ticks": 4500,
    "quantity": 10,
    "tif": "GTC",
}
EVERY_COMMAND = [
    commands.OpenMarket(1, (11, 12), other=True, payout_ticks=100, price_step_ticks=5, time=0),
    commands.OpenMarket(1, (11,), payout_ticks=None),
    commands.Fund(7, 1_000_000, time=5),
    PlaceOrder(1, 7, 11, Side.SELL, 4500, 10, "limit", "IOC", "allow", "my-1", time=9),
    PlaceOrder(1, 7, 11, Side.BUY, 4500, 10),
    commands.CancelOrder(1, 7),
    commands.ReduceOrder(1, 7, 3),
    commands.HaltMarket(1),
    commands.ResumeMarket(1),
    commands.CloseMarket(1, time=3),
    commands.SettleMarket(1, 11),
    commands.SettleMarket(1, None),
    commands.VoidMarket(1),
    commands.Tick(time=1_700_000_000_000),
]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: type(command).__name__)
def test_encoded_and_decoded_again_is_the_same(command):
    assert decode(json.loads(json.dumps(encode(command)))) == command


def test_every_command_is_tried():
    assert {type(command) for command in EVERY_COMMAND} == set(commands.Command.__args__)


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: type(command).__name__)
def test_commands_cannot_be_changed(command):
    with pytest.raises(AttributeError):
        command.time = 5
    assert not hasattr(command, "__dict__")


def test_defaults():
    assert decode({"type": "OpenMarket", "market": 1, "contracts": [11]}) == commands.OpenMarket(
        1, (11,), other=False, payout_ticks=None, price_step_ticks=1
    )
    short = {name: PLACE[name] for name in PLACE if name not in ("kind", "tif")}
    assert decode(short) == decode(PLACE)
    assert decode(PLACE) == PlaceOrder(1, 7, 11, Side.BUY, 4500, 10)
    assert decode(PLACE).side is Side.BUY


@pytest.mark.parametrize("quantity", [2**63 - 1, -(2**63) + 1])
def test_largest_integers_are_read_however_wrong_they_are(quantity):
    assert decode(PLACE | {"quantity": quantity}).quantity == quantity


def test_fields_that_say_what_is_so_anyway_are_read():
    same = {
        "post_only": False,
        "reduce_only": False,
        "on_halt": "keep",
        "min_quantity": None,
        "group": None,
        "valid_until": None,
        "expires_at": None,
        "client_order_id": None,
        "time": None,
    }
    assert decode(PLACE | same) == decode(PLACE)
    assert decode({"type": "ResumeMarket", "market": 1, "auction": False}).auction is False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "market"}, "kind 'market' is not supported"),
        ({"kind": "stop"}, "kind 'stop' is not supported"),
        ({"kind": "stop_limit"}, "kind 'stop_limit' is not supported"),
        ({"kind": "iceberg"}, "kind must be one of limit"),
        ({"tif": "FOK"}, "tif 'FOK' is not supported"),
        ({"tif": "GTD"}, "tif 'GTD' is not supported"),
        ({"tif": "gtc"}, "tif must be one of GTC, IOC"),
        ({"tif": None}, "tif must be one of GTC, IOC"),
        ({"stp": "decrement"}, "stp 'decrement' is not supported"),
        ({"stp": ["allow"]}, "stp must be one of cancel_newest, allow"),
        ({"post_only": True}, "post_only is not supported"),
        ({"reduce_only": True}, "reduce_only is not supported"),
        ({"on_halt": "cancel"}, "on_halt is not supported"),
        ({"on_halt": "sell"}, "on_halt must be one of keep, cancel"),
        ({"min_quantity": 5}, "min_quantity is not supported"),
        ({"max_cost_ticks": 5}, "max_cost_ticks is not supported"),
        ({"stop_ticks": 5}, "stop_ticks is not supported"),
        ({"expires_at": 5}, "expires_at is not supported"),
        ({"group": 5}, "group is not supported"),
        ({"valid_until": 5}, "valid_until is not supported"),
        ({"post-only": True}, "unknown field 'post-only'"),
        ({"side": "BUY"}, "side must be one of buy, sell"),
        ({"price_ticks": "4500"}, "price_ticks must be an integer, not a string"),
        ({"price_ticks": None}, "price_ticks must be an integer, not null"),
        ({"price_ticks": True}, "price_ticks must be an integer, not a boolean"),
        ({"price_ticks": 4500.0}, "price_ticks must be an integer, not a fraction"),
        ({"quantity": 2**63}, "quantity does not fit in 64 bits"),
        ({"quantity": -(2**63)}, "quantity does not fit in 64 bits"),
        ({"order": -1}, "order must not be negative"),
        ({"account": [7]}, "account must be an integer, not a list"),
        ({"contract": {}}, "contract must be an integer, not an object"),
        ({"client_order_id": 5}, "client_order_id must be a string"),
        ({"client_order_id": "x" * 201}, "client_order_id is longer than 200 characters"),
        ({"time": -1}, "time must not be negative"),
        ({"type": "Place"}, "unknown type 'Place'"),
        ({"type": 5}, "type must be a string"),
        ({"type": None}, "type is missing"),
    ],
)
def test_order_that_cannot_be_read(change, message):
    with pytest.raises(InputError) as error:
        decode(PLACE | change)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "type is missing"),
        ({"type": "ReplaceOrder", "order": 1}, "ReplaceOrder is not supported"),
        ({"type": "CancelAll", "account": 1}, "CancelAll is not supported"),
        ({"type": "VoidTrade", "trade": 1}, "VoidTrade is not supported"),
        ({"type": "CrossTrade", "contract": 1}, "CrossTrade is not supported"),
        ({"type": "ResumeMarket", "market": 1, "auction": True}, "auction is not supported"),
        ({"type": "ResumeMarket", "market": 1, "auction": 1}, "auction must be true or false"),
        ({"type": "CancelOrder", "order": 1}, "account is missing"),
        ({"type": "HaltMarket", "market": 1, "valid_until": 9}, "valid_until is not supported"),
        ({"type": "HaltMarket", "market": 1, "reason": "x"}, "unknown field 'reason'"),
        ({"type": "SettleMarket", "market": 1}, "winner is missing"),
        ({"type": "Tick"}, "time is missing"),
        (
            {"type": "OpenMarket", "market": 1, "contracts": 11},
            "contracts must be a list of integers",
        ),
        (
            {"type": "OpenMarket", "market": 1, "contracts": [11, "x"]},
            "contracts[1] must be an integer, not a string",
        ),
        (
            {"type": "OpenMarket", "market": 1, "contracts": [11], "other": 1},
            "other must be true or false",
        ),
    ],
)
def test_command_that_cannot_be_read(members, message):
    with pytest.raises(InputError) as error:
        decode(members)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("length", "message"), [(1 << 20, "not JSON"), ((1 << 20) + 1, "the line is longer than 1 MiB")]
)
def test_line_of_some_length(length, message):
    with pytest.raises(InputError) as error:
        read_command(b" " * length)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "not JSON"),
        ("hello", "not JSON"),
        ("{", "not JSON"),
        ('{"type":"Tick"} {}', "not JSON"),
        ('{"order":' + "9" * 5000 + "}", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("[1]", "not an object but a list"),
        ("5", "not an object but a number"),
        ("null", "not an object but null"),
        ('{"a":1,"a":2}', "a field stands twice"),
        ('{"a":1.0}', "1.0 is not an integer"),
        ('{"a":1e9}', "1e9 is not an integer"),
        ('{"a":NaN}', "NaN is not an integer"),
        ('{"a":-Infinity}', "-Infinity is not an integer"),
    ],
)
def test_line_that_is_no_object(line, message):
    with pytest.raises(InputError) as error:
        parse_object(line)
    assert str(error.value).startswith(message)
