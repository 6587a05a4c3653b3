"""A live exchange for tests: the real books, the real publisher, the real hub, a client."""

import asyncio
import sys
import time
from contextlib import asynccontextmanager
from functools import wraps

import pytest
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.test import Client as Browser

from config.asgi import application
from exchange.realtime.hub import get_hub, stop_hub
from exchange.trading.gateway import OrderRequest, cancel_order, place_order, submit_lifecycle
from exchange.trading.publisher import publish
from exchange.trading.worker import BookWorker
from tests.factories import first_contract, make_market, make_member
from tests.realtime.batches import Source
from tests.realtime.servers import Server

ORIGIN = (b"origin", b"http://localhost:8000")
ABOUT_THE_CONNECTION = {"heartbeat", "lag"}


class Client:
    """A WebSocket client inside the process, with the bookkeeping tests need."""

    def __init__(self, path="/ws/v1/", headers=(), subprotocols=None):
        self.socket = WebsocketCommunicator(application, path, list(headers), subprotocols)
        self.frames = []

    async def connect(self):
        self.accepted, self.detail = await self.socket.connect(timeout=5)
        return self

    async def ask(self, **request):
        """Send a request and return its reply; pushes met on the way are kept."""
        await self.socket.send_json_to({"id": "q", **request})
        while True:
            message = await self.socket.receive_json_from(timeout=5)
            if "ok" in message:
                return message
            self.frames.append(message)

    async def subscribe(self, channel, market=None, **more):
        named = {} if market is None else {"market": market}
        reply = await self.ask(op="subscribe", channel=channel, **named, **more)
        assert reply == {"id": "q", "ok": True}, reply

    async def next_frame(self, timeout_s=5):
        """Return the next push that is not about the connection itself."""
        while True:
            frame = self.frames.pop(0) if self.frames else None
            frame = frame or await self.socket.receive_json_from(timeout=timeout_s)
            if frame.get("type") not in ABOUT_THE_CONNECTION:
                return frame

    async def follow(self, replica, until, timeout_s=8):
        """Feed pushes to a replica until a condition on it holds."""
        deadline = time.monotonic() + timeout_s
        while not until(replica):
            replica.take(await self.next_frame(timeout_s=max(0.01, deadline - time.monotonic())))
        return replica

    async def assert_silent(self, seconds=0.2):
        while not await self.socket.receive_nothing(timeout=seconds):
            frame = await self.socket.receive_json_from()
            assert frame.get("type") in ABOUT_THE_CONNECTION, frame

    async def closed_with(self, timeout_s=5):
        """Return the close code, whatever comes before it."""
        while True:
            message = await self.socket.receive_output(timeout=timeout_s)
            if message["type"] == "websocket.close":
                return message["code"]

    async def leave(self):
        await self.socket.disconnect()


@pytest.fixture
async def connect():
    """Open clients; everything is closed and the hub stopped after the test.

    Without the database, which costs most: who reads it asks for it (exchange, transactional_db).
    """
    clients = []

    async def open_client(*args, kind=Client, **kwargs):
        clients.append(kind(*args, **kwargs))
        return await clients[-1].connect()

    yield open_client
    for client in clients:
        if not client.socket.future.done():
            client.socket.future.cancel()
    await asyncio.gather(*(c.socket.future for c in clients), return_exceptions=True)
    await stop_hub()
    await asyncio.sleep(0)


def in_sync(function):
    """Let a coroutine of a test call what waits for the database.

    As outside of the loop: the thread's own connection, which the fixtures use and close.
    """

    @wraps(function)
    def call(*args, **kwargs):
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        try:
            return function(*args, **kwargs)
        finally:
            asyncio._set_running_loop(loop)

    return call


class Exchange:
    """The real books, stepped in the test; what they publish is sent when the test says so."""

    def __init__(self, books):
        self.books = books

    def market(self, **kwargs):
        return self.books.open(make_market(status="draft", **kwargs))

    @in_sync
    def place(self, account, market, side, price_ticks, quantity, *, outcome=0):
        contract = market.contracts.select_related("market").get(position=outcome)
        order = OrderRequest(
            contract=contract, side=side, price_ticks=price_ticks, quantity=quantity
        )
        answer = place_order(account=account, user=None, order=order)
        assert not answer.reason, answer
        return answer.command_id

    @in_sync
    def lifecycle(self, market, action, **more):
        answer = submit_lifecycle(user=None, market=market, action=action, **more)
        assert not answer.reason, answer

    @in_sync
    def restart(self):
        self.books.restart()

    @in_sync
    def cancel(self, account, order_id):
        return cancel_order(account=account, user=None, order_id=order_id)

    def take_publications(self):
        taken, self.books.publications[:] = list(self.books.publications), []
        return taken

    async def publish(self):
        """Send what the books have published since the last time."""
        for publication in self.take_publications():
            await publish(get_channel_layer(), publication)


@pytest.fixture
def exchange(transactional_db, books, monkeypatch):
    # The answer is in the database before anybody waits for it: look at once.
    monkeypatch.setattr("exchange.trading.waiting._LOOKS_S", (0.001, 0.01))
    return Exchange(books)


@pytest.fixture
def hub():
    return get_hub


def cookie_of(client):
    """Return the handshake headers of a logged-in django.test.Client."""
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    return [ORIGIN, (b"cookie", f"{django_settings.SESSION_COOKIE_NAME}={key}".encode())]


@pytest.fixture
def login():
    """Return the handshake headers of a member's session."""

    @in_sync
    def headers_of(user):
        browser = Browser()
        browser.force_login(user)
        return cookie_of(browser)

    return headers_of


@pytest.fixture
def contract(exchange):
    return first_contract(exchange.market())


@pytest.fixture
def member(transactional_db):
    return make_member("alice")


@pytest.fixture
def source(transactional_db):
    """A market in the database whose batches are crafted here."""
    market = make_market(price_step_ticks=1)
    (contract,) = market.contracts.values_list("pk", flat=True)
    source = Source(contracts=(contract,), market=market.pk, slug=market.slug, epoch=0)
    source.seq = market.seq
    source.contract = contract
    return source


@asynccontextmanager
async def book_worker(exchange):
    """A book worker on this loop, as in the one-process site, in place of the test's own books."""
    in_sync(exchange.books.give_up)()
    worker = BookWorker()
    serving = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.ready.wait(), 10)
    yield
    worker.stop()
    await serving


@pytest.fixture
async def working(contract, exchange):
    """A book worker, once there is a market."""
    async with book_worker(exchange):
        yield


@pytest.fixture
def trader(connect, login, member):
    """Open sockets of the member."""

    async def open_socket(user=member):
        return await connect(headers=login(user))

    return open_socket


@pytest.fixture
def start(django_db_setup, tmp_path):
    """Start servers; all are ended after the test, and what they logged is shown if it fails."""
    servers = []

    def start_one(**more):
        servers.append(Server(tmp_path / f"server{len(servers)}.log", **more))
        return servers[-1]

    yield start_one
    for server in servers:
        server.process.kill()
        server.process.wait()
        sys.stderr.write(server.log.read_text())


@pytest.fixture
def server(start):
    return start()
