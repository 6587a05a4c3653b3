"""What holds the feed together: the listener, the writer of a socket, the server's inbox."""

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer

from config.sockets import INBOX_MESSAGES_MAX, Drain, Inbox
from exchange.realtime import limits, sessions
from exchange.realtime.frame import Frame
from exchange.realtime.listener import Listener
from exchange.realtime.sockets import Socket, Subscription
from exchange.realtime.throttle import Throttle


class BreakingLayer(InMemoryChannelLayer):
    """A layer whose first receive fails, as when Redis restarts."""

    broken = 1

    async def receive(self, channel):
        if self.broken:
            self.broken -= 1
            raise ConnectionError("gone")
        return await super().receive(channel)


async def test_listener_begins_anew_after_an_error_and_joins_its_groups_again(monkeypatch):
    monkeypatch.setattr("random.random", lambda: -0.45)  # the wait is 0.5 s and a jitter
    layer, heard, lost = BreakingLayer(), asyncio.Queue(), asyncio.Event()
    listener = Listener(layer, heard.put_nowait)
    running = asyncio.create_task(listener.run(lost.set))
    await listener.join("market.1")
    async with asyncio.timeout(5):
        await lost.wait()
        await asyncio.sleep(0.05)
        await layer.group_send("market.1", {"type": "market.batch", "n": 1})
        assert await heard.get() == {"type": "market.batch", "n": 1}
    running.cancel()


async def test_listener_survives_a_layer_that_cannot_be_reached():
    class Unreachable(InMemoryChannelLayer):
        async def group_add(self, group, channel):
            raise ConnectionError("no Redis")

    listener = Listener(Unreachable(), lambda message: None)
    running = asyncio.create_task(listener.run(lambda: None))
    await asyncio.sleep(0.01)
    await listener.join("market.1")
    assert listener.groups() == {"market.1"}
    running.cancel()


class Wire:
    """A client that reads only when it is told to."""

    def __init__(self):
        self.sent = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, message):
        self.sent.append(message)
        if message["type"] == "websocket.send":
            await self.reads.wait()


class Counter:
    """A feed whose state is one number."""

    seq = 0

    def frames(self, channel, sent, *, is_raw):
        return ([] if sent == self.seq else [Frame({"n": self.seq})]), self.seq


@pytest.fixture
async def wire():
    return Wire()


@pytest.fixture
async def socket(wire):
    socket = Socket(wire.send)
    yield socket
    socket.stop()


async def test_socket_that_does_not_read_is_given_the_newest_state_once(wire, socket):
    feed = Counter()
    subscription = Subscription(socket, feed, channel="book", key="book:x")
    wire.reads.clear()
    for seq in range(1, 1_000):
        feed.seq = seq
        subscription.mark()
        await asyncio.sleep(0)
    assert len(wire.sent) == 1
    await asyncio.sleep(0.05)
    assert socket.stalled_s() >= 0.04
    wire.reads.set()
    await asyncio.sleep(0.01)
    assert [message["text"] for message in wire.sent] == ['{"n":1}', '{"n":999}']
    assert socket.stalled_s() == 0


async def test_socket_that_never_reads_its_answers_is_closed(wire, socket):
    wire.reads.clear()
    for _ in range(limits.REPLIES_WAITING_MAX + 5):
        socket.reply({"ok": True})
    await asyncio.sleep(0.01)
    assert wire.sent[-1] == {"type": "websocket.close", "code": limits.CLOSE_SLOW}


async def test_socket_whose_frame_cannot_be_made_is_closed(wire, socket):
    class Broken:
        def frames(self, channel, sent, *, is_raw):
            raise ValueError("cannot be encoded")

    Subscription(socket, Broken(), channel="book", key="book:x").mark()
    await asyncio.sleep(0.01)
    assert wire.sent == [{"type": "websocket.close", "code": limits.CLOSE_ERROR}]


class Transport:
    def __init__(self):
        self.calls = []
        self.transport = self

    def pauseProducing(self):  # noqa: N802 -- Twisted's name
        self.calls.append("pause")

    def resumeProducing(self):  # noqa: N802 -- Twisted's name
        self.calls.append("resume")


async def test_inbox_stops_reading_when_full_and_goes_on_when_served():
    protocol = Transport()
    inbox = Inbox(protocol)
    for number in range(INBOX_MESSAGES_MAX + 10):
        inbox.put_nowait({"n": number})
    assert protocol.calls == ["pause"]
    numbers = [(await inbox.get())["n"] for _ in range(INBOX_MESSAGES_MAX + 10)]
    assert numbers == list(range(INBOX_MESSAGES_MAX + 10))
    assert protocol.calls == ["pause", "resume"]


async def test_drain_makes_senders_wait_and_lets_them_go_when_the_client_is_gone():
    drain = Drain()
    await drain.wait()
    drain.pauseProducing()
    waiting = asyncio.create_task(drain.wait())
    await asyncio.sleep(0.01)
    assert not waiting.done()
    drain.stopProducing()
    await waiting


def test_throttle_gives_a_burst_then_the_rate(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    throttle = Throttle()
    assert sum(throttle.take() for _ in range(200)) == limits.MESSAGES_BURST
    now[0] = 1.0
    assert sum(throttle.take() for _ in range(200)) == limits.MESSAGES_PER_S
    assert throttle.is_abused
    now[0] = 10.0
    assert (throttle.take(), throttle.is_abused) == (True, False)


def test_address_is_what_our_own_proxy_says_in_whichever_line(settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    lines = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"9.9.9.9")]
    scope = {"client": ("127.0.0.1", 5), "headers": [*lines, (b"host", b"x")]}
    assert sessions.address_of(scope) == "9.9.9.9"
