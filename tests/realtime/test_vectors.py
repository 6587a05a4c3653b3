"""Sessions of version 1 as they were recorded: every later version reads and writes the same.

tests/js/vectors.test.mjs reads the same files. tests/vectors/record.py records another session;
what was recorded is never changed, because clients in the field were built when it was so.
"""

import hashlib
import json

import pytest

from core.money import parse_ticks
from exchange.realtime.formats import JSON, PROTO
from exchange.realtime.frame import Frame
from exchange.realtime.proto.live_pb2 import ServerMessage
from tests.architecture.sources import ROOT
from tests.realtime.proto_client import decode, encode_request, said
from tests.realtime.replica import AccountReplica, BookReplica, TradeReplica

RECORDED = {
    "live-v1-1.json": "6a6ae1d04f04fbb165b406d1f5b67f45c5375b72757dd127dbe6c21abaf08416",
    "live-v1-2.json": "40a4aab8763bf3898a60979e2ebd64518f8ebde77a127dc57783b946af456d56",
}


def read(name):
    return json.loads((ROOT / "tests" / "vectors" / name).read_text())


def messages(name, sender):
    return [one for one in read(name)["messages"] if one["from"] == sender]


def test_every_recorded_session_is_here_as_it_was():
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / "tests" / "vectors").glob("live-v1-*.json")
    }
    assert found == RECORDED


@pytest.mark.parametrize("name", RECORDED)
def test_request_is_read_the_same_from_both(name):
    for one in messages(name, "client"):
        data = bytes.fromhex(one["proto"])
        by_json = JSON.receive({"text": json.dumps(one["json"])})
        by_proto = PROTO.receive({"bytes": data})
        assert by_proto.request == by_json.request
        assert by_proto.members() == by_json.members()
        assert encode_request(one["json"]) == data


@pytest.mark.parametrize("name", RECORDED)
def test_frame_says_the_same_in_both(name):
    for one in messages(name, "server"):
        data = bytes.fromhex(one["proto"])
        message = ServerMessage.FromString(data)
        assert said(decode(data)) == said(one["json"])
        assert ServerMessage.FromString(Frame(one["json"]).binary) == message


@pytest.mark.parametrize("name", RECORDED)
@pytest.mark.parametrize("wire", ["json", "proto"])
def test_recorded_frames_build_the_recorded_book(name, wire):
    replicas = {"book": BookReplica(), "trades": TradeReplica(), "account": AccountReplica()}
    for one in messages(name, "server"):
        frame = one["json"] if wire == "json" else decode(bytes.fromhex(one["proto"]))
        if frame.get("channel") in replicas:
            replicas[frame["channel"]].take({"prev_seq": None, "prev_account_seq": None, **frame})
    book = read(name)["book"]
    assert replicas["book"].seq == book["seq"]
    assert replicas["book"].state() == {
        entry["contract"]: tuple(
            [(parse_ticks(price), quantity) for price, quantity in entry[side]]
            for side in ("bids", "asks")
        )
        for entry in book["contracts"]
    }
    assert replicas["trades"].trades
    assert replicas["account"].fills
