"""The web process as it runs in production: its limits, its slow readers, its end."""

import asyncio
import json
import signal
import subprocess
import sys
import time

import httpx
import pytest
import websockets

from exchange.realtime import limits
from tests.realtime.replica import BookReplica
from tests.realtime.servers import ask
from tests.running import ROOT, environment


async def subscribe(client, source):
    assert (await ask(client, op="subscribe", channel="book", market=source.slug))["ok"]


async def follow(client, replica, seq, timeout_s=10):
    async with asyncio.timeout(timeout_s):
        while replica.seq != seq:
            frame = json.loads(await client.recv())
            if frame.get("channel") == "book":
                replica.take(frame)
    return replica


async def test_browser_follows_a_book(server, source):
    async with server.connect(origin=server.origin, subprotocols=["likely.v1.json"]) as client:
        assert client.subprotocol == "likely.v1.json"
        await subscribe(client, source)
        replica = await follow(client, BookReplica(), source.seq)
        for n in range(20):
            server.tell(source.change((source.contract, "bids", 4_000 + n, n + 1)))
            await asyncio.sleep(0.02)
        await follow(client, replica, source.seq)
        assert replica.state() == source.state()


STRANGERS = [("/ws/v1/", "https://evil.test"), ("/ws/v1/", "null"), ("/ws/v2/", None), ("/", None)]


async def test_stranger_is_refused_before_the_socket_opens(server):
    for path, origin in STRANGERS:
        with pytest.raises(websockets.InvalidStatus) as refused:
            await server.connect(path, origin=origin).__aenter__()
        assert refused.value.response.status_code == 403, (path, origin)


async def test_message_of_64_kib_is_answered_and_one_of_256_kib_closes(server):
    async with server.connect() as client:
        await client.send(json.dumps({"op": "ping", "pad": "x" * limits.MESSAGE_BYTES_MAX}))
        assert json.loads(await client.recv())["error"]["code"] == "body_too_large"
        assert (await ask(client, op="ping"))["ok"]
        await client.send("x" * 300_000)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd.code == 1009


async def flood(client):
    for _ in range(5_000):
        await client.send('{"op":"ping"}')
    while True:
        await asyncio.wait_for(client.recv(), 5)


async def test_flood_of_messages_is_closed(server):
    async with server.connect() as client:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await flood(client)
        # What the server has not read of the flood may reset the connection before its code.
        assert closed.value.rcvd is None or closed.value.rcvd.code == limits.CLOSE_POLICY


def whole_book(source, number, levels):
    """A batch that changes so many levels: some 20 bytes each on the wire."""
    return source.change(*((source.contract, "bids", p, number + p) for p in range(1, levels)))


async def pass_on(server, source, fast, replica, batch):
    """Publish a batch and wait until who reads has it: nobody is faster than this test."""
    server.tell(batch)
    await follow(fast, replica, source.seq, timeout_s=30)
    assert replica.state() == source.state()


async def read_to_the_end(client):
    while True:
        await asyncio.wait_for(client.recv(), 30)


async def test_slow_reader_costs_little_and_holds_up_nobody(start, source):
    """One client stops reading; the other gets every change, the server stays small."""
    server = start(LIVE_SLOW_S="1")
    async with (
        server.connect(max_queue=1, ping_interval=None, sock=server.narrow_socket()) as slow,
        server.connect(ping_interval=None) as fast,
    ):
        await subscribe(slow, source)
        await subscribe(fast, source)
        slow.transport.pause_reading()
        replica = await follow(fast, BookReplica(), source.seq, timeout_s=30)
        before = server.rss_mb()
        for number in range(300):
            await pass_on(server, source, fast, replica, whole_book(source, number, 3_000))
            if server.has_logged("socket_too_slow"):
                break
        else:
            pytest.fail("who reads nothing is closed")
        assert server.rss_mb() - before < 60
        slow.transport.resume_reading()
        with pytest.raises(websockets.ConnectionClosed):
            await read_to_the_end(slow)


async def test_reader_that_pauses_briefly_gets_the_newest_state(start, source):
    server = start(LIVE_SLOW_S="60")
    async with (
        server.connect(max_queue=1, ping_interval=None, sock=server.narrow_socket()) as slow,
        server.connect(ping_interval=None) as fast,
    ):
        await subscribe(slow, source)
        await subscribe(fast, source)
        lagging = await follow(slow, BookReplica(), source.seq, timeout_s=30)
        slow.transport.pause_reading()
        replica = await follow(fast, BookReplica(), source.seq, timeout_s=30)
        for number in range(20):
            await pass_on(server, source, fast, replica, whole_book(source, number, 3_000))
        slow.transport.resume_reading()
        await follow(slow, lagging, source.seq, timeout_s=30)
        assert lagging.state() == source.state()
        # The first and some that the buffers between here and there hold, then all the rest.
        assert (replica.frames, lagging.frames < 15) == (21, True), "what was missed came as one"


async def test_stop_tells_sockets_to_come_back_and_finishes_requests(server):
    async with server.connect() as client, httpx.AsyncClient() as browser:
        assert (await ask(client, op="ping"))["ok"]
        slow = asyncio.create_task(browser.get(f"{server.origin}/slow", timeout=5))
        await asyncio.sleep(0.3)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await asyncio.wait_for(client.recv(), 5)
        assert closed.value.rcvd.code == limits.CLOSE_RESTART
        with pytest.raises(httpx.ConnectError):
            await browser.get(f"{server.origin}/slow")
        assert (await slow).text == "done"
    assert server.process.wait(10) == 0
    assert time.monotonic() - started < 8


async def send_on(writer):
    for _ in range(400):
        writer.write(b"x" * 1_000_000)
        await asyncio.wait_for(writer.drain(), 30)


async def test_body_too_large_is_refused_before_it_is_read(server, settings):
    before = server.rss_mb()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(
        b"POST /api/v1/orders/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 300000000\r\n\r\n"
    )
    answer = await asyncio.wait_for(reader.read(4096), 5)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "body_too_large"
    with pytest.raises(ConnectionError):
        await send_on(writer)
    assert server.rss_mb() - before < 20


async def test_chunked_body_is_counted(server, settings):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    writer.write((b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 17)
    await writer.drain()
    assert (await asyncio.wait_for(reader.read(4096), 5)).startswith(b"HTTP/1.1 413 ")
    writer.close()


def test_taken_port_is_said_in_words(server):
    result = subprocess.run(
        [sys.executable, "manage.py", "web", "--port", str(server.port)],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{server.port}" in result.stderr


SERVE_AND_COUNT = """
import gc, django
django.setup()
from config.server import run
from twisted.internet import reactor
def count():
    print(gc.get_freeze_count() > 100_000, flush=True)
    reactor.stop()
run(None, "127.0.0.1", 0, count)
"""


def test_collector_does_not_look_at_what_was_loaded_before_the_first_request():
    command = [sys.executable, "-c", SERVE_AND_COUNT]
    env = environment(DJANGO_SETTINGS_MODULE="config.settings")
    done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert done.stdout == "True\n"
