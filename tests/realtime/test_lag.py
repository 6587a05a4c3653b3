"""Whoever lags, the client or the server, the client is told."""

import asyncio
from types import SimpleNamespace

import pytest
from channels.layers import get_channel_layer

from exchange.realtime import sockets
from exchange.realtime.frames import Lag
from exchange.realtime.lag import LagWatch
from exchange.realtime.sockets import Socket
from exchange.trading.channels import market_group


class Time:
    """A clock for what lags."""

    def __init__(self, monkeypatch):
        self.now_s = 100.0
        for module in ("lag", "sockets"):
            monkeypatch.setattr(f"exchange.realtime.{module}.monotonic_s", lambda: self.now_s)


@pytest.fixture
def time(monkeypatch):
    return Time(monkeypatch)


def test_worst_lag_is_kept_until_it_is_told(time):
    server = [0.3]
    watch = LagWatch(lambda: server[0])
    assert not watch.look(0.2, [])
    server[0] = 0.1
    watch.note_client(0.4)
    assert not watch.look(0.0, [])
    assert watch.take() == Lag(client_ms=400, server_ms=300)
    assert not watch.look(0.0, [])
    assert watch.take() == Lag(client_ms=0, server_ms=100)


def test_change_is_told_once_each_way(time):
    feed = SimpleNamespace(behind_since_s=time.now_s - 0.5)
    watch = LagWatch(float)
    assert not watch.look(0.0, [feed])
    time.now_s += 0.6
    assert watch.look(0.0, [feed])
    assert watch.take() == Lag(server_ms=1_100)
    assert watch.take().is_lagging is False
    feed.behind_since_s = None
    watch.take()
    assert watch.is_calm
    assert not watch.look(0.0, [feed])


async def test_client_that_did_not_read_hears_of_it_first(time, monkeypatch):
    sent, reads = [], asyncio.Event()

    async def send(event):
        sent.append(event["text"])
        await reads.wait()

    socket = Socket(send)
    socket.reply({"id": 1, "ok": True})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    time.now_s += 3
    socket.look_at_lag(is_server_calm=True)
    socket.reply({"id": 2, "ok": True})
    reads.set()
    await asyncio.sleep(0.01)
    assert ['"type":"lag"' in text for text in sent] == [False, True, False]
    assert '"lagging":true,"client_lag_ms":3000,"server_lag_ms":0' in sent[1]
    socket.look_at_lag(is_server_calm=True)
    await asyncio.sleep(0.01)
    assert '"lagging":false' in sent[3]
    socket.look_at_lag(is_server_calm=True)
    await asyncio.sleep(0.01)
    assert len(sent) == 4
    socket.stop()


async def test_market_that_cannot_be_read_anew_lags(connect, source, hub, monkeypatch):
    """A message is lost, and the database is away: what is shown is old, and it is said."""
    monkeypatch.setattr("exchange.realtime.limits.LAGGING_S", 0.2)
    monkeypatch.setattr("exchange.realtime.frames.LAGGING_S", 0.2)
    client = await connect()
    await client.subscribe("book", source.slug)
    await client.next_frame()

    def away(_):
        raise RuntimeError("away")

    monkeypatch.setattr("exchange.realtime.reading.load_market", away)
    source.change((next(iter(source.books)), "bids", 4_000, 1))
    lost = source.change((next(iter(source.books)), "bids", 4_001, 1))
    await get_channel_layer().group_send(market_group(source.market), lost)
    frame = await client.socket.receive_json_from(timeout=5)
    assert (frame["type"], frame["lagging"], frame["client_lag_ms"]) == ("lag", True, 0)
    assert frame["server_lag_ms"] >= 200


async def test_heartbeat_says_that_nobody_lags(connect, monkeypatch):
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 0.05)
    client = await connect()
    beat = await client.socket.receive_json_from(timeout=5)
    assert (beat["type"], beat["lagging"], beat["client_lag_ms"]) == ("heartbeat", False, 0)
    assert beat["server_lag_ms"] < 1_000


async def test_database_that_is_away_makes_everything_unsure(connect, hub):
    await connect()
    assert hub().lag_s() < 1
    hub()._audited_at_s -= 60
    assert 50 < hub().lag_s() < 61
