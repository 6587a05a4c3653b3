"""Commands in JSON: what is read, and what is refused with which words."""

import json

import pytest

from exchange.engine import Side, commands
from exchange.engine.commands import PLAIN, InputError, PlaceOrder, Terms, decode, encode
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
_NULL = "{} must be an integer, not null"
ALL_TERMS = Terms(
    kind="stop_limit",
    tif="GTD",
    stp="decrement",
    post_only=True,
    reduce_only=True,
    min_quantity=2,
    max_cost_ticks=900,
    stop_ticks=5000,
    expires_at=1_700_000_000_000,
    on_halt="cancel",
    group=3,
)
EVERY_COMMAND = [
    commands.OpenMarket(1, (11, 12), True, 100, 5, ((10, 5), (90, 1)), 20, time=0, valid_until=9),
    commands.OpenMarket(1, (11,), payout_ticks=None),
    commands.Fund(7, 1_000_000, time=5, valid_until=6),
    commands.SetLimits(7, 3, 500, 200, suspended=True, time=5),
    commands.SetLimits(7),
    commands.SetGroup(7, 1, 10, 1000, valid_until=6),
    PlaceOrder(1, 7, 11, Side.SELL, 4500, 10, ALL_TERMS, "my-1", time=9, valid_until=10),
    PlaceOrder(1, 7, 11, Side.BUY, None, 10, Terms(kind="market")),
    PlaceOrder(1, 7, 11, Side.BUY, 4500, 10),
    commands.CancelOrder(1, 7, valid_until=6),
    commands.ReduceOrder(1, 7, 3),
    commands.ReduceOrder(1, 7, 3, 10, time=4),
    commands.ReplaceOrder(1, 7, 2, 4600, 8),
    commands.ReplaceOrder(1, 7, 2, 4600, 8, 10, valid_until=4),
    commands.CancelAll(7),
    commands.CancelAll(7, 1, 11, Side.BUY, 3, time=4),
    commands.HaltMarket(1),
    commands.ResumeMarket(1),
    commands.ResumeMarket(1, auction=True, auction_ends_at=9000),
    commands.CloseMarket(1, time=3),
    commands.SettleMarket(1, 11),
    commands.SettleMarket(1, None),
    commands.VoidMarket(1),
    commands.VoidTrade(3),
    commands.CrossTrade(11, 7, 8, 4500, 5),
    commands.Tick(time=1_700_000_000_000, valid_until=1_700_000_000_001),
]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: type(command).__name__)
def test_encoded_and_decoded_again_is_the_same(command):
    assert decode(json.loads(json.dumps(encode(command)))) == command


def test_every_command_is_tried():
    assert {type(command) for command in EVERY_COMMAND} == set(commands.Command.__args__)


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: type(command).__name__)
def test_commands_take_no_other_fields(command):
    assert not hasattr(command, "__dict__")


def test_terms_stand_beside_the_other_fields():
    assert encode(EVERY_COMMAND[6]) == {
        "type": "PlaceOrder",
        "order": 1,
        "account": 7,
        "contract": 11,
        "side": "sell",
        "price_ticks": 4500,
        "quantity": 10,
        "kind": "stop_limit",
        "tif": "GTD",
        "stp": "decrement",
        "post_only": True,
        "reduce_only": True,
        "min_quantity": 2,
        "max_cost_ticks": 900,
        "stop_ticks": 5000,
        "expires_at": 1_700_000_000_000,
        "on_halt": "cancel",
        "group": 3,
        "client_order_id": "my-1",
        "time": 9,
        "valid_until": 10,
    }


def test_usual_terms_are_left_out():
    plain = {name: PLACE[name] for name in PLACE if name not in ("kind", "tif")}
    assert encode(decode(PLACE)) == plain
    market = {name: plain[name] for name in plain if name != "price_ticks"} | {"kind": "market"}
    assert encode(decode(market)) == market


def test_defaults():
    assert decode({"type": "OpenMarket", "market": 1, "contracts": [11]}) == commands.OpenMarket(
        1, (11,), other=False, payout_ticks=None, price_step_ticks=1
    )
    short = {name: PLACE[name] for name in PLACE if name not in ("kind", "tif")}
    assert decode(short) == decode(PLACE) == PlaceOrder(1, 7, 11, Side.BUY, 4500, 10)
    assert decode(short).terms is PLAIN
    assert decode(PLACE).side is Side.BUY


@pytest.mark.parametrize("quantity", [2**63 - 1, -(2**63) + 1])
def test_largest_integers_are_read_however_wrong_they_are(quantity):
    assert decode(PLACE | {"quantity": quantity}).quantity == quantity


