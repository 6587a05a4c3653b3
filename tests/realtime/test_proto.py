"""The subprotocol likely.v1.proto says what likely.v1.json says, frame by frame."""

import asyncio

import pytest

from core.live import push
from exchange.realtime.frame import Frame
from exchange.realtime.proto.live_pb2 import ClientMessage, PlaceOrder, PlaceOrders, Subscribe
from tests.factories import first_contract, make_member
from tests.realtime.conftest import book_worker, in_sync
from tests.realtime.proto_client import ProtoClient, decode, encode_request, said
from tests.realtime.replica import BookReplica

member = in_sync(make_member)


@pytest.fixture
def market(exchange):
    return exchange.market(outcomes=["Yes"])


@pytest.fixture
def alice(transactional_db):
    return make_member("alice")


@pytest.fixture
async def working(market, exchange):
    """A book worker, once there is a market."""
    async with book_worker(exchange):
        yield


@pytest.fixture
def both(connect, login):
    """Open two sockets that speak one format each."""

    async def open_both(user=None):
        headers = login(user) if user else ()
        return await connect(headers=headers), await connect(headers=headers, kind=ProtoClient)

    return open_both


async def same(clients, count=1):
    """Return the next pushes, which say the same to both."""
    told = []
    for _ in range(count):
        frames = [await client.next_frame() for client in clients]
        told.append(frames)
    json_frames, proto_frames = [
        sorted(frames, key=lambda frame: frame["channel"]) for frames in zip(*told, strict=True)
    ]
    assert said(proto_frames) == said(json_frames)
    return json_frames


async def test_it_is_chosen_by_its_name(connect):
    client = await connect(kind=ProtoClient)
    assert client.detail == "likely.v1.proto"
    nothing = {"results": [], "cancelled": []}
    assert await client.ask(op="ping") == {"id": "q", "ok": True, **nothing}


async def test_market_says_the_same_in_both(both, exchange, market, alice):
    exchange.place(alice.account, market, "sell", 4_500, 10)
    await exchange.publish()
    clients = await both()
    channels = ("book", "trades", "market")
    for client in clients:
        for channel in channels:
            await client.subscribe(channel, market.slug)
    assert [one["type"] for one in await same(clients, 3)] == ["snapshot"] * 3
    exchange.place(member("bob").account, market, "buy", 4_600, 4)
    exchange.lifecycle(market, "halt")
    await exchange.publish()
    told = await same(clients, 3)
    assert {one["channel"] for one in told} == set(channels)
    for client in clients:
        await client.ask(op="snapshot", channel="book", market=market.slug)
    (frame,) = await same(clients)
    assert frame["contracts"][0]["asks"] == [["0.4500", 6]]


async def test_book_is_followed_by_protobuf_alone(connect, exchange, market, alice):
    client = await connect(kind=ProtoClient)
    await client.subscribe("book", market.slug)
    replica, yes = BookReplica(), contract(market)
    for price in (4_400, 4_300, 4_500):
        exchange.place(alice.account, market, "buy", price, 5)
        await exchange.publish()
    await client.follow(replica, lambda one: one.frames and len(one.levels(yes)[0]) == 3)
    assert replica.state()[yes] == ([(4_500, 5), (4_400, 5), (4_300, 5)], [])


def contract(market):
    return in_sync(lambda: str(first_contract(market).pk))()


async def test_account_says_the_same_in_both(both, exchange, market, alice):
    clients = await both(alice)
    await clients[0].subscribe("account")
    await clients[0].next_frame()
    await clients[1].subscribe("account")  # whoever comes has all read the whole state anew
    (first,) = await same(clients)
    assert (first["type"], first["orders_complete"]) == ("snapshot", True)
    exchange.place(alice.account, market, "sell", 4_500, 10)
    exchange.place(member("bob").account, market, "buy", 4_600, 4)
    await exchange.publish()
    (change,) = await same(clients)
    assert [fill["quantity"] for fill in change["fills"]] == [4]
    assert [order["status"] for order in change["orders"]] == ["partially_filled"]
    assert change["positions"][0]["quantity"] == -4


