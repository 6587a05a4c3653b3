"""One WebSocket to the live feed that comes back by itself, shared by all who follow something."""

import asyncio
import itertools
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from likely_client._followers import Follower, Frame
from likely_client._pacing import Pace
from likely_client._retry import Backoff
from likely_client._subscriptions import Subscriptions
from likely_client._wires import Wire, format_of
from likely_client.errors import (
    ConnectionLostError,
    LikelyError,
    NotAuthenticatedError,
    ProblemError,
    problem_error,
)

log = logging.getLogger("likely_client")
SILENCE_S_MAX: Final = 15.0  # three heartbeats
_STEADY_S: Final = 5.0
_REFUSED: Final = frozenset({401, 403})


class Connection:
    """Sends requests and matches their answers; keeps subscriptions over reconnects."""

    def __init__(
        self, site: str, key: str | None, *, timeout_s: float, wire: Wire = "json"
    ) -> None:
        self.timeout_s = timeout_s
        self._format = format_of(wire)
        self.reconnects = -1
        self._url = f"ws{site.removeprefix('http').rstrip('/')}/ws/v1/"
        self._headers = {"Authorization": f"Token {key}"} if key else {}
        self._backoff = Backoff()
        self._pace = Pace(per_s=40, burst=60)
        self._ids = itertools.count(1)
        self._pending: dict[str, asyncio.Future[Frame]] = {}
        self._subscriptions = Subscriptions(is_open=lambda: self.is_open, ask_again=self.ask_again)
        self._opened = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._error: LikelyError | None = None
        self._running: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.settings: dict[str, Any] = {}
        self._session_id: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a connection right now."""
        return self._opened.is_set()

    async def request(
        self, op: str, members: Mapping[str, Any], *, timeout_s: float | None = None
    ) -> Frame:
        """Send a request and return what it is answered with.

        Raises ProblemError for a refusal; ConnectionLostError where no answer came, so that
        nobody knows whether it was carried out.
        """
        self._start()
        try:
            async with asyncio.timeout(self.timeout_s if timeout_s is None else timeout_s):
                await self._until_open()
                return await self._exchange(op, members)
        except TimeoutError:
            raise ConnectionLostError(f"{self._url} did not answer {op} in time") from None

    async def follow(self, follower: Follower) -> None:
        """Subscribe. Raises ProblemError where that is refused."""
        # Who is subscribed already only lacks the state: it is sent to all, who know it.
        op = "subscribe" if self._subscriptions.add(follower) else "snapshot"
        try:
            await self.request(op, follower.members)
        except BaseException:
            self._subscriptions.remove(follower)
            raise

    def unfollow(self, follower: Follower) -> None:
        """Stop; the last one of a channel unsubscribes."""
        if self._subscriptions.remove(follower) and self.is_open:
            self.later(self._quietly("unsubscribe", follower.members))

    def ask_again(self, follower: Follower) -> None:
        """Ask for the whole state of what somebody follows."""
        self.later(self._quietly("snapshot", follower.members))

    async def configure(self, **settings: Any) -> None:
        """Choose the session's settings, now and after every reconnect."""
        self._session_id = _session_of(await self.request("session.set", settings))
        self.settings |= settings

    async def close(self) -> None:
        """Close the connection for good."""
        tasks = [task for task in (self._running, *self._tasks) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lose(ConnectionLostError("the client is closed"), for_good=True)

    def _start(self) -> None:
        if self._error is not None:
            raise self._error
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    async def _until_open(self) -> None:
        while not self._opened.is_set():
            if self._error is not None:
                raise self._error
            await self._opened.wait()

    async def _exchange(self, op: str, members: Mapping[str, Any]) -> Frame:
        await self._pace.take()
        number = str(next(self._ids))
        answer = self._pending[number] = asyncio.get_running_loop().create_future()
        try:
            await self._send({"id": number, "op": op, **members})
            frame: Frame = await answer
        finally:
            self._pending.pop(number, None)
        if frame.get("ok"):
            return frame
        error = frame["error"]
        raise problem_error(
            error, status=int(error.get("status", 400)), retry_after_s=error.get("retry_after")
        )

    async def _send(self, message: Mapping[str, Any]) -> None:
        data = self._format.encode(message)
        if self._socket is None:
            raise ConnectionLostError("the connection is lost")
        try:
            await self._socket.send(data)
        except ConnectionClosed as error:
            raise ConnectionLostError("the connection is lost") from error

    async def _run(self) -> None:
        attempt = 0
        loop = asyncio.get_running_loop()
        while self._error is None:
            opened_at = loop.time()
            try:
                await self._live()
            except InvalidStatus as error:
                if error.response.status_code in _REFUSED:
                    self._lose(_not_let_in(error), for_good=True)
                    return
                log.warning("the live feed answers %s", error)
            except (OSError, ConnectionClosed, InvalidHandshake, TimeoutError) as error:
                log.info("the live feed is lost: %s", error or type(error).__name__)
            self._lose(ConnectionLostError("the connection is lost"), for_good=False)
            attempt = 0 if loop.time() - opened_at > _STEADY_S else attempt + 1
            await asyncio.sleep(self._backoff.wait_s(attempt))

    async def _live(self) -> None:
        async with connect(
            self._url,
            subprotocols=[self._format.subprotocol],  # type: ignore[list-item]  # a NewType of str
            additional_headers=self._headers,
            max_size=None,
            open_timeout=10,
            close_timeout=1,
        ) as socket:
            self._socket = socket
            self.reconnects += 1
            self._opened.set()
            if self.reconnects:
                self.later(self._resume())
            while True:
                async with asyncio.timeout(SILENCE_S_MAX):
                    data = await socket.recv()
                self._receive(self._format.decode(data))

    async def _resume(self) -> None:
        """Subscribe again to everything, from where each has come."""
        socket = self._socket
        if self.settings:
            await self._renew_session()
        for members, followers in self._subscriptions.to_resume():
            if not await self._quietly("subscribe", members, followers):
                # Nothing would ever be heard of it. Where the line itself is gone, all begins anew.
                if socket is not None and socket is self._socket:
                    await socket.close()
                return

    async def _renew_session(self) -> None:
        """Choose the settings anew, and take over the orders of the session that was lost."""
        taken_over = {} if self._session_id is None else {"take_over": self._session_id}
        for more in (taken_over, {}):
            try:
                frame = await self.request("session.set", {**self.settings, **more})
            except ProblemError as error:  # too late: its orders are cancelled
                log.warning("session.set was refused: %s", error)
            except LikelyError:
                return  # it is done again when the connection is back
            else:
                self._session_id = _session_of(frame)
                return

    async def _quietly(
        self, op: str, members: Mapping[str, Any], followers: Sequence[Follower] = ()
    ) -> bool:
        """Send what nobody waits for; say whether it was answered.

        A lost connection is made up for when it is back.
        """
        try:
            await self.request(op, members)
        except ProblemError as error:
            log.warning("%s of %s was refused: %s", op, dict(members), error)
            for follower in tuple(followers):
                follower.end(error)
        except LikelyError as error:
            log.info("%s of %s was lost: %s", op, dict(members), error)
            return False
        return True

    def _receive(self, frame: Frame) -> None:
        if "ok" in frame:
            answer = self._pending.get(str(frame.get("id")))
            if answer is not None and not answer.done():
                answer.set_result(frame)
        elif frame.get("type") in {"heartbeat", "lag"}:
            self._subscriptions.hear(frame)
        elif "channel" not in frame:
            log.warning("the exchange says: %s", frame)  # the dead man's switch has fired, say
        else:
            self._subscriptions.take(frame)

    def _lose(self, error: LikelyError, *, for_good: bool) -> None:
        """Tell everybody who waits that the connection is gone."""
        self._socket = None
        self._opened.clear()
        if for_good:
            self._error = error
            self._opened.set()  # wakes who waits for it, to be told
            self._opened = asyncio.Event()
        pending, self._pending = self._pending, {}
        for answer in pending.values():
            if not answer.done():
                answer.set_exception(error)
        self._subscriptions.lose(error if for_good else None)

    def later(self, work: Any) -> None:
        """Have work done in the background, until the connection is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _session_of(frame: Frame) -> str | None:
    session = frame.get("session") or {}
    return None if session.get("id") is None else str(session["id"])


def _not_let_in(error: InvalidStatus) -> LikelyError:
    status = error.response.status_code
    return NotAuthenticatedError(
        {
            "code": "not_authenticated",
            "detail": "The live feed does not let this key in.",
            "hint": "Make a key with the scopes read and trade, at Settings, API keys.",
        },
        status=status,
    )
