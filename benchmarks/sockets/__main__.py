"""Many sockets on one web process: whether each gets every frame in order, and how soon.

    DATABASE_URL=postgres://... REDIS_URL=redis://... python -m benchmarks sockets
        [--sockets 1000] [--rate 10] [--seconds 30] [--server daphne|uvicorn|both]

A whole site is started; orders change one book `rate` times a second, and each socket follows it,
told ten times a second at most. A frame's delay is from the batch's time in the journal, which is
before its COMMIT, to when the client has read it; clients, site and database share the machine.
8,000 sockets are tried with --sockets 8000 --rate 1. uvicorn is not among the requirements:
`.venv/bin/pip install uvicorn` to try it. `both` measures one after the other on the same site, and
prints them side by side.
"""

import argparse
import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import websockets

from benchmarks.load.site import People, make_people, start_stack
from tests.browser.sites import ROOT, Site, free_port

SERVERS = ("daphne", "uvicorn")
FIGURES = (
    "sockets", "changes a second", "frames", "journal to client, p50 / p99", "gaps",
    "snapshots after the first", "without the last change", "memory for each socket",
)  # fmt: skip
CONNECTED_PER_S = 200
WAIT_S = 30.0


@dataclass
class Follower:
    """One socket's view of the book."""

    seq: int | None = None
    arrived: dict[int, float] = field(default_factory=dict)
    gaps: int = 0
    snapshots: int = 0

    def take(self, text: str | bytes) -> None:
        """Take a frame in, and when it came."""
        frame = msgspec.json.decode(text)
        if frame.get("channel") != "book":
            return
        if frame["type"] == "snapshot":
            self.snapshots += 1
        elif frame["prev_seq"] != self.seq:
            self.gaps += 1
        self.seq = frame["seq"]
        self.arrived[frame["seq"]] = time.time()


@contextmanager
def web_process(site: Site, server: str) -> Iterator[str]:
    """Yield the address of a web process of its own, beside the site's."""
    port = free_port()
    command = {
        "daphne": ["manage.py", "web", "--port", str(port)],
        "uvicorn": ["-m", "uvicorn", "config.asgi:application", "--port", str(port),
                    "--log-level", "warning", "--lifespan", "off"],
    }[server]  # fmt: skip
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=site.env)
    try:
        wait_for_port(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for_port(port: int) -> None:
    """Return once somebody listens."""
    deadline_s = time.monotonic() + 120
    while time.monotonic() < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    sys.exit(f"Nobody listens at {port}.")


def rss_kb(address: str) -> int:
    """Return the memory of the process that listens at an address."""
    port = address.rpartition(":")[2]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().split("\0")
            if port in words:
                return int((process / "statm").read_text().split()[1]) * 4
        except OSError:
            continue
    return 0


async def change_book(site: Site, people: People, rate: float, seconds: float) -> dict[int, float]:
    """Place orders at a rate; return each batch's time by the seq of the market after it."""
    host = urlsplit(site.url).netloc
    cookie = people.cookies[0]
    csrf = next(part[10:] for part in cookie.split("; ") if part.startswith("csrftoken="))
    headers = {"Cookie": cookie, "X-CSRFToken": csrf, "Origin": site.url, "Host": host}
    made: dict[int, float] = {}
    async with httpx.AsyncClient(base_url=site.url, headers=headers) as client:
        for number in range(int(rate * seconds)):
            started = time.monotonic()
            price = f"0.{10 + number % 30}"
            order = {"contract": people.contracts[0], "side": "buy", "price": price, "quantity": 1}
            answer = await client.post("/api/v1/orders/", json=order, timeout=WAIT_S)
            body = answer.raise_for_status().json()
            made[body["market_seq"]] = datetime.fromisoformat(body["journaled_at"]).timestamp()
            await asyncio.sleep(max(0.0, started + 1 / rate - time.monotonic()))
    return made


async def measure(
    site: Site, people: People, address: str, options: argparse.Namespace
) -> list[str]:
    """Connect, change the book, and return what came of it: the figures of FIGURES."""
    followers = [Follower() for _ in range(options.sockets)]
    before_kb = rss_kb(address)
    async with AsyncExitStack() as stack:
        for number, follower in enumerate(followers):
            if number % CONNECTED_PER_S == CONNECTED_PER_S - 1:
                await asyncio.sleep(1)
            ws = await stack.enter_async_context(
                websockets.connect(f"ws://{address}/ws/v1/", compression=None, open_timeout=60)
            )
            ask = {"id": 1, "op": "subscribe", "channel": "book", "market": people.slugs[0]}
            await ws.send(msgspec.json.encode(ask).decode())
            task = asyncio.create_task(read(ws, follower))
            stack.callback(task.cancel)
        after_kb = rss_kb(address)
        made = await change_book(site, people, options.rate, options.seconds)
        await until_told(followers, max(made))
    return figures(options, followers, made, (after_kb - before_kb) / options.sockets)


async def read(ws: websockets.ClientConnection, follower: Follower) -> None:
    """Hand each frame to its follower."""
    async for text in ws:
        follower.take(text)


async def until_told(followers: list[Follower], seq: int) -> None:
    """Return when everybody has seen the last change, at most some time later."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        if all((follower.seq or 0) >= seq for follower in followers):
            return
        await asyncio.sleep(0.1)


def figures(
    options: argparse.Namespace, followers: list[Follower], made: dict[int, float], each_kb: float
) -> list[str]:
    """Return what FIGURES names."""
    delays = sorted(
        1000 * (came - made[seq])
        for follower in followers
        for seq, came in follower.arrived.items()
        if seq in made
    ) or [0.0]
    behind = sum((follower.seq or 0) < max(made) for follower in followers)
    at = [delays[min(len(delays) - 1, int(len(delays) * part))] for part in (0.5, 0.99)]
    return [
        str(options.sockets),
        f"{options.rate:g}",
        str(len(delays)),
        f"{at[0]:.0f} / {at[1]:.0f} ms",
        str(sum(follower.gaps for follower in followers)),
        str(sum(one.snapshots - 1 for one in followers)),
        str(behind),
        f"{each_kb:.0f} kB",
    ]


def main() -> None:
    """Start a site and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sockets", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--server", choices=(*SERVERS, "both"), default="daphne")
    options = parser.parse_args()
    servers = SERVERS if options.server == "both" else (options.server,)
    with tempfile.TemporaryDirectory() as folder, start_stack(Path(folder)) as site:
        people = make_people(site, bots=2, markets=1)
        columns = []
        for server in servers:
            with web_process(site, server) as address:
                columns.append(asyncio.run(measure(site, people, address, options)))
    print(f"{'':32}", *(f"{server:>16}" for server in servers))
    for name, *values in zip(FIGURES, *columns, strict=True):
        print(f"{name:32}", *(f"{value:>16}" for value in values))


if __name__ == "__main__":
    main()
