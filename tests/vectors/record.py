"""Record a session on a running site as vectors, the same requests in both formats at once.

    python -m tests.vectors.record http://localhost:8000 MARKET [terms|gap] > live-v1-N.json

The site is that of `make run`: alice and bob trade in the market, and nobody else may meanwhile.
What was recorded is never changed: tests/realtime/test_vectors.py reads every file that there is.
"""

import json
import sys
from contextlib import ExitStack
from itertools import count
from uuid import uuid4

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from core.money import format_ticks, parse_ticks
from exchange.realtime.frame import Frame

QUIET_S = 0.7  # longer than frames are held back, shorter than a heartbeat
PASSWORD = "likely-demo"


def log_in(site, member):
    """Return a client with the member's session."""
    client = httpx.Client(base_url=site, follow_redirects=False)
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"]
    form = {"login": f"{member}@example.com", "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/accounts/login/", data=form).status_code == 302
    return client


class Recorder:
    """Two sockets of one member that ask the same; what both are told is paired."""

    def __init__(self, site, client, stack):
        from tests.realtime import proto_client

        self.proto = proto_client
        self.ids = count(1)
        self.messages = []
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        more = {"origin": site, "additional_headers": {"Cookie": cookies}}
        address = site.replace("http", "ws", 1) + "/ws/v1/"
        names = ("likely.v1.json", "likely.v1.proto")
        self.sockets = [
            stack.enter_context(connect(address, subprotocols=[name], **more)) for name in names
        ]

    def ask(self, *, is_once=False, **request):
        """Send a request in both formats, or in JSON alone; record what comes until it is quiet."""
        request = {"id": f"r{next(self.ids)}", **request}
        data = self.proto.encode_request(request)
        self.messages.append({"from": "client", "json": request, "proto": data.hex()})
        self.sockets[0].send(json.dumps(request))
        if not is_once:
            self.sockets[1].send(data)
        self.listen()

    def listen(self):
        """Record what both sockets are told the same."""
        texts, binaries = [self._drain(socket) for socket in self.sockets]
        found = {key_of(self.proto.decode(data)): data for data in binaries}
        for text in texts:
            frame = json.loads(text)
            data = found.get(key_of(frame))
            # The other socket's heart beats at another moment, and what is asked once is told once.
            if frame.get("type") == "heartbeat" or ("ok" in frame and data is None):
                data = Frame(frame).binary
            if data is not None:
                self.messages.append({"from": "server", "json": frame, "proto": data.hex()})

    def _drain(self, socket):
        taken = []
        try:
            while True:
                taken.append(socket.recv(timeout=QUIET_S))
        except TimeoutError:
            return taken
        except WebSocketException as error:
            sys.exit(f"the socket was closed: {error}")


def key_of(frame):
    """Return what a frame is called in both formats."""
    if "ok" in frame:
        return ("reply", frame["id"])
    names = ("channel", "type", "market", "member", "event", "name")
    seqs = ("prev_seq", "seq", "prev_account_seq", "account_seq")
    return tuple(frame.get(name) for name in names + seqs)


def record(recorder, slug, event, order, trade):
    """Play the session; `trade` has bob sell of what `order` bids for."""
    mine = uuid4().hex[:8]
    for channel in ("book", "trades", "market", "candles"):
        recorder.ask(op="subscribe", channel=channel, market=slug)
    for channel in ("account", "notifications", "feed"):
        recorder.ask(op="subscribe", channel=channel)
    recorder.ask(op="subscribe", channel="feed", member="bob")
    recorder.ask(op="subscribe", channel="event", event=event)
    recorder.ask(op="subscribe", channel="leaderboard", name="profit")
    recorder.ask(op="order.place", client_order_id=f"{mine}-1", **order)
    trade(price=order["price"], quantity=3)
    recorder.listen()
    low = {**order, "price": "0.0300"}
    recorder.ask(op="order.place", client_order_id=f"{mine}-2", time_in_force="IOC", **low)
    recorder.ask(op="order.place", **{**order, "price": "2.0000"})
    recorder.ask(
        op="order.batch",
        orders=[{**order, "price": "0.0200", "client_order_id": f"{mine}-3"}, {"side": "sell"}],
    )
    recorder.ask(op="order.cancel", client_order_id=f"{mine}-1", is_once=True)
    recorder.ask(op="snapshot", channel="book", market=slug)
    recorder.ask(op="subscribe", channel="book", market="no-such-market")
    recorder.ask(op="unsubscribe", channel="feed", member="bob")
    recorder.ask(op="unsubscribe", channel="feed", member="bob")
    recorder.ask(op="subscribe", channel="book", market=slug, since=10**9)
    recorder.ask(op="ping")


