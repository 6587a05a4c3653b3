"""The socket at /ws/v1/: its words, its limits, and what it refuses."""

import pytest
from structlog.testing import capture_logs

from exchange.realtime import limits
from exchange.realtime.failures import FailureLog
from tests.factories import make_market
from tests.realtime.conftest import ORIGIN, in_sync


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, None),
        (["likely.v1.json"], "likely.v1.json"),
        (["x", "likely.v1.json"], "likely.v1.json"),
    ],
)
async def test_subprotocol_is_ours_or_none(connect, offered, chosen):
    client = await connect(subprotocols=offered)
    assert (client.accepted, client.detail) == (True, chosen)


async def test_unknown_subprotocol_is_refused_with_words(connect):
    client = await connect(subprotocols=["likely.v9.xml"])
    message = await client.socket.receive_json_from()
    assert (message["ok"], message["error"]["code"]) == (False, "not_acceptable")
    assert message["error"]["offered"] == ["likely.v1.json", "likely.v1.proto"]
    assert await client.closed_with() == limits.CLOSE_SUBPROTOCOL


async def test_ping_is_answered(connect):
    client = await connect()
    assert await client.ask(op="ping") == {"id": "q", "ok": True}
    assert await client.ask(op="ping", id=7) == {"id": 7, "ok": True}


BAD = [
    ("", "malformed"),
    ("{", "malformed"),
    ("nonsense", "malformed"),
    ('{"op":"ping"} x', "malformed"),
    ('{"op":"ping","id":NaN}', "malformed"),
    ('{"op":"subscribe","channel":"book","market":"m","since":Infinity}', "malformed"),
    ('{"op":"subscribe","channel":"book","market":"m","since":' + "9" * 5_000 + "}", "invalid"),
    ('{"op":"subscribe","channel":"book","market":"m","since":1e400}', "invalid"),
    ('{"op":"subscribe","channel":"book","market":"m","since":1.5}', "invalid"),
    ('{"op":"subscribe","channel":"book","market":"m","since":-1}', "invalid"),
    ('{"op":"subscribe","channel":"book","market":"m","since":"1"}', "invalid"),
    ('{"op":"subscribe","channel":"book","market":"m","since":true}', "invalid"),
    ("[" * 20_000, "invalid"),
    ('{"op":"ping","id":' + "[" * 20_000 + "]" * 20_000 + "}", "invalid"),
    ("[]", "invalid"),
    ("null", "invalid"),
    ("{}", "invalid"),
    ('{"op":1}', "invalid"),
    ('{"op":"ping","id":{}}', "invalid"),
    ('{"op":"ping","id":"' + "x" * 65 + '"}', "invalid"),
    ('{"op":"ping","extra":1}', "unknown_field"),
    ('{"op":"dance"}', "unknown_op"),
    ('{"op":"order.place","contract":"1","side":"buy"}', "not_authenticated"),
    ('{"op":"order.cancel","order":["1"]}', "invalid"),
    ('{"op":"order.replace","order":"1","colour":"red"}', "unknown_field"),
    ('{"op":"order.replace","order":"1","price":"0.5"}', "not_authenticated"),
    ('{"op":"order.cancel_all","side":"buy"}', "not_authenticated"),
    ('{"op":"order.cancel_all","order":"1"}', "unknown_field"),
    ('{"op":"session.set","conflate_ms":10001}', "invalid"),
    ('{"op":"session.set","dead_man_ms":true}', "invalid"),
    ('{"op":"session.set","dead_man_ms":1000}', "not_authenticated"),
    ('{"op":"session.set","pace":1}', "unknown_field"),
    ('{"op":"subscribe"}', "invalid"),
    ('{"op":"subscribe","channel":"weather","market":"m"}', "unknown_channel"),
    ('{"op":"subscribe","channel":"book"}', "invalid"),
    ('{"op":"subscribe","channel":"book","market":"no-such"}', "unknown_market"),
    ('{"op":"subscribe","channel":"book","market":"' + "m" * 161 + '"}', "invalid"),
    ('{"op":"unsubscribe","channel":"book","market":"m"}', "not_subscribed"),
    ('{"op":"snapshot","channel":"account"}', "not_subscribed"),
    ('{"op":"subscribe","channel":"account"}', "not_authenticated"),
    ('{"op":"ping","pad":"' + "x" * 65_536 + '"}', "body_too_large"),
]


async def test_bad_message_gets_an_error_and_the_socket_stays(connect, transactional_db):
    """All on one socket: none of them spoils it for the next."""
    client = await connect()
    for text, code in BAD:
        await client.socket.send_input({"type": "websocket.receive", "text": text})
        message = await client.socket.receive_json_from(timeout=5)
        assert (message["ok"], message["error"]["code"]) == (False, code), (text[:80], message)
        assert {"type", "title", "status", "detail", "hint"} <= message["error"].keys(), text[:80]
    assert await client.ask(op="ping") == {"id": "q", "ok": True}


