"""A payload is read to the same command by the quick way and by the engine's own."""

import json

import pytest

from exchange.engine import commands
from exchange.engine.commands import PLAIN
from exchange.trading.offered import is_offered
from exchange.trading.payloads import read_payload

ORDER = {
    "type": "PlaceOrder", "order": 1, "account": 2, "contract": 3, "side": "buy",
    "price_ticks": 4_500, "quantity": 5,
}  # fmt: skip
CANCEL = {"type": "CancelOrder", "order": 1, "account": 2}
READ = [
    ORDER,
    ORDER | {"kind": "limit", "tif": "GTC", "stp": "cancel_newest"},
    ORDER | {"side": "sell", "tif": "IOC", "stp": "allow", "client_order_id": "a\u2028\\"},
    ORDER | {"price_ticks": -1, "quantity": 0},
    ORDER | {"valid_until": 7},
    ORDER | {"kind": "stop", "stop_ticks": 5_000},
    ORDER | {"tif": "FOK"},
    CANCEL,
    CANCEL | {"valid_until": 7},
    {"type": "ReduceOrder", "order": 1, "account": 2, "by": 1},
    {"type": "OpenMarket", "market": 1, "contracts": [1, 2]},
    {"type": "SettleMarket", "market": 1, "winner": None},
]
REFUSED = [
    ORDER | {"order": 1.0},
    ORDER | {"order": True},
    ORDER | {"order": -1},
    ORDER | {"order": 2**63},
    ORDER | {"side": "both"},
    ORDER | {"price_ticks": None},
    ORDER | {"kind": "trailing"},
    ORDER | {"tif": "DAY"},
    ORDER | {"time": 6},
    ORDER | {"client_order_id": "x" * 201},
    ORDER | {"surprise": 1},
    {key: value for key, value in ORDER.items() if key != "quantity"},
    CANCEL | {"account": "2"},
    {"type": "VoidTrade", "trade": 1},
    {"type": "Nothing"},
    {},
    [],
    None,
]


@pytest.mark.parametrize("members", READ, ids=str)
def test_payload_is_the_command_it_was_made_of(members):
    assert read_payload(json.dumps(members)) == commands.decode(members)


@pytest.mark.parametrize("members", REFUSED, ids=str)
def test_payload_that_the_engine_would_not_read_is_none(members):
    assert read_payload(json.dumps(members)) is None


@pytest.mark.parametrize(
    "payload", ["", "{", '{"type":"CancelOrder"', "NaN", "[" * 9, "[" * 100_000]
)
def test_payload_that_is_no_json_is_none(payload):
    assert read_payload(payload) is None


def test_usual_orders_share_the_usual_terms():
    order = read_payload(json.dumps(ORDER | {"kind": "limit", "tif": "GTC"}))
    assert order.terms is PLAIN
    assert is_offered(order)
