"""The WebSocket at /ws/v1/: reads requests, answers each, leaves pushing to the hub."""

from collections.abc import Awaitable, Mapping
from typing import Any, Final

from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer

from core.api.problems import problem_of
from core.errors import Code, Problem
from exchange.realtime import reading
from exchange.realtime.failures import failures
from exchange.realtime.feed import CHANNELS
from exchange.realtime.frames import encode
from exchange.realtime.hub import Hub, get_hub
from exchange.realtime.limits import (
    CLOSE_POLICY,
    CLOSE_SUBPROTOCOL,
    SUBSCRIPTIONS_MAX,
)
from exchange.realtime.ordering import Ordering, OrderOp
from exchange.realtime.requests import (
    BadRequestError,
    Ping,
    Request,
    Snapshot,
    Subscribe,
    Unsubscribe,
    parse,
)
from exchange.realtime.sessions import ANONYMOUS, Visitor
from exchange.realtime.sockets import Socket, Subscription
from exchange.realtime.throttle import Throttle

SUBPROTOCOL: Final = "likely.v1.json"


class FeedConsumer(AsyncConsumer):  # type: ignore[misc]
    """One socket's requests, in the order they come.

    It has no channel of its own (the hub has one for all) and its dispatch does no thread hop:
    the database is only asked in the hub's threads.
    """

    channel_layer_alias = "none: the hub listens for all sockets"
    hub: Hub
    socket: Socket | None = None
    visitor: Visitor = ANONYMOUS

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve the socket; whatever ends it, the hub forgets it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.socket is not None:
                self.hub.drop(self.socket)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one event of the server."""
        match message["type"]:
            case "websocket.receive":
                await self._receive(message.get("text"))
            case "websocket.connect":
                await self._connect()
            case "websocket.disconnect":
                raise StopConsumer

    async def _connect(self) -> None:
        offered = self.scope.get("subprotocols") or []
        if offered and SUBPROTOCOL not in offered:
            await self._refuse_subprotocol()
            return
        self.hub = get_hub()
        self.visitor = self.scope.get("visitor", ANONYMOUS)
        self.throttle = Throttle()
        self.ordering = Ordering(
            self.visitor, desk=self.hub.desk, budgets=self.hub.budgets, read=self.hub.read
        )
        await self.send(
            {"type": "websocket.accept", "subprotocol": SUBPROTOCOL if offered else None}
        )
        self.socket = Socket(self.base_send, visitor=self.visitor)
        self.hub.sockets.add(self.socket)

    async def _refuse_subprotocol(self) -> None:
        """Say what is offered, in a socket that is closed right after: a 403 could not say it."""
        problem = Problem(Code.NOT_ACCEPTABLE, "Unknown subprotocol.", offered=[SUBPROTOCOL])
        await self.send({"type": "websocket.accept", "subprotocol": None})
        await self.send({"type": "websocket.send", "text": encode(_refusal(None, problem))})
        await self.send({"type": "websocket.close", "code": CLOSE_SUBPROTOCOL})

    async def _receive(self, text: str | None) -> None:
        if self.socket is None:
            return
        if not self.throttle.take():
            self._answer_throttled(self.socket)
            return
        try:
            request = parse(text)
        except BadRequestError as bad:
            self.socket.reply(_refusal(bad.request_id, bad.problem))
            return
        if isinstance(request, OrderOp):
            await self._order(self.socket, request, text or "")
        else:
            await self._serve(self.socket, request)

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
                case Ping():
                    pass
        except Problem as problem:
            socket.reply(_refusal(request.id, problem))
        except Exception as error:  # noqa: BLE001 -- whatever it was, it is logged, and answered
            failures.warn("subscribe_failed", error)
            socket.reply(_refusal(request.id, Problem(Code.UNAVAILABLE, retry_after_s=1)))
        else:
            socket.reply({"id": request.id, "ok": True})

    async def _order(self, socket: Socket, request: OrderOp, text: str) -> None:
        """Send an order on before the next request is read; its reply comes when it may."""
        try:
            reply = await self.ordering.send(request, text)
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
        else:
            await self._subscribe_market(socket, request, key)

    async def _subscribe_market(self, socket: Socket, request: Subscribe, key: str) -> None:
        shown = await self.hub.markets.open(request.market or "")
        subscription = self._renew(socket, key, request.channel, shown.feed)
        socket.reply({"id": request.id, "ok": True})
        self.hub.markets.subscribe(shown, subscription, request.since)

    async def _subscribe_account(self, socket: Socket, request: Subscribe, key: str) -> None:
        if self.visitor.user_id is None:
            raise Problem(Code.NOT_AUTHENTICATED)
        account_id = await self.hub.read(reading.find_account, self.visitor.user_id)
        feed = await self.hub.accounts.open(account_id)
        subscription = self._renew(socket, key, request.channel, feed)
        socket.reply({"id": request.id, "ok": True})
        self.hub.accounts.subscribe(feed, subscription, request.since)

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
    if request.channel not in CHANNELS:
        raise Problem(
            Code.UNKNOWN_CHANNEL,
            f"There is no channel {request.channel[:40]!r}.",
            known=[*CHANNELS, "account"],
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
    error = problem.as_json()
    if problem.retry_after_s is not None:
        error["retry_after"] = problem.retry_after_s
    return {"id": request_id, "ok": False, "error": error}
