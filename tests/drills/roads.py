"""The ways on which an order can be sent: alone, many in one request, by WebSocket."""

import json
from collections.abc import Sequence
from typing import Any, Final, Protocol

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.drills.site import Member

REQUEST_LIMIT_S: Final = 12
# Statuses after which a careful program asks again, as the site tells it to.
AGAIN: Final = frozenset({202, 429, 502, 503, 504})
Reply = tuple[int, dict[str, Any]]  # as if the order had been sent alone
_CSRF = "c" * 32


class Connection:
    """A member's requests to whichever web process answers."""

    def __init__(self, member: Member, urls: Sequence[str], first: int = 0) -> None:
        self.member = member
        self._urls = urls
        self._turn = first
        self._client: httpx.Client | None = None

    @property
    def url(self) -> str:
        """Where the next request goes."""
        return self._urls[self._turn % len(self._urls)]

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response | None:
        """Send a request; None when no answer came, and then the next goes to another process."""
        try:
            return self._open().request(method, path, json=body)
        except httpx.TransportError:
            self.move()
            return None

    def move(self) -> None:
        """Turn to the next process."""
        self._turn += 1
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                base_url=self.url,
                timeout=REQUEST_LIMIT_S,
                cookies={"session": self.member.session, "csrftoken": _CSRF},
                headers={"X-CSRFToken": _CSRF},
            )
        return self._client


class Road(Protocol):
    """A way to send orders; how many go at once depends on it."""

    at_once: int

    def send(self, orders: Sequence[dict[str, Any]]) -> list[Reply] | None:
        """Send orders and return the reply to each; None where none came."""


class Alone:
    """One order a request."""

    at_once = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, orders: Sequence[dict[str, Any]]) -> list[Reply] | None:
        [order] = orders
        answer = self._connection.ask("POST", "/api/v1/orders/", order)
        return None if answer is None else [_reply(self._connection, answer)]


class Together:
    """Several orders a request."""

    at_once = 5

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def send(self, orders: Sequence[dict[str, Any]]) -> list[Reply] | None:
        answer = self._connection.ask("POST", "/api/v1/orders/batch/", {"orders": list(orders)})
        if answer is None:
            return None
        if answer.status_code != 200:
            return [_reply(self._connection, answer)] * len(orders)
        return [(one["status"], one["body"]) for one in answer.json()["results"]]


class BySocket:
    """Several orders in flight on one socket, which is opened again when it closes."""

    at_once = 5

    def __init__(self, connection: Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin
        self._socket: ClientConnection | None = None

    def send(self, orders: Sequence[dict[str, Any]]) -> list[Reply] | None:
        try:
            socket = self._open()
            for number, order in enumerate(orders):
                socket.send(json.dumps({"op": "order.place", "id": number} | order))
            replies = self._receive(socket, len(orders))
        except (OSError, WebSocketException, TimeoutError):
            self._close()
            return None
        if any(status == 503 for status, _ in replies):
            self._close()
        return replies

    def _receive(self, socket: ClientConnection, count: int) -> list[Reply]:
        replies: dict[int, Reply] = {}
        while len(replies) < count:
            said = json.loads(socket.recv(timeout=REQUEST_LIMIT_S))
            if "ok" in said:
                error = said.get("error")
                reply = (error["status"], error) if error else (said["status"], said["order"])
                replies[said["id"]] = reply
        return [replies[number] for number in range(count)]

    def _open(self) -> ClientConnection:
        if self._socket is None:
            self._socket = connect(
                f"ws{self._connection.url[4:]}/ws/v1/",
                origin=self._origin,
                additional_headers={"Cookie": f"session={self._connection.member.session}"},
                open_timeout=REQUEST_LIMIT_S,
                close_timeout=1,
                legacy=True,  # opened here, closed elsewhere
                ping_interval=None,  # nobody reads between two requests
            )
        return self._socket

    def _close(self) -> None:
        self._connection.move()
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _reply(connection: Connection, answer: httpx.Response) -> Reply:
    if answer.status_code == 503:
        connection.move()
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, {"text": answer.text[:500]}
