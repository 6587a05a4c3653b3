"""Orders one by one over sockets, at a rate: how long each takes to be acknowledged."""

import asyncio
import json
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import websockets

from benchmarks.load.site import People

SOCKETS = 20


@dataclass(slots=True)
class Acks:
    """When each order was due to be sent, and what came back."""

    orders: int
    due_s: dict[int, float] = field(default_factory=dict)
    times_ms: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    whole: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, text: str | bytes) -> None:
        """Note a reply; other frames are nothing."""
        message = json.loads(text)
        if "ok" not in message:
            return
        self.times_ms.append(1_000 * (time.perf_counter() - self.due_s.pop(message["id"])))
        if not message["ok"] or message["status"] != 201:
            code = str(message.get("error", {}).get("code", "pending"))
            self.refused[code] = self.refused.get(code, 0) + 1
        if len(self.times_ms) == self.orders:
            self.whole.set()


async def send_singles(url: str, people: People, *, orders: int, per_s: float) -> Acks:
    """Send orders at a rate over sockets in turn, whether or not those before are answered.

    An order's time counts from when it was due, so a sender that falls behind hides nothing.
    """
    acks = Acks(orders)
    async with AsyncExitStack() as closing:
        sockets = []
        for number in range(SOCKETS):
            headers = {"Cookie": people.cookies[number % len(people.cookies)], "Origin": url}
            socket = await closing.enter_async_context(
                websockets.connect(f"ws{url[4:]}/ws/v1/", additional_headers=headers)
            )
            sockets.append(socket)
            reading = asyncio.create_task(_read(socket, acks))
            closing.callback(reading.cancel)
        await _send(sockets, people, acks, orders=orders, per_s=per_s)
        async with asyncio.timeout(10):  # after which an order has not been answered at all
            await acks.whole.wait()
    return acks


async def _send(
    sockets: list[websockets.ClientConnection],
    people: People,
    acks: Acks,
    *,
    orders: int,
    per_s: float,
) -> None:
    chance = random.Random(3)  # noqa: S311 -- the same flow each time is the point
    started = time.perf_counter()
    for number in range(orders):
        due_s = started + number / per_s
        if (wait_s := due_s - time.perf_counter()) > 0:
            await asyncio.sleep(wait_s)
        side, lowest = ("buy", 40) if number % 2 else ("sell", 45)
        acks.due_s[number] = due_s
        order = {
            "id": number,
            "op": "order.place",
            "contract": chance.choice(people.contracts),
            "side": side,
            "price": f"0.{lowest + chance.randrange(10)}00",
            "quantity": chance.randint(1, 20),
        }
        await sockets[number % SOCKETS].send(json.dumps(order))


async def _read(socket: websockets.ClientConnection, acks: Acks) -> None:
    async for text in socket:
        acks.take(text)
