"""What messages and their JSON make of each other: the same, whatever is in them."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from core.api.serializers import read
from core.money import format_ticks
from exchange.realtime.formats import PROTO
from exchange.realtime.proto import values
from exchange.realtime.proto.live_pb2 import (
    Balance,
    CancelOrder,
    ClientMessage,
    ContractBook,
    Fill,
    Levels,
    Order,
    PlaceOrder,
    PlaceOrders,
    Position,
    Subscribe,
    Trade,
)
from exchange.realtime.proto.mapping import members_of, message_of
from exchange.realtime.requests import BadRequestError
from exchange.trading.serializers import PlaceOrderSerializer

SIZES = {
    "TYPE_UINT32": (0, 2**32 - 1),
    "TYPE_UINT64": (0, 2**64 - 1),
    "TYPE_FIXED32": (0, 2**32 - 1),
    "TYPE_INT64": (-(2**63), 2**63 - 1),
    "TYPE_SINT64": (-(2**63), 2**63 - 1),
}


def values_of(field, *, wild):
    """Return values of a field; wild ones too, which stand for nothing that there is."""
    if field.enum_type is not None:
        numbers = [value.number for value in field.enum_type.values if value.number]
        return st.sampled_from(numbers) | (st.integers(0, 2**31 - 1) if wild else st.nothing())
    if field.type == field.TYPE_STRING:
        return st.text(max_size=20)
    if field.type == field.TYPE_BOOL:
        return st.booleans()
    if field.type == field.TYPE_MESSAGE:
        return messages(field.message_type._concrete_class, wild=wild)
    low, high = SIZES[next(name for name in SIZES if getattr(field, name) == field.type)]
    if field.name.endswith("_us") and not wild:
        low, high = values._TIMES_US
    if field.name.endswith("_ticks") and not wild:
        low, high = max(low, -(10**15)), min(high, 10**15)
    return st.integers(low, high)


def messages(kind, *, wild=False):
    """Return messages of a kind, with any of its fields set."""
    fields = {
        field.name: st.lists(values_of(field, wild=wild), max_size=3)
        if field.is_repeated
        else values_of(field, wild=wild)
        for field in kind.DESCRIPTOR.fields
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda said: kind(**said))


@pytest.mark.parametrize("kind", [Balance, Fill, Order, PlaceOrder, Position, Subscribe, Trade])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_message_and_its_json_make_each_other(kind, data):
    message = data.draw(messages(kind))
    assert message_of(kind, members_of(message)) == message


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 2**63))))
@settings(max_examples=50, deadline=None)
def test_levels_are_pairs_in_json_and_columns_in_protobuf(levels):
    pairs = [[format_ticks(ticks), quantity] for ticks, quantity in levels]
    entry = message_of(ContractBook, {"contract": "1", "bids": pairs, "checksum": 0})
    assert entry.bids == Levels(
        price_ticks=[ticks for ticks, _ in levels], quantities=[quantity for _, quantity in levels]
    )
    assert members_of(entry)["bids"] == pairs


REQUESTS = (
    messages(Subscribe, wild=True).map(lambda one: ClientMessage(id="a", subscribe=one))
    | messages(PlaceOrder, wild=True).map(lambda one: ClientMessage(order_place=one))
    | messages(PlaceOrders, wild=True).map(lambda one: ClientMessage(order_batch=one))
    | messages(CancelOrder, wild=True).map(lambda one: ClientMessage(order_cancel=one))
    | messages(ClientMessage, wild=True)
).map(lambda message: message.SerializeToString())


@given(REQUESTS | st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_whatever_comes_is_a_request_or_a_problem(data):
    with suppress(BadRequestError):
        assert "op" not in PROTO.receive({"bytes": data}).members()


@pytest.mark.parametrize("time_us", [2**63 - 1, -(2**63)])
def test_moment_that_no_calendar_has_is_refused_as_json_refuses_it(time_us):
    message = ClientMessage(order_place=PlaceOrder(expires_at_us=time_us))
    members = PROTO.receive({"bytes": message.SerializeToString()}).members()
    with pytest.raises(ValidationError) as caught:
        read(PlaceOrderSerializer, members)
    assert "expires_at" in caught.value.detail
