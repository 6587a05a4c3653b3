"""The schema of the live feed: Python of it is fresh, its numbers are used once, it says all."""

import importlib.util
import subprocess
import sys

import msgspec
import pytest
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

from exchange.marketdata.candles.models import Candle
from exchange.marketdata.candles.telling import candle_row
from exchange.markets.models import MarketStatus
from exchange.realtime import requests
from exchange.realtime.proto import live_pb2
from exchange.realtime.proto.values import member_of
from exchange.trading.account_serializers import FillSerializer, PositionSerializer
from exchange.trading.models import OrderStatus, Side, TradeKind
from exchange.trading.serializers import OrderSerializer, PlaceOrderSerializer
from tests.architecture.sources import ROOT

SCRIPT = ROOT / "scripts" / "proto.py"
spec = importlib.util.spec_from_file_location("proto_rules", ROOT / "scripts" / "proto_rules.py")
rules = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rules)


def schema(**fields):
    """Return a small schema of one message and one enum."""
    file = FileDescriptorProto(name="likely/v1/x.proto", package="likely.v1", syntax="proto3")
    message = file.message_type.add(name="Trade")
    for name, number in fields.items():
        message.field.add(name=name, number=number, type=FieldDescriptorProto.TYPE_UINT64)
    enum = file.enum_type.add(name="OrderSide")
    enum.value.add(name="ORDER_SIDE_UNSPECIFIED", number=0)
    enum.value.add(name="ORDER_SIDE_BUY", number=1)
    return file


def test_what_is_made_of_the_schema_is_fresh_and_by_the_rules():
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_number_that_stood_for_something_else_is_refused():
    lock = rules.grown(schema(price_ticks=1, quantity=2), {})
    assert rules.reused(schema(price_ticks=1, quantity=2, side=3), lock) == []
    assert len(rules.reused(schema(price_ticks=1, side=2), lock)) == 1
    assert len(rules.reused(schema(price_ticks=1), lock)) == 1


def test_number_that_is_gone_must_be_reserved_with_its_name():
    lock = rules.grown(schema(price_ticks=1, quantity=2), {})
    now = schema(price_ticks=1)
    now.message_type[0].reserved_range.add(start=2, end=3)
    assert len(rules.reused(now, lock)) == 1
    now.message_type[0].reserved_name.append("quantity")
    assert rules.reused(now, lock) == []
    assert rules.grown(now, lock)["Trade"].keys() == {"1", "2"}


def test_value_of_an_enum_that_is_gone_must_be_reserved():
    lock = rules.grown(schema(), {})
    now = schema()
    del now.enum_type[0].value[1]
    assert len(rules.reused(now, lock)) == 1
    now.enum_type[0].reserved_range.add(start=1, end=1)
    now.enum_type[0].reserved_name.append("ORDER_SIDE_BUY")
    assert rules.reused(now, lock) == []


def test_names_are_by_the_rules():
    assert list(rules.style(schema(price_ticks=1))) == []
    bad = schema(priceTicks=1)
    bad.package = "likely"
    bad.message_type[0].name = "trade"
    bad.enum_type[0].value[0].name = "NONE"
    assert len(rules.style(bad)) == 6


def members(message):
    return {member_of(field) for field in message.DESCRIPTOR.fields}


@pytest.mark.parametrize(
    ("serializer", "message"),
    [
        (OrderSerializer, live_pb2.Order),
        (FillSerializer, live_pb2.Fill),
        (PositionSerializer, live_pb2.Position),
        (PlaceOrderSerializer, live_pb2.PlaceOrder),
    ],
)
def test_schema_has_every_member_of_the_json(serializer, message):
    missing = serializer().fields.keys() - members(message)
    assert missing == set(), "add them to proto/likely/v1/live.proto and run scripts/proto.py"


def test_schema_has_every_member_of_a_candle():
    candle = Candle(
        contract_id=1, interval_s=300, start_s=0, open_ticks=1, high_ticks=1, low_ticks=1,
        close_ticks=1, price_sum_ticks=1, notional_ticks=1, volume=1, trades=1,
    )  # fmt: skip
    assert candle_row(candle).keys() == members(live_pb2.Candle)


def test_schema_has_every_request_and_its_members():
    """What an order says is beside its envelope: test_schema_has_every_member_of_the_json."""
    ops = live_pb2.ClientMessage.DESCRIPTOR.fields_by_name
    assert {op.replace(".", "_") for op in requests._REQUESTS} <= set(ops)
    for op, kind in requests._REQUESTS.items():
        fields = {field.name for field in msgspec.structs.fields(kind)} - {"op", "id"}
        message = ops[op.replace(".", "_")].message_type
        assert fields <= {member_of(field) for field in message.fields}, op


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        (OrderStatus.values, live_pb2.OrderStatus),
        (Side.values, live_pb2.Side),
        (TradeKind.values, live_pb2.TradeKind),
        (MarketStatus.values, live_pb2.MarketStatus),
        (["maker", "taker"], live_pb2.Liquidity),
        (OrderSerializer().fields["type"].choices, live_pb2.OrderType),
        (OrderSerializer().fields["time_in_force"].choices, live_pb2.TimeInForce),
    ],
)
def test_schema_has_every_word(words, enum):
    prefix = enum.keys()[0].removesuffix("UNSPECIFIED")
    assert {prefix + word.upper() for word in words} <= set(enum.keys())
