"""The way into the live feed: origin, key or session, address, consumer."""

from typing import Any

from channels.routing import URLRouter
from django.db import Error as DatabaseError
from django.urls import path, re_path
from rest_framework.exceptions import AuthenticationFailed

from core.errors import Problem
from exchange.realtime import origins, sessions
from exchange.realtime.consumer import FeedConsumer
from exchange.realtime.hub import get_hub
from exchange.realtime.limits import CLOSE_POLICY


async def _refuse(_: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.close", "code": CLOSE_POLICY})


_router = URLRouter([path("ws/v1/", FeedConsumer.as_asgi()), re_path("", _refuse)])  # type: ignore[arg-type]


async def websocket_application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Let a socket in, or refuse the handshake (403) without a word."""
    headers = scope.get("headers", [])
    session_key = sessions.session_key_of(headers)
    if not origins.is_origin_allowed(headers, has_session=bool(session_key)):
        await _refuse(scope, receive, send)
        return
    try:
        visitor = await _visitor(headers, session_key, sessions.address_of(scope))
    except (DatabaseError, AuthenticationFailed, Problem):
        await _refuse(scope, receive, send)
        return
    await _router({**scope, "visitor": visitor}, receive, send)


async def _visitor(headers: sessions.Headers, session_key: str, address: str) -> sessions.Visitor:
    """Return who opens a socket: by the key of its handshake, else by its session."""
    authorization = sessions.header_of(headers, b"authorization")
    if authorization:
        visitor: sessions.Visitor | None = await get_hub().read(
            sessions.read_key_visitor, authorization, address
        )
        if visitor is not None:
            return visitor
    if session_key:
        found: sessions.Visitor = await get_hub().read(sessions.read_visitor, session_key)
        return found
    return sessions.ANONYMOUS
