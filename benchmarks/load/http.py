"""A client that costs next to nothing: HTTP/1.1 on one kept connection, bodies ready-made."""

import asyncio
from urllib.parse import urlsplit

from benchmarks.load.people import CSRF


class Connection:
    """One bot's connection to the API; one request at a time."""

    def __init__(self, url: str, cookie: str) -> None:
        self.address = urlsplit(url)
        self._head = (
            f"Host: {self.address.netloc}\r\nCookie: {cookie}\r\nX-CSRFToken: {CSRF}\r\n"
            "Accept: application/json\r\nContent-Type: application/json\r\n"
        )
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Send a body; return the answer's status and body."""
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                self.address.hostname, self.address.port, limit=2**22
            )
        head = f"POST {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        headers = answer.decode("latin-1").lower()
        length = int(headers.partition("content-length:")[2].partition("\r\n")[0])
        content = await self._reader.readexactly(length)
        if "connection: close" in headers:
            self._reader = self._writer = None
        return int(answer[9:12]), content