TOPICS = [
    ("feed", {}, "feed.all", {"id": "7", "members": ["1", "2"], "markets": ["3"]}),
    ("feed", {"member": "alice"}, "feed.member.{alice}", {"id": "8"}),
    ("feed", {"market": "{slug}"}, "feed.market.{market}", {"comment": "5"}),
    ("notifications", {}, "notifications.{alice}", {"type": "changed"}),
    ("leaderboard", {"name": "profit"}, "leaderboard.profit", {"type": "update"}),
    ("event", {"event": "{event}"}, "event.{event_id}", {"type": "edited", "market": "rain"}),
    ("event", {"event": "{event}"}, "event.{event_id}", {"type": "status", "status": "halted"}),
    (
        "candles",
        {"market": "{slug}"},
        "candles.{market}",
        {
            "type": "candles",
            "candles": [
                {
                    "contract": "29",
                    "interval": "5m",
                    "start": "2027-01-31T12:00:00Z",
                    "open": "0.4500",
                    "high": "0.4700",
                    "low": "0.4400",
                    "close": "0.4600",
                    "mean": "0.4550",
                    "vwap": "0.4551",
                    "price_sum": "1.3650",
                    "notional": "123456789.0001",
                    "volume": 3_000_000_000,
                    "trades": 3,
                },
                {"contract": "30", "interval": "1d", "start": "2027-01-31T00:00:00Z",
                 "open": "0.0001", "high": "0.0001", "low": "0.0001", "close": "0.0001",
                 "mean": None, "vwap": None, "price_sum": "0.0000", "notional": "0.0000",
                 "volume": 0, "trades": 0},
            ],
        },
    ),
]  # fmt: skip


async def test_topics_say_the_same_in_both(both, market, alice):
    clients = await both(alice)
    event = in_sync(lambda: market.event)()
    names = {"slug": market.slug, "market": market.pk, "alice": alice.pk}
    names |= {"event": event.slug, "event_id": event.pk}
    for channel, named, topic, payload in TOPICS:
        about = {name: value.format_map(names) for name, value in named.items()}
        for client in clients:
            await client.subscribe(channel, **about)
        assert [one["type"] for one in await same(clients)] == ["reset"]
        await asyncio.to_thread(push, topic.format_map(names), payload)
        (frame,) = await same(clients)
        assert {**payload, **about}.items() <= frame.items()
        for client in clients:
            await client.ask(op="unsubscribe", channel=channel, **about)


async def test_heartbeat_tells_the_last_seqs(connect, monkeypatch, exchange, market):
    monkeypatch.setattr("exchange.realtime.sockets.HEARTBEAT_S", 0.2)
    client = await connect(kind=ProtoClient)
    await client.subscribe("book", market.slug)
    frame = await client.next_frame()
    beat = await client.receive()
    assert beat["seqs"] == {f"book:{market.slug}": frame["seq"]}
    assert said(beat)["time"].tzinfo is not None
    assert "account_seq" not in beat


async def test_replies_to_orders_say_the_same_in_both(both, working, market, alice):
    json_client, proto_client = await both(alice)
    place = {"op": "order.place", "contract": contract(market), "side": "buy", "price": "0.4500"}
    place |= {"quantity": 10, "client_order_id": "mine-1", "time_in_force": "IOC"}
    first = await json_client.ask(**place)
    again = await proto_client.ask(**place)
    assert first["status"] == 201
    assert said(again) == said(first)
    batch = {"op": "order.batch", "orders": [place_body(place), {"side": "sell"}]}
    answers = [await one.ask(**batch) for one in (json_client, proto_client)]
    assert [one["status"] for one in answers[0]["results"]] == [201, 400]
    assert said(answers[1]) == said(answers[0])
    gone = [
        await one.ask(op="order.cancel", client_order_id="mine-1")
        for one in (json_client, proto_client)
    ]
    assert gone[0]["error"]["code"] == "unknown_order"
    first_seq, second_seq = [one["error"].pop("account_seq") for one in gone]
    assert second_seq == first_seq + 1, "each refusal is news of the account"
    assert said(gone[1]) == said(gone[0])


