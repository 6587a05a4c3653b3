"""What one socket asks of the book: orders placed and cancelled, many in flight at once.

Requests are sent on in the order they come and answered as the book answers, so a later one may
be answered first: the id says which.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from core.api.fields import read_id
from core.api.parsers import load_object
from core.api.serializers import read
from core.errors import Code, Problem
from core.ids import new_id
from exchange.realtime import reading
from exchange.realtime.budgets import Budgets
from exchange.realtime.desk import Desk, Flight
from exchange.realtime.requests import CancelOrder, PlaceOrder, PlaceOrders
from exchange.realtime.sessions import Visitor
from exchange.trading.bodies import order_requests
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

OrderOp = PlaceOrder | PlaceOrders | CancelOrder
Reply = Mapping[str, object]
Read = Callable[..., Awaitable[Any]]
_Told = Result | Problem

# Orders of this socket whose shard is remembered: cancelling one asks the database nothing.
_REMEMBERED: Final = 2_000


class Ordering:
    """The orders of one socket. Lives on the event loop."""

    def __init__(self, visitor: Visitor, *, desk: Desk, budgets: Budgets, read: Read) -> None:
        self._visitor = visitor
        self._desk = desk
        self._budgets = budgets
        self._read = read
        self._account_id: int | None = None
        self._shards: OrderedDict[int, int] = OrderedDict()
        self._named: OrderedDict[str, tuple[Flight, int]] = OrderedDict()

    async def send(self, request: OrderOp, text: str) -> Awaitable[Reply]:
        """Send a request on, before any that comes later; return how to wait for its reply.

        Raises Problem, ValidationError and what the database raises for one that is not sent.
        """
        if self._visitor.user_id is None:
            raise Problem(Code.NOT_AUTHENTICATED)
        self._budgets.spend(self._visitor.user_id, request.budget)
        if self._account_id is None:
            self._account_id = await self._read(reading.find_account, self._visitor.user_id)
        if isinstance(request, CancelOrder):
            return await self._cancel(request, self._account_id)
        members = _members(text)
        if isinstance(request, PlaceOrder):
            return _alone(await self._place([members], self._account_id))
        return _together(
            await self._place(read(BatchSerializer, members)["orders"], self._account_id)
        )

    async def _place(self, items: Sequence[Any], account_id: int) -> Awaitable[list[_Told]]:
        """Send those of the orders that pass the door; return how to wait for what to tell."""
        asked = await self._orders(items)
        if pressure.must_look():
            await self._read(pressure.look)
        made = [
            one
            if isinstance(one, Problem)
            else sending_or_problem(one, account_id=account_id, user_id=self._visitor.user_id)
            for one in asked
        ]
        sendings = [one for one in made if isinstance(one, Sending)]
        flight = self._desk.send(sendings, is_order=True) if sendings else None
        for place, sending in enumerate(sendings):
            assert flight is not None, "something is sent"
            self._remember(sending, flight, place)
        return self._tell(asked, made, flight, account_id)

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

    async def _order_id(self, request: CancelOrder, account_id: int) -> int:
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


async def _alone(told: Awaitable[list[_Told]]) -> Reply:
    [result] = await told
    if isinstance(result, Problem):
        raise result
    return {"status": result.status, "order": result.body}


async def _together(told: Awaitable[list[_Told]]) -> Reply:
    return {
        "results": [
            Result(one.status, one.as_json()) if isinstance(one, Problem) else one
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
        raise cancel_refused(order_id, answer)
    order = {
        "id": str(order_id),
        "status": "cancelled",
        "market_seq": answer.market_seq,
        "account_seq": answer.account_seq,
    }
    return {"status": 200, "order": order}


def _members(text: str) -> dict[str, Any]:
    """Return what a request says besides its op and id. Raises Problem MALFORMED."""
    try:
        members = load_object(text)
    except (ValueError, RecursionError) as error:
        raise Problem(Code.MALFORMED, f"Not JSON: {error}") from error
    return {name: value for name, value in members.items() if name not in {"op", "id"}}


def _contract_of(item: Any) -> int:
    contract = item.get("contract") if isinstance(item, dict) else None
    return read_id(contract) if isinstance(contract, str) else -1
