"""ASGI middleware, testable without a server."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from core.errors import Code, Problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class BodyTooLargeError(Exception):
    """More came than was announced or allowed."""


class BodyLimit:
    """Answer 413 to a request body above settings.REQUEST_BODY_BYTES_MAX.

    By Content-Length before a byte is read, and by counting where none is sent or it lies.
    """

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif _announced_bytes(scope) > settings.REQUEST_BODY_BYTES_MAX:
            await _refuse(scope, send)
        else:
            await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        received_bytes = 0
        started = False

        async def counted_receive() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > settings.REQUEST_BODY_BYTES_MAX:
                raise BodyTooLargeError
            return message

        async def noted_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted_receive, noted_send)
        except BodyTooLargeError:
            if started:  # the answer is on its way: only cutting it off is left
                raise
            await _refuse(scope, send)


def _announced_bytes(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name.lower() == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _refuse(scope: Scope, send: Send) -> None:
    limit = settings.REQUEST_BODY_BYTES_MAX
    problem = Problem(
        Code.BODY_TOO_LARGE, f"A request may have {limit} bytes at most.", limit=limit
    )
    body = json.dumps(problem.as_body(scope["path"])).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
