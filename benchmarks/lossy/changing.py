"""Changing one book through the site, as fast as is wanted or can be."""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from benchmarks.load.people import CSRF
from benchmarks.load.site import People
from tests.browser.sites import Site

_ROUND_S: Final = 0.1
_CREATED: Final = 201


@dataclass(slots=True)
class Changes:
    """How many orders were taken, and for how long."""

    orders: int = 0
    seconds: float = 0.0
    seq: int = 0
    is_over: bool = False

    @property
    def per_s(self) -> float:
        """How many changes a second it came to."""
        return self.orders / self.seconds if self.seconds else 0.0


async def change_book(site: Site, people: People, *, rate: float, seconds: float) -> Changes:
    """Have one member buy and another sell at the same prices, so that the book stays small."""
    changes = Changes()
    started = time.monotonic()
    count = max(1, int(rate / 2 * _ROUND_S))
    rounds = (_trade(site, people, side, count, changes) for side in (0, 1))
    trading = [asyncio.create_task(one) for one in rounds]
    done, _ = await asyncio.wait(trading, timeout=seconds)
    for one in done:
        one.result()
    changes.is_over = True
    await asyncio.gather(*trading)
    changes.seconds = time.monotonic() - started
    return changes


async def _trade(site: Site, people: People, side: int, count: int, changes: Changes) -> None:
    chance = random.Random(side)  # noqa: S311 -- the same orders each time is the point
    headers = {
        "Cookie": people.cookies[side], "X-CSRFToken": CSRF, "Origin": site.url,
        "Host": urlsplit(site.url).netloc,
    }  # fmt: skip
    async with httpx.AsyncClient(base_url=site.url, headers=headers, timeout=30) as client:
        due_s = time.monotonic()
        while not changes.is_over:
            orders = [_order(people, side, chance) for _ in range(count)]
            answer = await client.post("/api/v1/orders/batch/", json={"orders": orders})
            for one in answer.raise_for_status().json()["results"]:
                changes.orders += one["status"] == _CREATED
                changes.seq = max(changes.seq, one["body"].get("market_seq") or 0)
            due_s += _ROUND_S  # whoever was late catches up
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))


def _order(people: People, side: int, chance: random.Random) -> dict[str, Any]:
    return {
        "contract": people.contracts[0],
        "side": ("buy", "sell")[side],
        "price": f"0.{40 + chance.randrange(20)}",
        "quantity": chance.randint(1, 9),
    }
