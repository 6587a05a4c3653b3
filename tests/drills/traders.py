"""Members who trade through the storm, as careful programs would: each request until it is
answered, an order always under the same key, whichever process is left to ask."""

import random
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import httpx

from tests.drills.records import Changed, Placed, Records
from tests.drills.roads import AGAIN, Alone, BySocket, Connection, Road, Together
from tests.drills.site import DrillSite

PATIENCE_S = 120
_PAUSE_S = 0.2


class Trader(threading.Thread):
    """One member who places, cancels and reduces orders until told to stop."""

    def __init__(
        self, site: DrillSite, number: int, records: Records, *, seed: str, pause_s: float
    ) -> None:
        super().__init__(name=f"trader{number}", daemon=True)
        self._site = site
        self._number = number
        self._member_number = number % len(site.members)
        self._member = site.members[self._member_number]
        self._connection = Connection(self._member, site.urls, number)
        self._road = self._choose_road()
        self._records = records
        self._chance = random.Random(f"{seed}:{number}")
        self._prefix = f"{seed}-{number}-{time.time_ns() % 10**9}"
        self._pause_s = pause_s
        self._open: list[tuple[str, int]] = []
        self._sent = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(self._pause_s):
            try:
                self._act()
            except Exception as error:  # noqa: BLE001 -- told by the check, with all the others
                self._records.note_surprise(f"{self.name}: {error!r}")

    def _choose_road(self) -> Road:
        roads = (
            Alone(self._connection),
            Together(self._connection),
            BySocket(
                Connection(self._member, self._site.urls, self._number),
                self._site.env["SITE_URL"],
            ),
        )
        return roads[self._number % len(roads)]

    def _act(self) -> None:
        drawn = self._chance.random()
        if drawn < 0.7 or not self._open:
            self._place([self._new_order() for _ in range(self._road.at_once)])
        else:
            order_id, quantity = self._open.pop(self._chance.randrange(len(self._open)))
            self._change(order_id, 0 if drawn < 0.85 or quantity < 2 else quantity - 1)

    def _new_order(self) -> Placed:
        book, chance = self._chance.choice(self._site.books), self._chance
        self._sent += 1
        body = {
            "contract": book.contract,
            "side": chance.choice(("buy", "sell")),
            "price": f"0.{chance.randint(40, 60)}00",
            "quantity": chance.randint(1, 10),
            "time_in_force": "IOC" if chance.random() < 0.1 else "GTC",
            "client_order_id": f"{self._prefix}-{self._sent}",
        }
        placed = Placed(
            member=self._member_number,
            account=self._member.account,
            key=str(body["client_order_id"]),
            body=body,
            market=book.slug,
            sent_at=time.monotonic(),
        )
        self._records.note_placed(placed)
        return placed

    def _place(self, orders: list[Placed]) -> None:
        twin = self._send_twice(orders[0]) if self._chance.random() < 0.05 else None
        insist(self._road, orders, self._records)
        if twin is not None:
            twin.join()
        for placed in orders:
            if placed.open_quantity:
                self._open.append((placed.order_id, int(placed.body["quantity"])))

    def _send_twice(self, placed: Placed) -> threading.Thread:
        """Send the same order at the same time to the other process, as an impatient proxy may."""
        self._records.note_duplicate()
        other = Alone(Connection(self._member, self._site.urls, self._number + 1))
        twin = threading.Thread(target=insist, args=(other, [placed], self._records), daemon=True)
        twin.start()
        return twin

    def _change(self, order_id: str, quantity: int) -> None:
        path = f"/api/v1/orders/{order_id}/"
        method, body = ("PATCH", {"quantity": quantity}) if quantity else ("DELETE", None)
        answer = ask_until_answered(self._connection, method, path, body)
        if answer is None:
            self._records.note_surprise(f"{method} {path}: no answer in {PATIENCE_S} s")
        elif answer.status_code == 200:
            self._records.note_changed(Changed(order_id, quantity))
        elif answer.status_code not in {409, 422}:  # filled or cancelled meanwhile
            self._records.note_surprise(f"{method} {path}: {answer.status_code} {answer.text}")


def insist(road: Road, orders: Sequence[Placed], records: Records) -> None:
    """Send orders until each is decided, always the same; note every answer."""
    deadline, left = time.monotonic() + PATIENCE_S, list(orders)
    while left and time.monotonic() < deadline:
        replies = road.send([placed.body for placed in left])
        for placed, reply in zip(left, replies or [(503, {})] * len(left), strict=True):
            placed.note(*reply)
            if reply[0] not in AGAIN | {201, 409}:
                records.note_surprise(f"order {placed.key}: {reply}")
        if replies is not None:
            left = [
                placed for placed, (status, _) in zip(left, replies, strict=True) if status in AGAIN
            ]
        if left:
            time.sleep(_PAUSE_S)
    for placed in left:
        records.note_surprise(f"order {placed.key}: no answer in {PATIENCE_S} s")


def ask_until_answered(
    connection: Connection, method: str, path: str, body: Any
) -> httpx.Response | None:
    """Ask until an answer is final; None when none was within PATIENCE_S."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = connection.ask(method, path, body)
        if answer is not None and answer.status_code not in AGAIN:
            return answer
        if answer is not None and answer.status_code == 503:
            assert int(answer.headers["Retry-After"]) >= 1
            connection.move()
        time.sleep(_PAUSE_S)
    return None


class Load:
    """So many traders at once, on every road."""

    def __init__(
        self, site: DrillSite, records: Records, *, seed: str, traders: int = 8, pause_s: float = 0
    ) -> None:
        self._traders = [
            Trader(site, number, records, seed=seed, pause_s=pause_s) for number in range(traders)
        ]

    def __enter__(self) -> Self:
        for trader in self._traders:
            trader.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let every request that is on its way be answered."""
        for trader in self._traders:
            trader.stopping.set()
        for trader in self._traders:
            trader.join(2 * PATIENCE_S)
            assert not trader.is_alive(), f"{trader.name} hangs"
