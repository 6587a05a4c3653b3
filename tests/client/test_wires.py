"""The client's two formats: what was recorded is read and written the same in both."""

import json
from decimal import Decimal

import msgspec
import pytest
from likely_client import Fill, InvalidRequestError, Order, Position
from likely_client._proto.mapping import decode_frame
from likely_client._wires import format_of
from likely_client.books import BookState
from likely_client.streams import Stream

from tests.architecture.sources import ROOT
from tests.realtime.proto_client import said

RECORDED = sorted((ROOT / "tests" / "vectors").glob("live-v1-*.json"))
JSON, PROTO = format_of("json"), format_of("protobuf")


def messages(path, sender):
    return [one for one in json.loads(path.read_text())["messages"] if one["from"] == sender]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_request_is_written_as_it_was_recorded(path):
    for one in messages(path, "client"):
        assert PROTO.encode(one["json"]) == bytes.fromhex(one["proto"])
        assert json.loads(JSON.encode(one["json"])) == one["json"]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_frame_is_read_the_same_from_both(path):
    for one in messages(path, "server"):
        assert said(PROTO.decode(bytes.fromhex(one["proto"]))) == said(one["json"])


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_what_is_told_of_an_account_has_the_same_types(path):
    kinds = {"orders": list[Order], "fills": list[Fill], "positions": list[Position]}
    seen = set()
    for one in messages(path, "server"):
        if one["json"].get("channel") == "account":
            frame = PROTO.decode(bytes.fromhex(one["proto"]))
            for name, kind in kinds.items():
                typed = msgspec.convert(frame[name], kind)
                assert typed == msgspec.convert(one["json"][name], kind)
                seen |= {name} if typed else set()
    assert seen == set(kinds)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_recorded_book_is_built_from_both(path):
    states = BookState(), BookState()
    for one in messages(path, "server"):
        if one["json"].get("channel") == "book":
            frames = one["json"], PROTO.decode(bytes.fromhex(one["proto"]))
            tooks = [state.take(frame) for state, frame in zip(states, frames, strict=True)]
            assert tooks[0] is tooks[1]
    by_json, by_proto = states
    assert by_json.is_synced
    assert by_json.counters == by_proto.counters
    assert {key: book.depth() for key, book in by_json.contracts.items()} == {
        key: book.depth() for key, book in by_proto.contracts.items()
    }


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_streams_take_frames_of_both_alike(path):
    streams = Stream({"channel": "trades"}), Stream({"channel": "trades"})
    for one in messages(path, "server"):
        if one["json"].get("channel") == "trades":
            assert streams[0].take(one["json"])
            assert streams[1].take(PROTO.decode(bytes.fromhex(one["proto"])))
    assert streams[0].since() == streams[1].since() is not None


@pytest.mark.parametrize(
    "members",
    [
        {"price": "0.45001"},
        {"price": "a lot"},
        {"contract": "x"},
        {"side": "hold"},
        {"expires_at": "soon"},
        {"colour": "red"},
        {"quantity": -1},
    ],
)
def test_what_the_schema_cannot_say_is_refused_before_it_is_sent(members):
    with pytest.raises(InvalidRequestError, match=next(iter(members))):
        PROTO.encode({"op": "order.place", "id": "1", **members})


def test_frame_of_a_newer_site_is_nothing():
    assert decode_frame(b"\xfa\x3f\x00") == {"channel": "unknown"}


def test_format_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="xml"):
        format_of("xml")


@pytest.mark.process
def test_bot_trades_and_follows_in_protobuf(client_of, ann, slugs):
    frost = slugs["Thaw"]
    bot = client_of("bot1", wire="protobuf", order_entry="socket")
    with bot.book(frost) as book, bot.account() as account:
        order = bot.buy(frost, "Yes", price="0.40", quantity=5)
        assert account.wait_for([order])
        sold = ann.sell(frost, "Yes", price="0.40", quantity=2)
        assert [fill.price for fill in sold.fills] == [Decimal("0.4")]
        while not account.fills:
            assert account.changed(10)
        assert [(fill.order, fill.quantity) for fill in account.new_fills()] == [(order.id, 2)]
        while book.best_bid != (Decimal("0.40"), 3):
            assert book.changed(10)
        assert bot.replace(order, price="0.41", quantity=5).open_quantity == 3
        assert bot.cancel_all() == 1
        with pytest.raises(InvalidRequestError, match="decimals"):
            bot.buy(frost, "Yes", price="0.40001", quantity=1)
