"""Orders by the batch API: bots that send one batch after the other, and see every answer."""

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.load.http import Connection
from benchmarks.load.site import People

PATH = "/api/v1/orders/batch/"


@dataclass(slots=True)
class Answers:
    """What the site said to the orders, and how long it took to say it."""

    accepted: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    times_ms: list[float] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)

    def take(self, content: bytes, took_ms: float) -> None:
        """Count what a batch was answered."""
        self.times_ms.append(took_ms)
        for result in json.loads(content)["results"]:
            body = result["body"]
            if result["status"] == 201:
                self.accepted += 1
                slug, seq = body["market"], body["market_seq"]
                self.seqs[slug] = max(seq, self.seqs.get(slug, 0))
            else:
                code = str(body.get("code", body.get("status")))
                self.refused[code] = self.refused.get(code, 0) + 1


def make_batches(people: People, *, bot: int, orders: int, size: int) -> Iterator[bytes]:
    """Yield the bodies of one bot's batches; the first half of the bots buys, the others sell.

    Bids and asks overlap by half of their range, as in `benchmarks.stream`: about as many rest
    as meet another.
    """
    chance = random.Random(bot)  # noqa: S311 -- the same flow each time is the point
    side, lowest = ("buy", 40) if bot % 2 else ("sell", 45)
    for start in range(0, orders, size):
        contract = chance.choice(people.contracts)
        batch = [
            {
                "contract": contract,
                "side": side,
                "price": f"0.{lowest + chance.randrange(10)}00",
                "quantity": chance.randint(1, 20),
            }
            for _ in range(min(size, orders - start))
        ]
        yield json.dumps({"orders": batch}).encode()


async def send_batches(url: str, cookie: str, bodies: Sequence[bytes], answers: Answers) -> None:
    """Send one bot's batches, one after the other."""
    connection = Connection(url, cookie)
    for body in bodies:
        started = time.perf_counter()
        status, content = await connection.post(PATH, body)
        assert status == 200, content
        answers.take(content, 1_000 * (time.perf_counter() - started))
        await asyncio.sleep(0)