async def test_sessions_and_changes_say_the_same_in_both(both, working, market, alice):
    clients = await both(alice)
    asked = {"op": "session.set", "dead_man_ms": 60_000, "conflate_ms": 0}
    sessions = [(await one.ask(**asked))["session"] for one in clients]
    names = [one.pop("id") for one in sessions]
    assert said(sessions[1]) == said(sessions[0])
    assert (await clients[1].ask(op="session.set", take_over=names[0]))["session"]["id"] == names[1]
    place = {"op": "order.place", "contract": contract(market), "side": "buy", "price": "0.4500"}
    for n, one in enumerate(clients):
        name = f"mine-{n}"
        await one.ask(**place, quantity=10, client_order_id=name, cancel_on_disconnect=True)
        changed = await one.ask(op="order.replace", client_order_id=name, price="0.4600")
        assert changed["order"]["price"] == "0.4600"
        less = await one.ask(op="order.replace", order=changed["order"]["id"], reduce_by=4)
        assert less["order"]["open_quantity"] == 6
        gone = await one.ask(op="order.cancel_all", side="buy", market=market.slug)
        assert [row["id"] for row in gone["cancelled"]] == [less["order"]["id"]]
        assert gone["account_seq"] > 0


def place_body(request):
    return {name: value for name, value in request.items() if name != "op"}


UNKNOWN = b"\xf8\x3f\x01"  # field 1023, a varint
BAD = [
    (b"", "unknown_op", None),
    (b"\xff", "malformed", None),
    (b'{"op":"ping"}', "malformed", None),
    (ClientMessage(id="a").SerializeToString(), "unknown_op", "a"),
    (ClientMessage(id="a").SerializeToString() + UNKNOWN, "unknown_field", "a"),
    (encode_request({"op": "ping", "id": "x" * 65}), "invalid", "x" * 65),
    (b"\x3a\x03" + UNKNOWN, "unknown_field", None),  # in an order
    (b"\x12\x02\x08\x63", "unknown_channel", None),  # channel 99
    (encode_request({"op": "subscribe", "channel": "book"}), "invalid", None),
    (
        encode_request({"op": "subscribe", "channel": "book", "market": "no"}),
        "unknown_market",
        None,
    ),
    (encode_request({"op": "subscribe", "channel": "account"}), "not_authenticated", None),
    (encode_request({"op": "auth", "key": "lk_wrong"}), "not_authenticated", None),
    (encode_request({"op": "order.place", "side": "buy"}), "not_authenticated", None),
    (ClientMessage(subscribe=Subscribe()).SerializeToString(), "invalid", None),
    (
        ClientMessage(id="b", order_batch=PlaceOrders(orders=[PlaceOrder()] * 501))
        .SerializeToString(),
        "invalid",
        "b",
    ),
    (encode_request({"op": "ping"}) + b"\x0a\x80\x80\x04" + b"x" * 65_536, "body_too_large", None),
]  # fmt: skip


async def test_bad_message_gets_an_error_and_the_socket_stays(connect, transactional_db):
    client = await connect(kind=ProtoClient)
    for data, code, request_id in BAD:
        await client.send(data)
        message = await client.receive()
        assert (message["ok"], message["error"]["code"]) == (False, code), (data[:80], message)
        assert message.get("id") == request_id, data[:80]
        assert {"type", "title", "status", "detail", "hint"} <= message["error"].keys(), data[:80]
    await client.socket.send_input({"type": "websocket.receive", "text": '{"op":"ping"}'})
    assert (await client.receive())["error"]["code"] == "malformed"
    assert (await client.ask(op="ping"))["ok"]


async def test_binary_frame_is_malformed_where_json_is_spoken(connect):
    client = await connect()
    await client.socket.send_input({"type": "websocket.receive", "bytes": b"\x2a\x00"})
    assert (await client.socket.receive_json_from())["error"]["code"] == "malformed"


async def test_orders_door_says_the_same_in_both(both, exchange, market, alice):
    """What a message cannot leave out in JSON is missed the same way where Protobuf has no word."""
    clients = await both(alice)
    sideless = {"contract": contract(market), "price": "0.4500", "quantity": 1}
    for body in ({"side": "buy"}, sideless, {**sideless, "contract": "999999", "side": "buy"}):
        told = [said(await one.ask(op="order.place", **body)) for one in clients]
        assert told[0] == told[1]
        assert told[0]["error"]["status"] in {400, 404}


def test_frame_of_no_word_that_the_schema_has_is_sent_all_the_same():
    """A word that a newer part says and this schema lacks is unspecified, never an error."""
    frame = Frame({"channel": "feed", "type": "news", "prev_seq": 1, "seq": 2, "more": {"a": 1}})
    assert said(decode(frame.binary)) == {"channel": "feed", "prev_seq": 1, "seq": 2}
