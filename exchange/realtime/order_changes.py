"""order.replace and order.cancel_all over a socket: what REST does, sent in the socket's order."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from core.api.serializers import read
from exchange.ledger.models import Account
from exchange.realtime.budgets import Budgets
from exchange.realtime.desk import Desk, Flight
from exchange.realtime.order_sessions import SocketSession
from exchange.trading.amendments import (
    Known,
    find_replacement,
    plan_change,
    sending_of_change,
)
from exchange.trading.answers import Answer
from exchange.trading.cancelling import OrderFilter, cancel_all_sendings, summarize_cancels
from exchange.trading.many_api import CancelAllSerializer, cancelled_members, read_filter
from exchange.trading.order_answers import find_order
from exchange.trading.refusals import command_refused
from exchange.trading.sending import Sending
from exchange.trading.serializers import AmendOrderSerializer, OrderSerializer

Reply = Mapping[str, object]
Members = Mapping[str, Any]
Read = Callable[..., Awaitable[Any]]
Remember = Callable[[Sending, Flight, int], None]


class Who(NamedTuple):
    """Whose orders are changed, and on whose behalf."""

    account_id: int
    user_id: int | None


class _Planned(NamedTuple):
    order: Known
    sending: Sending | None  # None: the order is as is wanted already


class OrderChanges:
    """Changes of orders over one socket. Lives on the event loop."""

    def __init__(
        self,
        *,
        desk: Desk,
        budgets: Budgets,
        read: Read,
        session: SocketSession,
        remember: Remember,
    ) -> None:
        self._desk = desk
        self._budgets = budgets
        self._remember = remember
        self._read = read
        self._session = session

    async def replace(self, who: Who, order_id: int, asked: Members) -> Awaitable[Reply]:
        """Send a change of an order; return how to wait for its reply."""
        body = {one: asked[one] for one in ("price", "quantity", "reduce_by") if one in asked}
        name = asked.get("new_client_order_id") or ""
        planned: _Planned = await self._read(_plan, who, order_id, body, name)
        if planned.sending is None:
            return self._tell(who, planned.order.id)
        is_new = planned.sending.kind == "ReplaceOrder"
        if is_new:
            assert who.user_id is not None, "somebody unknown has no scope"
            self._budgets.spend(who.user_id, "orders")
        session_id = await self._session.for_orders(*who, is_wished=False)
        sending = planned.sending._replace(session_id=session_id if is_new else None)
        flight = self._desk.send([sending], is_order=True)
        if is_new:
            self._remember(sending, flight, 0)
        return self._tell_changed(who, planned.order, flight)

    async def cancel_all(self, who: Who, asked: Members) -> Awaitable[Reply]:
        """Send cancels of all that fits, what this socket has sent so far included."""
        wanted: OrderFilter = await self._read(_read_filter, asked)
        sendings: list[Sending] = await self._desk.after_all_sent(
            partial(_cancel_all_sendings, who, wanted)
        )
        flight = self._desk.send(sendings) if sendings else None
        return self._tell_cancelled(who, wanted, flight)

    async def _tell_changed(self, who: Who, order: Known, flight: Flight) -> Reply:
        [answer] = await flight.answers()
        if isinstance(answer, Exception):
            raise answer
        if answer.pending:
            return {"status": 202, "order": {"id": str(order.id), "status": "pending_replace"}}
        if answer.reason:
            raise command_refused(order, answer)
        return await self._tell(who, order.id, answer.command_id)

    async def _tell(self, who: Who, order_id: int, command_id: int | None = None) -> Reply:
        return {"status": 200, "order": await self._read(_members, who, order_id, command_id)}

    async def _tell_cancelled(self, who: Who, wanted: OrderFilter, flight: Flight | None) -> Reply:
        answers = await flight.answers() if flight is not None else []
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        given = [answer for answer in answers if isinstance(answer, Answer)]
        is_pending = any(answer.pending for answer in given)
        told: Reply = await self._read(_cancelled_members, who, wanted, given)
        return {"status": 202 if is_pending else 200, **told}


def _plan(who: Who, order_id: int, asked: Members, name: str) -> _Planned:
    body = read(AmendOrderSerializer, asked)
    account = Account.objects.get(pk=who.account_id)
    order = find_order(account, order_id)
    if name and (earlier := find_replacement(account, order, name, body)) is not None:
        return _Planned(earlier, None)
    change = plan_change(order, body)
    if change is None:
        return _Planned(order, None)
    return _Planned(order, sending_of_change(change, **who._asdict(), order=order, name=name))


def _members(who: Who, order_id: int, command_id: int | None) -> Members:
    """Return an order, or the one that a command has put in its place."""
    account = Account.objects.get(pk=who.account_id)
    replaced = account.orders.filter(pk=command_id or 0, replaces=order_id)
    order = find_order(account, replaced.values_list("pk", flat=True).first() or order_id)
    members: Members = OrderSerializer(order).data
    return members


def _read_filter(asked: Members) -> OrderFilter:
    return read_filter(read(CancelAllSerializer, asked))


def _cancel_all_sendings(who: Who, wanted: OrderFilter) -> list[Sending]:
    account = Account.objects.get(pk=who.account_id)
    return cancel_all_sendings(account=account, user=account.owner, wanted=wanted)


def _cancelled_members(who: Who, wanted: OrderFilter, answers: list[Answer]) -> Members:
    account = Account.objects.get(pk=who.account_id)
    return cancelled_members(summarize_cancels(account, answers), wanted)