def record_terms(recorder, slug, event, order, trade):
    """Play a session of the rarer terms of orders, of changes and of the session's own wishes."""
    mine = uuid4().hex[:8]
    far = "2029-12-31T12:00:00.250000Z"
    for channel in ("book", "trades"):
        recorder.ask(op="subscribe", channel=channel, market=slug)
    recorder.ask(op="subscribe", channel="account")
    recorder.ask(op="session.set", conflate_ms=100, dead_man_ms=60_000, is_once=True)
    low = {**order, "price": "0.0200"}
    terms = [
        {"type": "stop_limit", "stop_price": "0.9000", "price": "0.9100", "group": "7"},
        {"post_only": True, "on_halt": "cancel", "stp": "decrement"},
        {"time_in_force": "GTD", "expires_at": far, "valid_until": far, "max_cost": "3.5000"},
        {"time_in_force": "FOK", "min_quantity": 7},
        {"reduce_only": True, "cancel_on_disconnect": False},
    ]
    for number, rare in enumerate(terms):
        recorder.ask(op="order.place", client_order_id=f"{mine}-{number}", **{**low, **rare})
    recorder.ask(op="order.place", client_order_id=f"{mine}-best", **order)
    trade(price=order["price"], quantity=3)
    recorder.listen()
    named = {"client_order_id": f"{mine}-best"}
    recorder.ask(op="order.replace", reduce_by=1, is_once=True, **named)
    recorder.ask(
        op="order.replace", price="0.0300", quantity=8, is_once=True,
        new_client_order_id=f"{mine}-next", **named,
    )  # fmt: skip
    recorder.ask(op="order.cancel_all", market=slug, group="7", is_once=True)
    recorder.ask(op="order.cancel_all", market=slug, side="buy", is_once=True)


def record_gap(recorder, slug, event, order, trade):
    """Play a session that misses trades: its cursors say which fills were not told."""
    mine = uuid4().hex[:8]
    for channel in ("book", "trades"):
        recorder.ask(op="subscribe", channel=channel, market=slug)
    recorder.ask(op="subscribe", channel="account")
    recorder.ask(op="order.place", client_order_id=f"{mine}-1", **order)
    for quantity in (2, 1):
        trade(price=order["price"], quantity=quantity)
        recorder.listen()
    recorder.ask(op="unsubscribe", channel="account")
    trade(price=order["price"], quantity=3)
    recorder.ask(op="subscribe", channel="account")
    recorder.ask(op="snapshot", channel="account")
    recorder.ask(op="order.cancel", client_order_id=f"{mine}-1", is_once=True)


def main(site, slug, session="usual"):
    """Record, and write the vectors with the book that they end in."""
    play = {"usual": record, "terms": record_terms, "gap": record_gap}[session]
    alice, bob = log_in(site, "alice"), log_in(site, "bob")
    market = alice.get(f"/api/v1/markets/{slug}/").json()
    contract = market["contracts"][0]["id"]

    def trade(**terms):
        headers = {"X-CSRFToken": bob.cookies["csrftoken"]}
        body = {"contract": contract, "side": "sell", "time_in_force": "IOC", **terms}
        assert bob.post("/api/v1/orders/", json=body, headers=headers).status_code == 201

    book = alice.get(f"/api/v1/markets/{slug}/book/").json()
    bid, ask = (book["contracts"][0][side][0][0] for side in ("bids", "asks"))
    price = format_ticks((parse_ticks(bid) + parse_ticks(ask)) // 2)
    order = {"contract": contract, "side": "buy", "price": price, "quantity": 7}
    with ExitStack() as stack:
        recorder = Recorder(site, alice, stack)
        play(recorder, slug, market["event"], order, trade)
    book = alice.get(f"/api/v1/markets/{slug}/book/").json()
    json.dump({"messages": recorder.messages, "book": book}, sys.stdout, indent=1)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(*sys.argv[1:])
