"""A web process of its own, as in production, and what a client asks of it."""

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import websockets

from exchange.trading.channels import market_group
from tests.running import ROOT, environment


def free_port():
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Server:
    """A server process and the way to let it hear of batches."""

    def __init__(self, log, **more):
        self.port = free_port()
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.realtime.live_server", str(self.port)],
            cwd=ROOT,
            env=environment(SITE_URL=f"http://127.0.0.1:{self.port}", **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log.open("w"),
            text=True,
        )
        assert self.process.stdout.readline() == "ready\n"

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def connect(self, path="/ws/v1/", **more):
        return websockets.connect(f"ws://127.0.0.1:{self.port}{path}", **more)

    def narrow_socket(self):
        """A connection whose kernel takes little ahead of what the client reads."""
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        narrow.connect(("127.0.0.1", self.port))
        narrow.setblocking(False)
        return narrow

    def tell(self, *batches):
        group = market_group(batches[0]["market"])
        self.process.stdin.write(json.dumps({"group": group, "messages": batches}) + "\n")
        self.process.stdin.flush()

    def rss_mb(self):
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * 4096 / 1e6

    def has_logged(self, event):
        return event in self.log.read_text()


async def ask(client, **request):
    await client.send(json.dumps({"id": "q", **request}))
    while "ok" not in (message := json.loads(await asyncio.wait_for(client.recv(), 5))):
        pass
    return message
