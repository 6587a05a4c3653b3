"""The WebSocket at /ws/v1/: reads requests, answers each, leaves pushing to the hub."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from rest_framework.exceptions import AuthenticationFailed

from accounts.keys.authentication import SCHEME
from core.api.problems import problem_of
from core.errors import Code, Problem
from exchange.realtime import reading, sessions
from exchange.realtime.failures import failures
from exchange.realtime.feed import CHANNELS
from exchange.realtime.formats import FORMATS, JSON, Format, choose
from exchange.realtime.frame import Frame
from exchange.realtime.hub import Hub, get_hub
from exchange.realtime.limits import (
    CLOSE_POLICY,
    CLOSE_SUBPROTOCOL,
    SUBSCRIPTIONS_MAX,
)
from exchange.realtime.order_sessions import SocketSession
from exchange.realtime.ordering import Ordering, OrderOp
from exchange.realtime.problems import as_told
from exchange.realtime.requests import (
    Authenticate,
    BadRequestError,
    Ping,
    Received,
    Request,
    SetSession,
    Snapshot,
    Subscribe,
    Unsubscribe,
)
from exchange.realtime.sessions import ANONYMOUS, Visitor
from exchange.realtime.sockets import Socket, Subscription
from exchange.realtime.throttle import Throttle
from exchange.realtime.topic_names import TOPIC_CHANNELS, address_of


class FeedConsumer(AsyncConsumer):  # type: ignore[misc]
    """One socket's requests, in the order they come.

    It has no channel of its own (the hub has one for all), so it waits for the client alone, which
    costs an order less than to wait for both. Its dispatch does no thread hop: the database is only
    asked in the hub's threads.
    """

    hub: Hub
    socket: Socket | None = None
    visitor: Visitor = ANONYMOUS
    wire: Format = JSON

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve the socket; whatever ends it, the hub forgets it."""
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
                await asyncio.sleep(0)  # who sends without a pause gives way to the others
        except StopConsumer:
            pass
        finally:
            if self.socket is not None:
                self.hub.drop(self.socket)
                self.ordering.session.end()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one event of the server."""
        match message["type"]:
            case "websocket.receive":
                await self._receive(message)
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    async def _connect(self) -> None:
        offered = self.scope.get("subprotocols") or []
        wire = choose(offered)
        if wire is None:
            await self._refuse_subprotocol()
            return
        self.wire = wire
        self.hub = get_hub()
        self.visitor = self.scope.get("visitor", ANONYMOUS)
        self.throttle = Throttle()
        chosen = wire.subprotocol if offered else None
        await self.send({"type": "websocket.accept", "subprotocol": chosen})
        self.socket = Socket(
            self.base_send, visitor=self.visitor, wire=wire, server_lag_s=self.hub.lag_s
        )
        self.ordering = self._make_ordering(self.socket)
        self.hub.sockets.add(self.socket)

    async def _refuse_subprotocol(self) -> None:
        """Say what is offered, in a socket that is closed right after: a 403 could not say it."""
        problem = Problem(Code.NOT_ACCEPTABLE, "Unknown subprotocol.", offered=list(FORMATS))
        await self.send({"type": "websocket.accept", "subprotocol": None})
        await self.send(JSON.send_event(Frame(_refusal(None, problem))))
        await self.send({"type": "websocket.close", "code": CLOSE_SUBPROTOCOL})

    async def _receive(self, message: Mapping[str, Any]) -> None:
        if self.socket is None:
            return
        self.ordering.session.heard()
        if not self.throttle.take():
            self._answer_throttled(self.socket)
            return
        try:
            received = self.wire.receive(message)
        except BadRequestError as bad:
            self.socket.reply(_refusal(bad.request_id, bad.problem))
            return
        if isinstance(received.request, OrderOp):
            await self._order(self.socket, received.request, received)
        else:
            await self._serve(self.socket, received.request)

    def _answer_throttled(self, socket: Socket) -> None:
        if self.throttle.is_abused:
            socket.close(CLOSE_POLICY)
        else:
            socket.reply(_refusal(None, Problem(Code.THROTTLED, retry_after_s=1)))

    async def _serve(self, socket: Socket, request: Request) -> None:
        try:
            match request:
                case Subscribe():
                    await self._subscribe(socket, request)
                    return
                case Unsubscribe():
                    self.hub.unsubscribe(socket, _find(socket, request))
                case Snapshot():
                    self._push_snapshot(_find(socket, request))
                case Authenticate():
                    await self._authenticate(socket, request)
                case SetSession():
                    await self._set_session(socket, request)
                    return
                case Ping():
                    pass
        except Problem as problem:
            socket.reply(_refusal(request.id, problem))
        except Exception as error:  # noqa: BLE001 -- whatever it was, it is logged, and answered
            failures.warn("subscribe_failed", error)
            socket.reply(_refusal(request.id, Problem(Code.UNAVAILABLE, retry_after_s=1)))
        else:
            socket.reply({"id": request.id, "ok": True})

    def _make_ordering(self, socket: Socket) -> Ordering:
        hub = self.hub
        session = SocketSession(hub.order_sessions, push=socket.push, close=socket.close)
        return Ordering(
            self.visitor, desk=hub.desk, budgets=hub.budgets, read=hub.read, session=session
        )

    async def _set_session(self, socket: Socket, request: SetSession) -> None:
        told: dict[str, object] = {}
        if request.is_about_orders:
            taken = await self.ordering.set_session(request)
            told = {"taken_over": taken} if request.take_over is not None else {}
        if request.conflate_ms is not None:
            self.hub.set_conflation(socket, request.conflate_ms)
        session = self.ordering.session
        told |= {
            "id": session.shown_id,
            "cancel_on_disconnect": session.cancels_on_disconnect,
            "dead_man_ms": session.dead_man_ms,
            "conflate_ms": socket.conflate_ms,
        }
        socket.reply({"id": request.id, "ok": True, "session": told})

    async def _authenticate(self, socket: Socket, request: Authenticate) -> None:
        """Take a key from whom nothing is known; a socket never changes hands."""
        if self.visitor.user_id is not None:
            raise Problem(Code.INVALID, "This socket is a member's already: open another one.")
        header = f"{SCHEME} {request.key}".encode()
        try:
            address = sessions.address_of(self.scope)
            visitor = await self.hub.read(sessions.read_key_visitor, header, address)
        except AuthenticationFailed as failed:
            raise Problem(Code.NOT_AUTHENTICATED, str(failed.detail)) from None
        self.visitor = socket.visitor = visitor
        self.ordering = self._make_ordering(socket)

    async def _order(self, socket: Socket, request: OrderOp, received: Received) -> None:
        """Send an order on before the next request is read; its reply comes when it may."""
        try:
            reply = await self.ordering.send(request, received.members)
        except Exception as error:  # noqa: BLE001 -- told as the API tells it
            socket.reply(_refusal(request.id, problem_of(error)))
        else:
            self.hub.start_task(self._reply_later(socket, request, reply))

    async def _reply_later(
        self, socket: Socket, request: OrderOp, reply: Awaitable[Mapping[str, object]]
    ) -> None:
        try:
            told = await reply
        except Exception as error:  # noqa: BLE001 -- told as the API tells it
            socket.reply(_refusal(request.id, problem_of(error)))
        else:
            socket.reply({"id": request.id, "ok": True, **told})

    async def _subscribe(self, socket: Socket, request: Subscribe) -> None:
        key = _key(request)
        if key not in socket.subscriptions and len(socket.subscriptions) >= SUBSCRIPTIONS_MAX:
            raise Problem(
                Code.TOO_MANY_SUBSCRIPTIONS,
                f"A socket may have {SUBSCRIPTIONS_MAX} subscriptions.",
                limit=SUBSCRIPTIONS_MAX,
            )
        if request.channel == "account":
            await self._subscribe_account(socket, request, key)
        elif request.channel in TOPIC_CHANNELS:
            await self._subscribe_topic(socket, request, key)
        else:
            await self._subscribe_market(socket, request, key)

    async def _subscribe_market(self, socket: Socket, request: Subscribe, key: str) -> None:
        shown = await self.hub.markets.open(request.market or "")
        subscription = self._renew(socket, key, request.channel, shown.feed)
        socket.reply({"id": request.id, "ok": True})
        self.hub.markets.subscribe(shown, subscription, request.since)

    async def _subscribe_account(self, socket: Socket, request: Subscribe, key: str) -> None:
        self.visitor.require_scope("read")
        account_id = await self.hub.read(reading.find_account, self.visitor.user_id)
        feed = await self.hub.accounts.open(account_id)
        subscription = self._renew(socket, key, request.channel, feed)
        socket.reply({"id": request.id, "ok": True})
        self.hub.accounts.subscribe(feed, subscription, request.since)

    async def _subscribe_topic(self, socket: Socket, request: Subscribe, key: str) -> None:
        if self.visitor.key is not None:
            self.visitor.require_scope("read")
        if request.channel == "feed":
            await self.hub.private_feeds.listen()
        feed = await self.hub.topics.open(address_of(request), self.visitor.user_id)
        subscription = self._renew(socket, key, request.channel, feed)
        socket.reply({"id": request.id, "ok": True})
        self.hub.topics.subscribe(feed, subscription, request.since)

    def _renew(self, socket: Socket, key: str, channel: str, feed: Any) -> Subscription:
        """Return a new subscription in place of the one there may be."""
        if key in socket.subscriptions:
            self.hub.unsubscribe(socket, socket.subscriptions[key])
        subscription = Subscription(socket, feed, channel=channel, key=key)
        socket.subscriptions[key] = subscription
        return subscription

    def _push_snapshot(self, subscription: Subscription) -> None:
        if subscription.channel == "account":
            self.hub.accounts.push_snapshot(subscription)
        else:
            subscription.sent = None
            subscription.mark()


def _key(request: Subscribe | Unsubscribe | Snapshot) -> str:
    """Return the name of a subscription. Raises Problem for a channel that does not exist."""
    if request.channel == "account":
        return "account"
    if request.channel in TOPIC_CHANNELS:
        return address_of(request).key
    if request.channel not in CHANNELS:
        raise Problem(
            Code.UNKNOWN_CHANNEL,
            f"There is no channel {request.channel[:40]!r}.",
            known=[*CHANNELS, "account", *TOPIC_CHANNELS],
        )
    if request.market is None:
        raise Problem(Code.INVALID, "Name the market by its slug.")
    return f"{request.channel}:{request.market}"


def _find(socket: Socket, request: Unsubscribe | Snapshot) -> Subscription:
    subscription = socket.subscriptions.get(_key(request))
    if subscription is None:
        raise Problem(Code.NOT_SUBSCRIBED, f"This socket is not subscribed to {_key(request)}.")
    return subscription


def _refusal(request_id: str | int | None, problem: Problem) -> dict[str, object]:
    error = as_told(problem)
    if problem.retry_after_s is not None:
        error["retry_after"] = problem.retry_after_s
    return {"id": request_id, "ok": False, "error": error}
