"""Members who trade through the storm, as a careful program would: each request until it is
answered, an order always under the same key, whichever process is left to ask."""

import random
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

import httpx

from tests.drills.records import Changed, Placed, Records
from tests.drills.site import Book, DrillSite, Member

PATIENCE_S = 120
REQUEST_LIMIT_S = 12
_CSRF = "c" * 32
# Statuses after which a careful program asks again, as the site tells it to.
_AGAIN = {202, 429, 502, 503, 504}


class Connection:
    """A member's requests to whichever web process answers."""

    def __init__(self, member: Member, urls: Sequence[str], first: int = 0) -> None:
        self._member = member
        self._urls = urls
        self._turn = first
        self._client: httpx.Client | None = None

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response | None:
        """Send a request; None when no answer came, and then the next goes to another process."""
        try:
            return self._open().request(method, path, json=body)
        except httpx.TransportError:
            self.move()
            return None

    def move(self) -> None:
        """Turn to the next process."""
        self._turn += 1
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                base_url=self._urls[self._turn % len(self._urls)],
                timeout=REQUEST_LIMIT_S,
                cookies={"session": self._member.session, "csrftoken": _CSRF},
                headers={"X-CSRFToken": _CSRF},
            )
        return self._client


class Trader(threading.Thread):
    """One member who places, cancels and reduces orders until told to stop."""

    def __init__(
        self, site: DrillSite, number: int, records: Records, *, seed: str, pause_s: float
    ) -> None:
        super().__init__(name=f"trader{number}", daemon=True)
        self._member_number = number % len(site.members)
        self._member = site.members[self._member_number]
        self._books: list[Book] = site.books
        self._urls = site.urls
        self._connection = Connection(self._member, site.urls, number)
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

    def _act(self) -> None:
        drawn = self._chance.random()
        if drawn < 0.7 or not self._open:
            self._place()
        else:
            order_id, quantity = self._open.pop(self._chance.randrange(len(self._open)))
            self._change(order_id, 0 if drawn < 0.85 or quantity < 2 else quantity - 1)

    def _place(self) -> None:
        book, chance = self._chance.choice(self._books), self._chance
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
        twin = self._send_twice(placed) if chance.random() < 0.05 else None
        answer = insist(self._connection, placed, self._records)
        if twin is not None:
            twin.join()
        if answer is not None and answer.status_code == 201 and answer.json()["open_quantity"]:
            self._open.append((answer.json()["id"], int(body["quantity"])))

    def _send_twice(self, placed: Placed) -> threading.Thread:
        """Send the same order at the same time to the other process, as an impatient proxy may."""
        self._records.note_duplicate()
        other = Connection(self._member, self._urls, self._member_number + 1)
        twin = threading.Thread(target=insist, args=(other, placed, self._records), daemon=True)
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


def insist(connection: Connection, placed: Placed, records: Records) -> httpx.Response | None:
    """Send an order until it is decided, always the same; note every answer."""

    def note(answer: httpx.Response | None) -> None:
        placed.tries += 1
        if answer is not None and answer.status_code in {201, 202, 409}:
            body = answer.json()
            placed.answers.append((answer.status_code, body.get("id") or body["order"]))
            placed.answered_at = placed.answered_at or time.monotonic()

    answer = ask_until_answered(connection, "POST", "/api/v1/orders/", placed.body, note)
    if answer is None:
        records.note_surprise(f"order {placed.key}: no answer in {PATIENCE_S} s")
    elif answer.status_code not in {201, 409}:
        records.note_surprise(f"order {placed.key}: {answer.status_code} {answer.text}")
    return answer


def ask_until_answered(
    connection: Connection, method: str, path: str, body: Any, note: Any = lambda _: None
) -> httpx.Response | None:
    """Ask until an answer is final; None when none was within PATIENCE_S. `note` hears of each."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = connection.ask(method, path, body)
        note(answer)
        if answer is not None and answer.status_code not in _AGAIN:
            return answer
        if answer is not None and answer.status_code == 503:
            connection.move()
        time.sleep(0.1 if answer is None else min(1.0, float(answer.headers["Retry-After"])))
    return None


class Load:
    """So many traders at once."""

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
