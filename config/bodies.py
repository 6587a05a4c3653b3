"""A request body is refused as soon as it is known to be too long, before it is kept anywhere.

daphne reads a whole body before the application hears of the request, so the application's own
limit cannot protect the memory.
"""

import json
from typing import Any, Final

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings
from twisted.internet import reactor

from core.errors import Code, Problem

# How long a refused client may go on sending before it is cut off; closing at once would reset
# the connection and lose the answer on its way.
_LINGER_S: Final = 5.0


class LimitedRequest(WebRequest):
    """A request whose body has at most REQUEST_BODY_BYTES_MAX bytes."""

    _received = 0
    _is_refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Twisted would parse forms on the event loop, for nobody: Django does it in its thread.
        self._parsePOSTFormSubmission = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 -- Twisted's name
        super().gotLength(0 if length and length > settings.REQUEST_BODY_BYTES_MAX else length)
        self._count(length or 0)
        self._received = 0

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 -- Twisted's name
        self._count(len(data))
        if not self._is_refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        if not self._is_refused:
            return super().process()
        return None

    def _count(self, more: int) -> None:
        self._received += more
        if self._received > settings.REQUEST_BODY_BYTES_MAX and not self._is_refused:
            self._is_refused = True
            self._refuse()

    def _refuse(self) -> None:
        problem = Problem(Code.BODY_TOO_LARGE, limit=settings.REQUEST_BODY_BYTES_MAX)
        path = self.channel._path.decode("latin-1").partition("?")[0]  # noqa: SLF001 -- not ours yet
        body = json.dumps(problem.as_body(path)).encode()
        transport = self.channel.transport
        transport.write(
            b"HTTP/1.1 413 Content Too Large\r\n"
            b"Content-Type: application/problem+json\r\n"
            b"Connection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        transport.loseWriteConnection()
        reactor.callLater(_LINGER_S, transport.abortConnection)


class LimitedHTTPFactory(HTTPFactory):
    """Makes requests with limits, and drops connections that send nothing for a while."""

    def __init__(self, server: Any, *, idle_s: float) -> None:
        super().__init__(server)
        self.timeOut = idle_s

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 -- Twisted's name
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = LimitedRequest
        return protocol
