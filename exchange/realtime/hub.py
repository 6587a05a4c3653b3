"""The hub: the one part of a web process that listens to the exchange, for all its sockets.

It lives on the process's event loop and is started by the first connection (daphne has no
lifespan). One channel receives what the book workers publish; each change is checked, encoded
once and handed to every local socket that lacks it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer

from core.clock import monotonic_s
from core.loop import set_loop
from exchange.realtime import reading, sessions
from exchange.realtime.accounts import AccountHub
from exchange.realtime.background import Background
from exchange.realtime.budgets import Budgets
from exchange.realtime.desk import Desk
from exchange.realtime.endings import SESSIONS_GROUP
from exchange.realtime.failures import failures
from exchange.realtime.feed import CHANNELS
from exchange.realtime.limits import (
    AUDIT_S,
    CLOSE_LOGGED_OUT,
    CLOSE_RESTART,
    CLOSE_SLOW,
    HOST_BEAT_S,
    LAGGING_S,
    SESSION_CHECK_S,
    SLOW_S,
)
from exchange.realtime.listener import Listener
from exchange.realtime.markets import MarketHub
from exchange.realtime.order_sessions import OrderSessions
from exchange.realtime.own_thread import OwnThread
from exchange.realtime.private_feeds import PrivateFeeds
from exchange.realtime.sockets import Socket, Subscription
from exchange.realtime.topic_names import TOPIC_CHANNELS
from exchange.realtime.topics import TopicHub
from exchange.trading import waiting
from social.activities.audiences import PRIVATE_TOPIC

log = structlog.get_logger(__name__)
_THREADS: Final = 4
_SWEEP_S: Final = 1.0
_STOP_S: Final = 2.0


class Hub:
    """The live feed of one process: markets, accounts, topics and the sockets that watch them."""

    def __init__(self, layer: Any) -> None:
        self.sockets: set[Socket] = set()
        self._layer = layer
        self._background = Background()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="hub")
        self._listener = Listener(layer, self._receive, groups={SESSIONS_GROUP})
        self.markets = MarketHub(self._listener, self.read, self._background)
        self.accounts = AccountHub(self._listener, self.read, self._background)
        self.topics = TopicHub(self._listener, self.read, self._background)
        self.private_feeds = PrivateFeeds(self.topics, self._listener, self.read, self._background)
        self.desk = Desk(self._background)
        self.budgets = Budgets()
        self._swept_at_s = self._audited_at_s = monotonic_s()
        self._loop_lag_s = 0.0
        # What says that the process lives never waits for the reads of a thousand new sockets: the
        # orders of all would be cancelled.
        self._beating = OwnThread("beating")
        self.order_sessions = OrderSessions(self.desk, self.read, self._background, self._beating)

    def start(self) -> None:
        """Begin to listen. Call on the loop that the sockets live on."""
        set_loop(asyncio.get_running_loop())
        self._background.start(waiting.listen(self._layer))
        self._background.start(waiting.watch(self.read))
        self._background.start(self._listener.run(self._resync_all))
        self._background.start(_every(_SWEEP_S, self._sweep))
        self._background.start(_every(SESSION_CHECK_S, self._check_sessions))
        self._background.start(_every(AUDIT_S, self._audit))
        self._background.start(_every(HOST_BEAT_S, self.order_sessions.beat))

    async def stop(self) -> None:
        """Close every socket (1012: come back later) and stop listening."""
        for socket in tuple(self.sockets):
            socket.close(CLOSE_RESTART)
        await asyncio.sleep(0)
        await self._end_order_sessions()
        await self._background.stop()
        await self._listener.leave_all()
        self.desk.stop()
        self._beating.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def start_task(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine beside everything else, until it ends or the hub stops."""
        self._background.start(work)

    async def read(self, query: Callable[..., Any], *args: Any) -> Any:
        """Run a blocking read in one of the hub's own threads, never on the loop."""
        work = partial(reading.with_connection, query, *args)
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def groups(self) -> set[str]:
        """Return the groups the hub listens to."""
        return self._listener.groups()

    def unsubscribe(self, socket: Socket, subscription: Subscription) -> None:
        """End one subscription of a socket."""
        socket.forget(subscription)
        if subscription.channel == "account":
            self.accounts.unsubscribe(subscription)
        elif subscription.channel in TOPIC_CHANNELS:
            self.topics.unsubscribe(subscription)
        else:
            self.markets.unsubscribe(subscription)

    def set_conflation(self, socket: Socket, conflate_ms: int) -> None:
        """Tell a socket of its markets at most so often; 0: of each batch by itself."""
        socket.conflate_ms = conflate_ms
        for subscription in socket.subscriptions.values():
            if subscription.channel in CHANNELS:
                self.markets.repace(subscription)

    def drop(self, socket: Socket) -> None:
        """Forget a socket that is gone."""
        socket.stop()
        self.sockets.discard(socket)
        for subscription in tuple(socket.subscriptions.values()):
            self.unsubscribe(socket, subscription)

    def _receive(self, message: dict[str, Any]) -> None:
        if message["type"] == "market.batch":
            self.markets.receive(message)
        elif message["type"] == "accounts.batch":
            self.accounts.receive(message["accounts"])
        elif message["type"] == "topic" and message["topic"] == PRIVATE_TOPIC:
            self.private_feeds.receive(message["payload"])
        elif message["type"] == "topic":
            self.topics.receive(message["topic"], message["payload"])
        elif message["type"] == "session.ended":
            self._end_session(message["session"])
        elif message["type"] == "user.changed":
            self._background.start(self._check_sessions(message["user"]))

    def _resync_all(self) -> None:
        self.markets.resync_all()
        self.accounts.resync_all()
        self.topics.reset_all()

    async def _audit(self) -> None:
        await self._listener.rejoin()
        await self.markets.audit()
        await self.accounts.audit()
        self._audited_at_s = monotonic_s()

    def lag_s(self) -> float:
        """Return how far behind everything here may be: a busy loop, or a database that is away."""
        unsure_s = monotonic_s() - self._audited_at_s - 2 * AUDIT_S
        return max(self._loop_lag_s, unsure_s, 0.0)

    async def _sweep(self) -> None:
        """Close sockets that take nothing; tell those that lag."""
        now_s = monotonic_s()
        self._loop_lag_s = max(0.0, now_s - self._swept_at_s - _SWEEP_S)
        self._swept_at_s = now_s
        is_behind = self.markets.is_behind() or self.accounts.is_behind()
        is_calm = not is_behind and self.lag_s() < LAGGING_S
        for socket in tuple(self.sockets):
            if socket.stalled_s() > SLOW_S:
                log.info("socket_too_slow", user=socket.visitor.user_id)
                socket.close(CLOSE_SLOW)
            else:
                socket.look_at_lag(is_server_calm=is_calm)

    def _end_session(self, session_digest: str) -> None:
        for socket in tuple(self.sockets):
            key = socket.visitor.session_key
            if key and sessions.digest(key) == session_digest:
                socket.close(CLOSE_LOGGED_OUT)

    async def _end_order_sessions(self) -> None:
        """End what ends with the sockets; where that fails the book workers do it soon."""
        try:
            async with asyncio.timeout(_STOP_S):
                await self.order_sessions.stop()
        except Exception as error:  # noqa: BLE001 -- the process stops whatever happens
            failures.warn("order_sessions_not_ended", error)

    async def _check_sessions(self, user_id: int | None = None) -> None:
        """Close the sockets of members (or of one) who are logged in no more."""
        visitors = {socket.visitor for socket in self.sockets if socket.visitor.user_id is not None}
        if user_id is not None:
            visitors = {visitor for visitor in visitors if visitor.user_id == user_id}
        if not visitors:
            return
        ended = await self.read(sessions.find_ended, visitors)
        for socket in tuple(self.sockets):
            if socket.visitor in ended:
                socket.close(CLOSE_LOGGED_OUT)


async def _every(period_s: float, work: Callable[[], Any]) -> None:
    while True:
        await asyncio.sleep(period_s)
        try:
            await work()
        except Exception as error:  # noqa: BLE001 -- the next round tries again
            failures.warn("hub_round_failed", error, work=work.__name__)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def get_hub() -> Hub:
    """Return the running loop's hub; the first call makes and starts it."""
    loop = asyncio.get_running_loop()
    hub = _hubs.get(loop)
    if hub is None:
        hub = _hubs[loop] = Hub(get_channel_layer())
        hub.start()
    return hub


async def stop_hub() -> None:
    """Stop the running loop's hub, if there is one; a later get_hub makes a new one."""
    hub = _hubs.pop(asyncio.get_running_loop(), None)
    if hub is not None:
        await hub.stop()