NO_SLUGS = ["", "a b", "\0", "rain\0", "\n", "rain\n", "%00", "../x", "\u202e", "\U0010ffff"]


async def test_what_cannot_be_a_slug_is_unknown_and_nothing_is_read(connect, monkeypatch, capfd):
    def read(*_):
        pytest.fail("the database is asked")

    monkeypatch.setattr("exchange.realtime.reading.find_market", read)
    client = await connect()
    for slug in NO_SLUGS:
        reply = await client.ask(op="subscribe", channel="book", market=slug)
        assert reply["error"]["code"] == "unknown_market", slug
    await client.socket.send_to(text_data='{"op":"subscribe","channel":"book","market":"\\ud800"}')
    assert (await client.socket.receive_json_from())["error"]["code"] in {"malformed", "invalid"}
    assert "Traceback" not in "".join(capfd.readouterr())


async def test_failing_reads_are_answered_and_logged_once_a_second(connect, monkeypatch):
    def read(*_):
        raise RuntimeError("a bug")

    now = [0.0]
    shown = FailureLog(lambda: now[0])
    monkeypatch.setattr("exchange.realtime.consumer.failures", shown)
    monkeypatch.setattr("exchange.realtime.reading.find_market", read)
    client = await connect()
    with capture_logs() as logs:
        for now[0] in (0.0, 0.5, 0.9, 1.0):
            reply = await client.ask(op="subscribe", channel="book", market="rain")
            assert reply["error"]["code"] == "unavailable"
    assert [(one["event"], one["left_out"]) for one in logs] == [
        ("subscribe_failed", 0),
        ("subscribe_failed", 2),
    ]


async def test_binary_message_gets_an_error(connect):
    client = await connect()
    await client.socket.send_to(bytes_data=b"\x00")
    message = await client.socket.receive_json_from()
    assert (message["id"], message["error"]["code"]) == (None, "malformed")


@pytest.mark.parametrize("bad", ['{"id":"c9","op":"dance"}', '{"id":"c9","op":3}', '{"id":"c9"}'])
async def test_error_names_the_request(connect, bad):
    client = await connect()
    await client.socket.send_to(text_data=bad)
    assert (await client.socket.receive_json_from())["id"] == "c9"


async def test_draft_is_unknown(connect, exchange):
    market = in_sync(make_market)(status="draft")
    client = await connect()
    reply = await client.ask(op="subscribe", channel="book", market=market.slug)
    assert reply["error"]["code"] == "unknown_market"


async def test_subscriptions_are_limited(connect, exchange, monkeypatch):
    monkeypatch.setattr("exchange.realtime.consumer.SUBSCRIPTIONS_MAX", 2)
    market = in_sync(exchange.market)()
    client = await connect()
    await client.subscribe("book", market.slug)
    await client.subscribe("trades", market.slug)
    reply = await client.ask(op="subscribe", channel="market", market=market.slug)
    assert reply["error"]["code"] == "too_many_subscriptions"
    await client.subscribe("book", market.slug)  # again: one of the two


async def test_messages_over_the_rate_are_refused_then_the_socket_is_closed(connect):
    client = await connect()
    total = int(limits.MESSAGES_BURST) + limits.REFUSALS_MAX + 40
    for _ in range(total):
        await client.socket.send_to(text_data='{"op":"ping"}')
    codes = []
    while True:
        output = await client.socket.receive_output(timeout=5)
        if output["type"] == "websocket.close":
            break
        codes.append("throttled" if "throttled" in output["text"] else "ok")
    assert output["code"] == limits.CLOSE_POLICY
    assert codes.count("ok") >= limits.MESSAGES_BURST
    assert 0 < codes.count("throttled") <= limits.REFUSALS_MAX


async def test_unknown_path_is_refused(connect):
    for path in ("/ws/", "/ws/v2/", "/ws/v1/x", "/"):
        client = await connect(path)
        assert client.accepted is False


async def test_heartbeat_names_the_last_seq_of_each_subscription(connect, exchange, monkeypatch):
    monkeypatch.setattr("exchange.realtime.sockets.HEARTBEAT_S", 0.3)
    market = in_sync(exchange.market)()
    client = await connect()
    await client.subscribe("book", market.slug)
    await client.subscribe("market", market.slug)
    while (message := await client.socket.receive_json_from(timeout=5))["type"] != "heartbeat":
        pass
    assert message["seqs"] == {f"book:{market.slug}": 1, f"market:{market.slug}": 1}
    assert message["time"].endswith("Z")
    assert "account_seq" not in message


async def test_anonymous_with_origin_is_welcome(connect):
    assert (await connect(headers=[ORIGIN])).accepted
