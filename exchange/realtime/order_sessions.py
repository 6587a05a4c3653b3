"""Orders that end with their socket: what a client chose, and how the promise is kept here.

The promise itself is kept in the database (exchange/trading/order_sessions), so it holds when this
process dies. Here a socket's silence is noticed, its end is told, and it is said every second that
the process lives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any, Final

import structlog

from core.api.fields import read_id
from core.clock import monotonic_s, now_ms
from exchange.realtime import frames
from exchange.realtime.background import Background
from exchange.realtime.desk import Desk
from exchange.realtime.frame import Frame
from exchange.realtime.limits import CLOSE_SESSION_ENDED
from exchange.realtime.own_thread import OwnThread
from exchange.realtime.requests import SetSession
from exchange.trading.order_sessions import services

log = structlog.get_logger(__name__)
Read = Callable[..., Awaitable[Any]]
Order = tuple[int, int]  # its id and its shard

_RETRY_S: Final = 1.0


class OrderSessions:
    """The sessions of all sockets of this process. Lives on the event loop."""

    def __init__(self, desk: Desk, read: Read, background: Background, beating: OwnThread) -> None:
        self.desk = desk
        self.read = read
        self.background = background
        self._beating = beating
        self._host_id: int | None = None
        self._opening = asyncio.Lock()
        self._live: dict[int, SocketSession] = {}

    async def open(self, session: "SocketSession", account_id: int, user_id: int | None) -> int:
        """Begin a session in the database; return its id."""
        async with self._opening:
            if self._host_id is None:
                self._host_id = await self.read(services.open_host)
            session_id: int = await self.read(
                partial(
                    services.open_session,
                    host_id=self._host_id,
                    account_id=account_id,
                    user_id=user_id,
                )
            )
            self._live[session_id] = session
        return session_id

    async def beat(self) -> None:
        """Say that the process lives; close the sockets whose sessions were ended all the same."""
        host_id = self._host_id
        if host_id is None or await self._beating.run(partial(services.beat, host_id=host_id)):
            return
        log.error("order_sessions_lost", sessions=len(self._live))
        self._host_id = None
        lost, self._live = self._live, {}
        for session in lost.values():
            session.lose()

    def end(self, session_id: int) -> None:
        """Do what a session promised for the end of its socket, as soon as the database can."""
        if self._live.pop(session_id, None) is not None:
            self.background.start(self._end(session_id))

    async def stop(self) -> None:
        """End every session: the process stops."""
        host_id, self._host_id = self._host_id, None
        self._live.clear()
        if host_id is not None:
            await self.desk.after_all_sent(partial(services.close_host, host_id=host_id))

    async def _end(self, session_id: int) -> None:
        end = partial(services.end_connections, session_ids=[session_id])
        while True:
            try:
                await self.desk.after_all_sent(end)
            except Exception as error:  # noqa: BLE001 -- whatever it was, the orders must end
                log.warning("session_not_ended", session=session_id, error=repr(error))
                await asyncio.sleep(_RETRY_S)
            else:
                return


class SocketSession:
    """One socket's choice about its orders. Nothing is written before there is one."""

    def __init__(
        self,
        sessions: OrderSessions,
        *,
        push: Callable[[Frame], None],
        close: Callable[[int], None],
    ) -> None:
        self.cancels_on_disconnect = False
        self.dead_man_ms = 0
        self._sessions = sessions
        self._push = push
        self._close = close
        self._id: int | None = None
        self._is_over = False
        self._heard_at_s = monotonic_s()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def shown_id(self) -> str | None:
        """The session's id as clients know it, None while there is none."""
        return None if self._id is None else str(self._id)

    def heard(self) -> None:
        """Note that the client said something."""
        self._heard_at_s = monotonic_s()
        if self.dead_man_ms and self._timer is None:
            self._arm()

    async def for_orders(
        self, account_id: int, user_id: int | None, *, is_wished: bool
    ) -> int | None:
        """Return the session that orders placed now end with, None where they end with none."""
        if not (is_wished or self.cancels_on_disconnect or self.dead_man_ms):
            return None
        return await self._open(account_id, user_id)

    async def set(
        self, wanted: SetSession, account_id: int, user_id: int | None, placed: Collection[Order]
    ) -> int:
        """Choose; what was placed before is included. Return how many orders were taken over.

        Raises Problem SESSION_ENDED.
        """
        cancels = self.cancels_on_disconnect
        if wanted.cancel_on_disconnect is not None:
            cancels = wanted.cancel_on_disconnect
        dead_man_ms = self.dead_man_ms if wanted.dead_man_ms is None else wanted.dead_man_ms
        session_id = await self._open(account_id, user_id)
        taken: int = await self._sessions.desk.after_all_sent(
            partial(
                services.set_terms,
                session_id=session_id,
                cancels_on_disconnect=cancels,
                dead_man_ms=dead_man_ms,
                placed=placed,
                take_over_id=None if wanted.take_over is None else read_id(wanted.take_over),
            )
        )
        self.cancels_on_disconnect, self.dead_man_ms = cancels, dead_man_ms
        self._arm()
        return taken

    def end(self) -> None:
        """Do what was promised for the end of the socket."""
        self._is_over = True
        self._disarm()
        if self._id is not None:
            self._sessions.end(self._id)

    def lose(self) -> None:
        """Close the socket: its orders were cancelled by others, and its client must know."""
        self._close(CLOSE_SESSION_ENDED)

    async def _open(self, account_id: int, user_id: int | None) -> int:
        if self._id is None:
            self._id = await self._sessions.open(self, account_id, user_id)
            if self._is_over:  # the socket went meanwhile
                self._sessions.end(self._id)
        return self._id

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        self._disarm()
        if self.dead_man_ms and not self._is_over:
            left_s = self._heard_at_s + self.dead_man_ms / 1000 - monotonic_s()
            self._timer = asyncio.get_running_loop().call_later(left_s, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._heard_at_s + self.dead_man_ms / 1000 > monotonic_s():
            self._arm()
        elif self._id is not None:
            self._sessions.background.start(self._fire(self._id, self.dead_man_ms))

    async def _fire(self, session_id: int, dead_man_ms: int) -> None:
        cancel = partial(services.cancel_session_orders, session_id=session_id)
        while True:
            try:
                orders = await self._sessions.desk.after_all_sent(cancel)
            except Exception as error:  # noqa: BLE001 -- whatever it was, the orders must end
                log.warning("dead_man_not_fired", session=session_id, error=repr(error))
                await asyncio.sleep(_RETRY_S)
            else:
                break
        self._push(
            frames.dead_man(
                session=str(session_id), dead_man_ms=dead_man_ms, orders=orders, time_ms=now_ms()
            )
        )
