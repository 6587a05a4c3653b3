"""A line between client and site that fails when it is told to: real bytes, real sockets."""

import asyncio
import signal
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

Fate = Callable[[str], list[str]]
SUBPROTOCOLS = ["likely.v1.json", "likely.v1.proto"]


def heed_interrupts() -> None:
    """Have a child take Ctrl-C although the suite runs in the background, where it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _OnALoop:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.run(self._open())

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def close(self) -> None:
        self.run(self._close())
        self.run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=2)
            for task in left:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Proxy(_OnALoop):
    """Passes bytes on. Of the next `lose` answers the request is passed on, the answer is not.

    `spare` answers come through before those.
    """

    def __init__(self, site: str) -> None:
        self.lose = 0
        self.spare = 0
        self.lost = 0
        self._to = urlsplit(site)
        self._writers: set[asyncio.StreamWriter] = set()
        super().__init__()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        for writer in tuple(self._writers):
            writer.close()

    async def _serve(self, reader, writer) -> None:
        site_reader, site_writer = await asyncio.open_connection("127.0.0.1", self._to.port)
        self._writers |= {writer, site_writer}
        await asyncio.gather(
            self._pass(reader, site_writer, loses=False),
            self._pass(site_reader, writer, loses=True),
            return_exceptions=True,
        )
        self._writers -= {writer, site_writer}

    async def _pass(self, reader, writer, *, loses: bool) -> None:
        try:
            while data := await reader.read(65_536):
                if loses and self.spare:
                    self.spare -= 1
                elif loses and self.lose:
                    self.lose -= 1
                    self.lost += 1
                    break
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


class FrameProxy(_OnALoop):
    """Passes WebSocket messages on; `fate` says what becomes of each of the site's.

    `fate_up` says it of the client's.
    """

    def __init__(self, site: str) -> None:
        self.fate: Fate = lambda text: [text]
        self.fate_up: Fate = lambda text: [text]
        self.connections = 0
        self._to = f"ws://127.0.0.1:{urlsplit(site).port}/ws/v1/"
        self._sockets = set()
        super().__init__()
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection, without a word."""
        self.run(self._cut())

    async def _cut(self) -> None:
        for socket in tuple(self._sockets):
            socket.transport.abort()

    async def _open(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", 0, subprotocols=SUBPROTOCOLS, max_size=None
        )

    async def _close(self) -> None:
        self._server.close()
        await self._cut()

    async def _serve(self, client) -> None:
        self.connections += 1
        key = client.request.headers.get("Authorization")
        headers = {"Authorization": key} if key else {}
        async with connect(
            self._to, subprotocols=[client.subprotocol], additional_headers=headers, max_size=None
        ) as site:
            self._sockets.add(client)
            await asyncio.gather(
                self._up(client, site), self._down(site, client), return_exceptions=True
            )
            self._sockets.discard(client)

    async def _up(self, client, site) -> None:
        try:
            async for text in client:
                for each in self.fate_up(text):
                    await site.send(each)
        except ConnectionClosed:
            pass
        await site.close()

    async def _down(self, site, client) -> None:
        async for text in site:
            for each in self.fate(text):
                await client.send(each)
