"""What one socket asks of the book: orders placed and cancelled, many in flight at once.

Requests are sent on in the order they come and answered as the book answers, so a later one may
be answered first: the id says which.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from core.api.fields import read_id
from core.api.serializers import read
from core.errors import Code, Problem
from core.ids import new_id
from exchange.realtime import reading
from exchange.realtime.budgets import Budgets
from exchange.realtime.desk import Desk, Flight
from exchange.realtime.order_changes import OrderChanges, Who
from exchange.realtime.order_sessions import SocketSession
from exchange.realtime.problems import as_told
from exchange.realtime.requests import (
    CancelAll,
    CancelOrder,
    PlaceOrder,
    PlaceOrders,
    ReplaceOrder,
    SetSession,
)
from exchange.realtime.sessions import Visitor
from exchange.trading.bodies import order_requests
from exchange.trading.cancelling import CANCEL_ALL_COST
from exchange.trading.gateway import (
    OrderRequest,
    find_command,
    sending_or_problem,
    shard_of_order,
)
from exchange.trading.known_contracts import is_known
from exchange.trading.pressure import pressure
from exchange.trading.refusals import cancel_refused
from exchange.trading.results import Result, asks_the_database, order_results
from exchange.trading.sending import Sending, make_sending
from exchange.trading.serializers import BatchSerializer

OrderOp = PlaceOrder | PlaceOrders | CancelOrder | ReplaceOrder | CancelAll
Reply = Mapping[str, object]
Read = Callable[..., Awaitable[Any]]
Wish = bool | Problem
_Told = Result | Problem

_WISH: Final = "cancel_on_disconnect"

# Orders of this socket whose shard is remembered: cancelling one asks the database nothing.
_REMEMBERED: Final = 2_000


class Ordering:
    """The orders of one socket. Lives on the event loop."""

    def __init__(
        self,
        visitor: Visitor,
        *,
        desk: Desk,
        budgets: Budgets,
        read: Read,
        session: SocketSession,
    ) -> None:
        self.session = session
        self._visitor = visitor
        self._desk = desk
        self._budgets = budgets
        self._read = read
        self._changes = OrderChanges(
            desk=desk, budgets=budgets, read=read, session=session, remember=self._remember
        )
        self._account_id: int | None = None
        self._shards: OrderedDict[int, int] = OrderedDict()
        self._named: OrderedDict[str, tuple[Flight, int]] = OrderedDict()

    async def send(
        self, request: OrderOp, members: Callable[[], Mapping[str, Any]]
    ) -> Awaitable[Reply]:
        """Send a request on, before any that comes later; return how to wait for its reply.

        Raises Problem, ValidationError and what the database raises for one that is not sent.
        """
        self._visitor.require_scope(*request.scopes)
        assert self._visitor.user_id is not None, "somebody unknown has no scope"
        cost = CANCEL_ALL_COST if isinstance(request, CancelAll) else 1
        self._budgets.spend(self._visitor.user_id, request.budget, cost=cost)
        account_id = await self._account()
        if isinstance(request, CancelOrder):
            return await self._cancel(request, account_id)
        asked = members()
        who = Who(account_id, self._visitor.user_id)
        if isinstance(request, ReplaceOrder):
            order_id = await self._order_id(request, account_id)
            return await self._changes.replace(who, order_id, asked)
        if isinstance(request, CancelAll):
            return await self._changes.cancel_all(who, asked)
        if isinstance(request, PlaceOrder):
            return _alone(await self._place([asked], account_id))
        return _together(await self._place(read(BatchSerializer, asked)["orders"], account_id))

    async def set_session(self, request: SetSession) -> int:
        """Choose what becomes of this socket's orders; return how many others were taken over.

        Raises Problem SESSION_ENDED, and what the database raises.
        """
        self._visitor.require_scope(*request.scopes)
        return await self.session.set(
            request, await self._account(), self._visitor.user_id, list(self._shards.items())
        )

    async def _account(self) -> int:
        if self._account_id is None:
            self._account_id = await self._read(reading.find_account, self._visitor.user_id)
        return self._account_id

    async def _place(self, items: Sequence[Any], account_id: int) -> Awaitable[list[_Told]]:
        """Send those of the orders that pass the door; return how to wait for what to tell."""
        wishes, items = split_wishes(items)
        asked = await self._orders(items)
        if pressure.must_look():
            await self._read(pressure.look)
        session_id = await self.session.for_orders(
            account_id, self._visitor.user_id, is_wished=True in wishes
        )
        made = [
            self._make(one, wish, account_id, session_id)
            for one, wish in zip(asked, wishes, strict=True)
        ]
        sendings = [one for one in made if isinstance(one, Sending)]
        flight = self._desk.send(sendings, is_order=True) if sendings else None
        for place, sending in enumerate(sendings):
            assert flight is not None, "something is sent"
            self._remember(sending, flight, place)
        return self._tell(asked, made, flight, account_id)

    def _make(
        self,
        order: OrderRequest | Problem,
        wish: Wish,
        account_id: int,
        session_id: int | None,
    ) -> Sending | Problem:
        if isinstance(order, Problem):
            return order
        if isinstance(wish, Problem):
            return wish
        made = sending_or_problem(order, account_id=account_id, user_id=self._visitor.user_id)
        if session_id is None or isinstance(made, Problem):
            return made
        return made._replace(session_id=session_id, on_disconnect=wish)

    async def _orders(self, items: Sequence[Any]) -> list[OrderRequest | Problem]:
        """Read orders; the database is asked in a thread, and only for contracts not known yet."""
        if all(is_known(_contract_of(item)) for item in items):
            return order_requests(items)
        orders: list[OrderRequest | Problem] = await self._read(order_requests, items)
        return orders

    def _remember(self, sending: Sending, flight: Flight, place: int) -> None:
        self._shards[sending.command_id] = sending.shard
        if sending.client_order_id:
            self._named[sending.client_order_id] = (flight, place)
        for memory in (self._shards, self._named):
            if len(memory) > _REMEMBERED:
                memory.popitem(last=False)

    async def _tell(
        self,
        asked: Sequence[OrderRequest | Problem],
        made: Sequence[Sending | Problem],
        flight: Flight | None,
        account_id: int,
    ) -> list[_Told]:
        answers = iter(await flight.answers() if flight is not None else ())
        placed = [one if isinstance(one, Problem) else next(answers) for one in made]
        sent = [
            (order, answer)
            for order, answer in zip(asked, placed, strict=True)
            if isinstance(order, OrderRequest)
        ]
        orders, their = [order for order, _ in sent], [answer for _, answer in sent]
        if asks_the_database(their):
            results = iter(await self._read(order_results, account_id, orders, their))
        else:
            results = iter(order_results(account_id, orders, their))
        return [next(results) if isinstance(one, OrderRequest) else one for one in asked]

    async def _cancel(self, request: CancelOrder, account_id: int) -> Awaitable[Reply]:
        order_id = await self._order_id(request, account_id)
        shard = self._shards.get(order_id)
        if shard is None:
            shard = await self._read(shard_of_order, account_id, order_id)
        command = {"type": "CancelOrder", "order": order_id, "account": account_id}
        sending = make_sending(
            command,
            command_id=new_id(),
            shard=shard,
            account_id=account_id,
            user_id=self._visitor.user_id,
        )
        return _cancelled(order_id, self._desk.send([sending]))

    async def _order_id(self, request: CancelOrder | ReplaceOrder, account_id: int) -> int:
        if (request.order is None) == (request.client_order_id is None):
            raise Problem(Code.INVALID, "Name the order by order or by client_order_id.")
        if request.order is not None:
            return read_id(request.order)
        assert request.client_order_id is not None, "one of both is given"
        flight, place = self._named.get(request.client_order_id, (None, 0))
        if flight is not None:
            # It may stand for an earlier order: that is known once it is in the inbox.
            return await flight.command_id(place)
        order_id: int = await self._read(find_command, account_id, request.client_order_id)
        return order_id


def split_wishes(items: Sequence[Any]) -> tuple[list[Wish], list[Any]]:
    """Return which orders wish to end with the socket, and the orders without that wish."""
    wishes: list[Wish] = []
    rest: list[Any] = []
    for item in items:
        wish = item.get(_WISH, False) if isinstance(item, dict) else False
        is_clear = isinstance(wish, bool)
        wishes.append(wish if is_clear else Problem(Code.INVALID, f"{_WISH} is true or false."))
        is_named = isinstance(item, dict) and _WISH in item
        rest.append({k: v for k, v in item.items() if k != _WISH} if is_named else item)
    return wishes, rest


async def _alone(told: Awaitable[list[_Told]]) -> Reply:
    [result] = await told
    if isinstance(result, Problem):
        raise result
    return {"status": result.status, "order": result.body}


async def _together(told: Awaitable[list[_Told]]) -> Reply:
    return {
        "results": [
            Result(one.status, as_told(one)) if isinstance(one, Problem) else one
            for one in await told
        ]
    }


async def _cancelled(order_id: int, flight: Flight) -> Reply:
    [answer] = await flight.answers()
    if isinstance(answer, Exception):
        raise answer
    if answer.pending:
        return {"status": 202, "order": {"id": str(order_id), "status": "pending_cancel"}}
    if answer.reason:
        raise cancel_refused(order_id, answer, None)
    order = {
        "id": str(order_id),
        "status": "cancelled",
        "market_seq": answer.market_seq,
        "account_seq": answer.account_seq,
    }
    return {"status": 200, "order": order}


def _contract_of(item: Any) -> int:
    contract = item.get("contract") if isinstance(item, dict) else None
    return read_id(contract) if isinstance(contract, str) else -1