def test_fields_that_say_what_is_so_anyway_are_read():
    same = {
        "stp": "cancel_newest",
        "post_only": False,
        "reduce_only": False,
        "on_halt": "keep",
        "min_quantity": None,
        "max_cost_ticks": None,
        "stop_ticks": None,
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
        ({"kind": "iceberg"}, "kind must be one of limit, market, stop, stop_limit"),
        ({"tif": "gtc"}, "tif must be one of GTC, IOC, FOK, GTD"),
        ({"tif": None}, "tif must be one of GTC, IOC, FOK, GTD"),
        (
            {"stp": ["allow"]},
            "stp must be one of cancel_newest, cancel_oldest, cancel_both, decrement, allow",
        ),
        ({"post_only": 1}, "post_only must be true or false"),
        ({"reduce_only": None}, "reduce_only must be true or false"),
        ({"on_halt": "sell"}, "on_halt must be one of keep, cancel"),
        ({"min_quantity": "5"}, "min_quantity must be an integer, not a string"),
        ({"max_cost_ticks": 5.0}, "max_cost_ticks must be an integer, not a fraction"),
        ({"stop_ticks": [5]}, "stop_ticks must be an integer, not a list"),
        ({"expires_at": -1}, "expires_at must not be negative"),
        ({"group": -1}, "group must not be negative"),
        ({"valid_until": -1}, "valid_until must not be negative"),
        ({"kind": "stop", "stop_ticks": 5000, "price_ticks": None}, "price_ticks is missing"),
        ({"kind": "stop_limit", "price_ticks": None}, "price_ticks is missing"),
        ({"post-only": True}, "unknown field 'post-only'"),
        ({"side": "BUY"}, "side must be one of buy, sell"),
        ({"price_ticks": "4500"}, "price_ticks must be an integer, not a string"),
        ({"price_ticks": None}, "price_ticks is missing"),
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
        ({"type": "CancelOrder", "order": 1}, "account is missing"),
        ({"type": "ReduceOrder", "order": 1, "account": 7}, "by is missing"),
        (
            {"type": "ReplaceOrder", "order": 1, "account": 7, "price_ticks": 5, "quantity": 5},
            "new_order is missing",
        ),
        (
            {
                "type": "ReplaceOrder",
                "order": 1,
                "account": 7,
                "new_order": 2,
                "price_ticks": None,
                "quantity": 5,
            },
            "price_ticks must be an integer, not null",
        ),
        (
            {"type": "ReduceOrder", "order": 1, "account": 7, "by": 1, "if_open_quantity": "3"},
            "if_open_quantity must be an integer, not a string",
        ),
        ({"type": "CancelAll"}, "account is missing"),
        ({"type": "CancelAll", "account": 7, "side": "both"}, "side must be one of buy, sell"),
        ({"type": "CancelAll", "account": 7, "market": -1}, "market must not be negative"),
        ({"type": "Fund", "account": 7, "amount_ticks": None}, _NULL.format("amount_ticks")),
        ({"type": "SetLimits", "account": 7, "suspended": 1}, "suspended must be true or false"),
        (
            {"type": "SetLimits", "account": 7, "max_open_orders": 1.5},
            "max_open_orders must be an integer, not a fraction",
        ),
        (
            {"type": "SetGroup", "account": 7, "group": 1, "window_ms": 1},
            "limit_quantity is missing",
        ),
        ({"type": "VoidTrade"}, "trade is missing"),
        ({"type": "VoidTrade", "trade": None}, _NULL.format("trade")),
        (
            {"type": "CrossTrade", "contract": 11, "buyer": 7, "price_ticks": 5, "quantity": 5},
            "seller is missing",
        ),
        ({"type": "HaltMarket", "market": 1, "reason": "x"}, "unknown field 'reason'"),
        ({"type": "HaltMarket", "market": "1"}, "market must be an integer, not a string"),
        ({"type": "ResumeMarket", "market": 1, "auction": 1}, "auction must be true or false"),
        (
            {"type": "ResumeMarket", "market": 1, "auction_ends_at": -1},
            "auction_ends_at must not be negative",
        ),
        ({"type": "CloseMarket"}, "market is missing"),
        ({"type": "VoidMarket", "market": 1, "winner": 11}, "unknown field 'winner'"),
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
        (
            {"type": "OpenMarket", "market": 1, "contracts": [11], "price_bands": [[10, 5, 1]]},
            "price_bands must be a list of pairs of integers",
        ),
        (
            {"type": "OpenMarket", "market": 1, "contracts": [11], "price_bands": [[10, "5"]]},
            "price_bands[1] must be an integer, not a string",
        ),
        (
            {"type": "OpenMarket", "market": 1, "contracts": [11], "collar_ticks": True},
            "collar_ticks must be an integer, not a boolean",
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
