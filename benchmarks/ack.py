"""How long an order takes: from the request to the book's answer, and to the other's socket.

    python -m benchmarks.ack [--url http://localhost:8000] [--orders 500]

Without --url it starts a site of its own (like `make run`) in a temporary folder; with
DATABASE_URL and REDIS_URL the production processes (like `make stack`). One member places
resting orders and the other watches the book; times are those a client sees.
"""

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import websockets

from tests.browser.sites import start_site

PASSWORD = "likely-demo"
QUESTIONS = """event,category,market,rules,closes_at,outcomes
Benchmark,Science,How long does an order take?,As measured.,2035-01-01T00:00:00Z,Yes|No
"""


def log_in(url: str, email: str) -> httpx.Client:
    """Return a client with a member's session."""
    client = httpx.Client(base_url=url, timeout=30)
    client.get("/accounts/login/")
    form = {"login": email, "password": PASSWORD}
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"], "Referer": url}
    assert client.post("/accounts/login/", data=form | token).status_code == 302, "no such member"
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
    client.headers["Referer"] = url
    return client


async def measure(url: str, orders: int) -> dict[str, list[float]]:
    """Place orders one by one; return milliseconds to each answer and to the watcher's socket."""
    client = log_in(url, "alice@example.com")
    slug = "how-long-does-an-order-take"
    contract = client.get(f"/api/v1/markets/{slug}/").json()["contracts"][0]["id"]
    pushed = Pushes()
    times: dict[str, list[float]] = {"answer": [], "push": []}
    feed = f"ws{url[4:]}/ws/v1/"
    async with websockets.connect(feed, subprotocols=["likely.v1.json"]) as watcher:
        await watcher.send(json.dumps({"op": "subscribe", "channel": "book", "market": slug}))
        reading = asyncio.create_task(read_pushes(watcher, pushed))
        for number in range(orders):
            body = {
                "contract": contract,
                "side": "buy",
                "type": "limit",
                "price": f"0.{10 + number % 30}00",
                "quantity": 1,
            }
            started = time.perf_counter()
            answer = await asyncio.to_thread(client.post, "/api/v1/orders/", json=body)
            answered = time.perf_counter()
            answer.raise_for_status()
            times["answer"].append(1_000 * (answered - started))
            seq = answer.json()["market_seq"]
            times["push"].append(1_000 * (await pushed.when(seq) - started))
        reading.cancel()
    return times


class Pushes:
    """When the book's seqs arrived at the watcher."""

    def __init__(self) -> None:
        self.seq = 0
        self.at = 0.0
        self.arrived = asyncio.Condition()

    async def note(self, seq: int) -> None:
        """Note that the book stands at a seq now."""
        async with self.arrived:
            self.seq, self.at = seq, time.perf_counter()
            self.arrived.notify_all()

    async def when(self, seq: int) -> float:
        """Return when the book stood at a seq or beyond it."""
        async with self.arrived:
            await self.arrived.wait_for(lambda: self.seq >= seq)
            return self.at


async def read_pushes(watcher: websockets.ClientConnection, pushed: Pushes) -> None:
    """Note each frame of the book."""
    async for frame in watcher:
        message = json.loads(frame)
        if message.get("channel") == "book":
            await pushed.note(message["seq"])


def report(times: dict[str, list[float]]) -> None:
    """Print one table."""
    print(f"{'from request to':<22}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'n':>7}")
    for name, label in (("answer", "answer (REST)"), ("push", "the other's socket")):
        values = sorted(times[name])
        p50, p99 = values[len(values) // 2], values[int(len(values) * 0.99)]
        print(f"{label:<22}{p50:>9.1f}{p99:>9.1f}{values[-1]:>9.1f}{len(values):>7}")


def main() -> None:
    """Measure a site, one's own unless named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url")
    parser.add_argument("--orders", type=int, default=500)
    options = parser.parse_args()
    with ExitStack() as stack:
        url = options.url
        if url is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            site = stack.enter_context(start_site(folder))
            site.manage("demo")
            (folder / "questions.csv").write_text(QUESTIONS)
            site.manage("import_questions", str(folder / "questions.csv"), "--open")
            url = site.url
        report(asyncio.run(measure(url, options.orders)))


if __name__ == "__main__":
    main()
