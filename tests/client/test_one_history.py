"""Two members, each with a page in a browser and a bot: whoever looks where sees one history."""

import json
from dataclasses import dataclass, field

import feedparser
import httpx
import pytest
from lxml import html
from playwright.sync_api import expect
from websockets.sync.client import connect

from core.money import format_ticks, parse_ticks
from tests.browser.people import Person
from tests.realtime.proto_client import decode, encode_request

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SUBPROTOCOLS = ("likely.v1.json", "likely.v1.proto")
COMPARED = ("side", "price", "quantity", "filled_quantity", "open_quantity", "status")
# How the page says it: FIX's "new" is what people call open.
SAID = {"open": "new", "partially filled": "partially_filled"}


@dataclass
class Listener:
    """A socket that was there from the beginning, in one of both formats: orders as told last."""

    subprotocol: str
    site: str
    key: str
    orders: dict = field(default_factory=dict)

    def __post_init__(self):
        self.socket = connect(
            f"{self.site.replace('http', 'ws', 1)}/ws/v1/",
            subprotocols=[self.subprotocol],
            additional_headers={"Authorization": f"Token {self.key}"},
        ).__enter__()
        ask = {"op": "subscribe", "channel": "account"}
        is_json = self.subprotocol == "likely.v1.json"
        self.socket.send(json.dumps(ask) if is_json else encode_request(ask))
        self.seq = -1

    def listen_until(self, account_seq):
        """Take frames until the account is at this seq; return the orders, the newest first."""
        while self.seq < account_seq:
            message = self.socket.recv(timeout=10)
            frame = json.loads(message) if isinstance(message, str) else decode(message)
            if frame.get("channel") == "account":
                self.seq = frame["account_seq"]
                self.orders |= {order["id"]: order for order in frame["orders"]}
        self.socket.close()
        return sorted(self.orders.values(), key=lambda order: int(order["id"]), reverse=True)


def seen(order):
    """Return what every view shows of an order."""
    return {name: order[name] for name in COMPARED}


def by_client(client):
    return [
        seen({name: getattr(order, name) for name in COMPARED} | {"price": f"{order.price:.4f}"})
        for order in client.orders()
    ]


def by_rest(api):
    return [seen(order) for order in api.get("/api/v1/orders/").json()["results"]]


def by_atom(api):
    feed = feedparser.parse(api.get("/api/v1/orders/?format=atom").text)
    return [order_of_entry(entry) for entry in feed.entries]


def order_of_entry(entry):
    content = html.fromstring(entry.content[0].value)
    names = [one.text_content().lower().replace(" ", "_") for one in content.iter("dt")]
    told = dict(zip(names, (one.text_content() for one in content.iter("dd")), strict=True))
    return {name: int(told[name]) if name.endswith("quantity") else told[name] for name in COMPARED}


def by_page(page):
    page.goto("/portfolio/orders/")
    return [order_of_row(row) for row in page.locator("table.orders tbody tr").all()]


def order_of_row(row):
    """Return an order of the page in the words of the API: No has a price of its own there."""
    action, price, quantity, filled, still_open, status = (
        row.locator(f"td[data-label={label}]").inner_text()
        for label in ("Order", "Price", "Quantity", "Filled", "Open", "Status")
    )
    side = {"Buy Yes": "buy", "Buy No": "sell"}[action.splitlines()[0]]  # below: its terms
    ticks = parse_ticks(price)
    word = status.split(":")[0].lower()
    return {
        "side": side,
        "price": format_ticks(ticks if side == "buy" else 10_000 - ticks),
        "quantity": int(quantity),
        "filled_quantity": int(filled),
        "open_quantity": int(still_open),
        "status": SAID.get(word, word),
    }


def expect_resting(person, count):
    """The person's page shows so many open orders, soon: how soon is asked elsewhere."""
    rows = person.page.locator("[data-orders] tr[data-order]")
    expect(rows).to_have_count(count, timeout=10_000)


def test_every_view_tells_the_same_history(site, keys, slugs, client_of, open_page):
    slug = slugs["Frost"]
    listeners = {
        handle: [Listener(name, site.url, keys[handle]) for name in SUBPROTOCOLS]
        for handle in ("dan", "eve")
    }
    people = {handle: Person(handle, open_page()) for handle in ("dan", "eve")}
    bots = {"dan": client_of("dan"), "eve": client_of("eve", order_entry="socket")}
    for person in people.values():
        person.log_in()
        person.page.goto(f"/markets/{slug}/")
        person.expect_live()

    people["dan"].place("Buy Yes", "0.40", 10)
    expect_resting(people["dan"], 1)
    bots["eve"].sell(slug, "Yes", price="0.40", quantity=4)
    people["eve"].place("Buy No", "0.55", 5)
    expect_resting(people["eve"], 1)
    bots["dan"].buy(slug, "Yes", price="0.45", quantity=5)
    bots["dan"].buy(slug, "Yes", price="0.30", quantity=7, time_in_force="IOC")
    gone = bots["eve"].sell(slug, "Yes", price="0.70", quantity=3)
    bots["eve"].cancel(gone)
    bots["eve"].sell(slug, "Yes", price="0.80", quantity=2)

    for handle, statuses in {
        "dan": ["cancelled", "filled", "partially_filled"],
        "eve": ["new", "cancelled", "filled", "filled"],
    }.items():
        headers = {"Authorization": f"Token {keys[handle]}"}
        with httpx.Client(base_url=site.url, headers=headers) as api:
            history = by_rest(api)
            account_seq = api.get("/api/v1/account/").json()["account_seq"]
            assert [order["status"] for order in history] == statuses
            assert by_atom(api) == history
        assert by_client(bots[handle]) == history
        assert by_page(people[handle].page) == history
        for listener in listeners[handle]:
            told = [seen(order) for order in listener.listen_until(account_seq)]
            assert told == history, listener.subprotocol
