"""Placing and changing orders, and reading one's own account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

from likely_client._core import API, Core
from likely_client._http import decode
from likely_client.desks import ORDERS
from likely_client.errors import ForbiddenError
from likely_client.models import (
    Balance,
    Fill,
    Order,
    Position,
    Preview,
    QueuePosition,
    Queues,
    Side,
    Transfer,
)
from likely_client.orders import (
    BatchResult,
    NewOrder,
    Price,
    Terms,
    exact,
    price_text,
    wire_order,
)


class Trading(Core):
    """What a member may do. Needs a key with the scopes read and trade."""

    async def buy(
        self,
        market: str,
        outcome: str,
        *,
        quantity: int,
        price: Price | None = None,
        **terms: Unpack[Terms],
    ) -> Order:
        """Buy an outcome, and return the final answer with its fills.

        A limit order by default: it rests where nobody sells at the price. Raises
        OrderRejectedError for what the book refuses, InvalidRequestError for what cannot be.
        """
        order = NewOrder(
            market=market, outcome=outcome, side="buy", quantity=quantity, price=price, **terms
        )
        return await self.place(order)

    async def sell(
        self,
        market: str,
        outcome: str,
        *,
        quantity: int,
        price: Price | None = None,
        **terms: Unpack[Terms],
    ) -> Order:
        """Sell an outcome, as `buy` buys it. What you do not hold may be sold, too."""
        order = NewOrder(
            market=market, outcome=outcome, side="sell", quantity=quantity, price=price, **terms
        )
        return await self.place(order)

    async def place(self, order: NewOrder) -> Order:
        """Place an order, and return the final answer with its fills."""
        wire = wire_order(order, await self._known(order.market))
        return await self._with_fills(await self._placing.place(wire))

    async def batch(self, orders: Sequence[NewOrder]) -> list[BatchResult]:
        """Place orders together, up to 500 in one request; each is answered in its place."""
        wires = [wire_order(order, await self._known(order.market)) for order in orders]
        results = await self._placing.place_many(wires)
        return [
            replace(one, order=await self._with_fills(one.order)) if one.order else one
            for one in results
        ]

    async def preview(
        self,
        market: str,
        outcome: str,
        side: Side,
        *,
        quantity: int,
        price: Price | None = None,
        **terms: Unpack[Terms],
    ) -> Preview:
        """Say what an order would cost and risk by the book as it is; changes nothing."""
        order = NewOrder(
            market=market, outcome=outcome, side=side, quantity=quantity, price=price, **terms
        )
        wire = wire_order(order, await self._known(market))
        answer = await self._http.ask("POST", f"{ORDERS}preview/", body=wire)
        return decode(answer.content, Preview)

    async def cancel(self, order: str | Order) -> Order:
        """Cancel what is open of an order, and return it as it is then."""
        order_id = _id_of(order)
        await self._placing.desk.cancel(order_id)
        return await self.order(order_id)

    async def cancel_batch(self, orders: Sequence[str | Order]) -> list[BatchResult]:
        """Cancel some orders together; each is answered in its place."""
        return await self._placing.cancel_many([_id_of(order) for order in orders])

    async def cancel_all(
        self,
        *,
        market: str | None = None,
        outcome: str | None = None,
        side: Side | None = None,
        group: str | None = None,
    ) -> int:
        """Cancel your open orders, all or those that fit; return how many were cancelled.

        Orders on their way to the book are included.
        """
        contract = None if market is None else await self._contract_id(market, outcome)
        body = {"market": market, "contract": contract, "side": side, "group": group}
        wanted = {name: value for name, value in body.items() if value is not None}
        return await self._placing.cancel_all(wanted)

    async def reduce(self, order: str | Order, *, by: int) -> Order:
        """Take some contracts off what is open of an order; it keeps its place in the queue.

        Raises ConflictError where a fill comes between: nothing is reduced then.
        """
        now = await self.order(_id_of(order))
        # What it shall be, not by how much it changes: so it may be sent twice.
        total = now.filled_quantity + now.open_quantity - by
        if by >= now.open_quantity:
            return await self.cancel(now.id)
        return await self._with_fills(await self._placing.replace(now.id, {"quantity": total}))

    async def replace(
        self, order: str | Order, *, price: Price | None = None, quantity: int | None = None
    ) -> Order:
        """Give an order another price, or another total of what is filled and open.

        Another order takes its place, in one step: return that one, with an id of its own. Only
        less at the same price keeps the order, and its place in the queue.
        """
        body: dict[str, Any] = {}
        if price is not None:
            body["price"] = price_text(exact(price))
        if quantity is not None:
            body["quantity"] = quantity
        return await self._with_fills(await self._placing.replace(_id_of(order), body))

    async def queue(self, order: str | Order) -> QueuePosition:
        """Say how much would be matched before an open order."""
        return await self._http.get(f"{ORDERS}{_id_of(order)}/queue/", QueuePosition)

    async def queues(self, market: str) -> Queues:
        """Say how much would be matched before each of your orders in a market, by one request.

        Orders that rest in no queue, as stops that wait, are not among them.
        """
        return await self._http.get(f"{ORDERS}queues/", Queues, market=market)

    async def orders(
        self, *, status: str | None = None, market: str | None = None, limit: int | None = None
    ) -> list[Order]:
        """List your orders, the newest first: `status` "open", "filled"..."""
        return await self._http.pages(ORDERS, Order, limit, status=status, market=market)

    async def order(self, order: str | Order) -> Order:
        """Read an order, with its fills."""
        return await self._with_fills(await self._http.get(f"{ORDERS}{_id_of(order)}/", Order))

    async def positions(self) -> list[Position]:
        """List what you hold in markets that are not settled."""
        return await self._http.pages(f"{API}/account/positions/", Position, None)

    async def fills(
        self, *, order: str | Order | None = None, limit: int | None = 100
    ) -> list[Fill]:
        """List your trades, or those of an order, the newest first; `limit` None lists all."""
        order_id = None if order is None else _id_of(order)
        return await self._http.pages(f"{API}/account/fills/", Fill, limit, order=order_id)

    async def _fills_between(self, since: str, until: str) -> list[Fill]:
        """Read what a live account was told of between two of its cursors."""
        path = f"{API}/account/fills/"
        return await self._http.pages(path, Fill, None, since=since, until=until)

    async def ledger(self, *, limit: int | None = 100) -> list[Transfer]:
        """List what moved your balance, the newest first; `limit` None lists all."""
        return await self._http.pages(f"{API}/account/ledger/", Transfer, limit)

    async def balance(self) -> Balance:
        """Read your money: balance, exposure, and what is available."""
        return await self._http.get(f"{API}/account/", Balance)

    async def limits(self) -> dict[str, Any]:
        """Read how often you may ask, and how much of that is left."""
        return await self._http.get(f"{API}/account/limits/", dict[str, Any])

    async def _with_fills(self, order: Order) -> Order:
        """Return an order with its fills; without them where the key may not read."""
        if not order.filled_quantity:
            return order
        try:
            fills = await self._http.pages(
                f"{API}/account/fills/",
                Fill,
                None,
                order=order.id,
                min_account_seq=order.account_seq,
            )
        except ForbiddenError:
            return order
        return replace(order, fills=tuple(reversed(fills)))


def _id_of(order: str | Order) -> str:
    return order if isinstance(order, str) else order.id
