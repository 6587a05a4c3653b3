"""Clients that trade: place, cancel, reduce, replace, repeat with the same key, send nonsense."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from core.clock import now_ms
from core.errors import Code, Problem
from core.ids import new_id
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading import amendments, cancelling, gateway, inbox
from exchange.trading.requests import OrderRequest
from tests.simulation.asking import Client, LostError
from tests.simulation.operator import Operator

_REMEMBERED: Final = 30
_STP: Final = ("cancel_newest", "cancel_oldest", "cancel_both", "decrement", "allow")


class Trader(Client):
    """One member's program. Who it trades for, in which markets, and what it has standing."""

    def __init__(self, account: Account, operator: Operator, witness: Any, *rest: Any) -> None:
        super().__init__(f"trader{account.pk}", *rest)
        self.account = account
        self._operator = operator
        self._witness = witness
        self._orders: list[int] = []
        self._shards: dict[int, int] = {}
        self._keyed: list[OrderRequest] = []
        self._keys = 0

    async def run(self) -> None:
        deeds = (
            (self._place, 55), (self._cancel, 12), (self._reduce, 8), (self._replace, 8),
            (self._cancel_all, 1), (self._repeat, 6), (self._change_mind, 2),
            (self._send_many, 25), (self._poison, 0),
        )  # fmt: skip
        kinds, weights = zip(*deeds, strict=True)
        poison = 100 * self.world.faults.profile.poison
        while self.memories.wants_more:
            deed = self.chance.choices(kinds, (*weights[:-1], poison))[0]
            with suppress(LostError):
                await deed()
            await asyncio.sleep(self.chance.uniform(0.0, 0.4))

    # What it does.

    async def _place(self) -> None:
        request = self._draw_order()
        if request is None:
            return
        self.memories.sent += 1
        key = request.client_order_id
        ask = self.ask_again if key else self.ask
        try:
            answer = await ask(self._place_order, request)
        except Problem as problem:
            # Clocks jump: its time may be over where it comes in.
            self._refused("place", problem, Code.INVALID_EXPIRY)
            return
        self.memories.note(self.account.pk, "PlaceOrder", answer, key)
        self._remember(answer.command_id, request.contract.market.shard)
        if key:
            self._keyed = [*self._keyed, request][-_REMEMBERED:]

    async def _repeat(self) -> None:
        """Send an order again: it must be the same order, with the same answer."""
        if self._keyed:
            request = self.chance.choice(self._keyed)
            self.memories.sent += 1
            try:
                answer = await self.ask_again(self._place_order, request)
            except Problem as problem:
                self._refused("repeat", problem)
                return
            self.memories.note(self.account.pk, "PlaceOrder", answer, request.client_order_id)

    async def _change_mind(self) -> None:
        """Send another order with a key that is taken: it must be refused."""
        if not self._keyed:
            return
        taken = self.chance.choice(self._keyed)
        another = OrderRequest(
            contract=taken.contract,
            side=taken.side,
            price_ticks=taken.price_ticks,
            quantity=taken.quantity + 1,
            client_order_id=taken.client_order_id,
        )
        self.memories.sent += 1
        try:
            answer = await self.ask_again(self._place_order, another)
        except Problem as problem:
            self._refused("change mind", problem, Code.CLIENT_ORDER_ID_REUSED)
        else:
            self.world.fail(f"key {taken.client_order_id} took another body: {answer}")

    async def _cancel(self) -> None:
        await self._about_order("CancelOrder", self._ask_cancel)

    async def _reduce(self) -> None:
        more = {"by": self.chance.randint(1, 5)}
        if self.chance.random() < 0.3:
            more["if_open_quantity"] = self.chance.randint(1, 10)
        await self._about_order("ReduceOrder", self._ask_reduce, **more)

    async def _replace(self) -> None:
        """Move an order: where the old one is known to be open, the new one stands in its place."""
        if not self._orders:
            return
        order_id = self.chance.choice(self._orders)
        market_id = self._witness.market_of(order_id)
        if market_id is None:
            return
        self.memories.sent += 1
        price_ticks, quantity = self._draw_price(), self.chance.randint(1, 20)
        try:
            answer = await self.ask(self._ask_replace, order_id, market_id, price_ticks, quantity)
        except Problem as problem:
            self._refused("replace", problem)
            return
        self.memories.note(self.account.pk, "ReplaceOrder", answer)
        if not answer.reason:
            self._remember(answer.command_id, self._shards[order_id])

    async def _cancel_all(self) -> None:
        """End everything it has standing, those orders included that are on their way."""
        self.memories.sent += 1
        try:
            await self.ask(self._ask_cancel_all)
        except Problem as problem:
            self._refused("cancel all", problem)

    async def _about_order(self, kind: str, function: Any, **more: int) -> None:
        if not self._orders:
            return
        order_id = self.chance.choice(self._orders)
        self.memories.sent += 1
        try:
            answer = await self.ask(lambda: function(order_id, **more))
        except Problem as problem:
            allowed = () if self._witness.knows_order(order_id) else (Code.NOT_FOUND,)
            self._refused(kind, problem, *allowed)
        else:
            self.memories.note(self.account.pk, kind, answer)

    async def _send_many(self) -> None:
        """Send some orders and cancels at once, as programs do, and do not wait for them."""
        requests = [self._draw_order(keyed=False) for _ in range(self.chance.randint(2, 12))]
        wanted = [request for request in requests if request is not None]
        known = [order for order in self._orders if self._witness.knows_order(order)]
        cancelled = self.chance.sample(known, min(2, len(known)))
        self.memories.sent += len(wanted) + len(cancelled)
        for command_id, kind, shard in await self.ask(self._submit_many, wanted, cancelled):
            self.memories.note(
                self.account.pk, kind, gateway.Answer(command_id=command_id, pending=True)
            )
            if kind == "PlaceOrder":
                self._remember(command_id, shard)

    async def _poison(self) -> None:
        """Send what cannot be read, is not offered, breaks the engine or cannot be written."""
        contract = self._operator.draw_contract(self.chance)
        if contract is None:
            return
        self.memories.sent += 1
        kind = self.chance.choice(("unreadable", "not offered", "breaks", "cannot be written"))
        # One refused for a market that was not open yet has no row: it could be written again.
        kept = {order for (order,) in self._witness.ask("SELECT id FROM trading_order")}
        known = [order for order in self._orders if order in kept]
        reused = self.chance.choice(known) if known else None
        for command_id in await self.ask(self._submit_poison, kind, contract, reused):
            self.memories.note(None, "Poison", gateway.Answer(command_id=command_id, pending=True))

    # What web processes do for it.

    def _place_order(self, request: OrderRequest) -> gateway.Answer:
        return gateway.place_order(account=self.account, user=None, order=request)

    def _ask_cancel(self, order_id: int) -> gateway.Answer:
        return gateway.cancel_order(account=self.account, user=None, order_id=order_id)

    def _ask_reduce(self, order_id: int, **more: int) -> gateway.Answer:
        account, shard = self.account.pk, self._shards[order_id]
        return gateway.submit_one(
            amendments.reduce_sending(
                account_id=account, user_id=None, order_id=order_id, shard=shard, **more
            )
        )

    def _ask_replace(
        self, order_id: int, market_id: int, price_ticks: int, quantity: int
    ) -> gateway.Answer:
        sending = amendments.replace_sending(
            account_id=self.account.pk,
            user_id=None,
            order_id=order_id,
            market=Market.objects.get(pk=market_id),
            price_ticks=price_ticks,
            quantity=quantity,
        )
        return gateway.submit_one(sending)

    def _ask_cancel_all(self) -> None:
        cancelling.cancel_all(account=self.account, user=None, wanted=cancelling.OrderFilter())

    def _submit_many(
        self, wanted: list[OrderRequest], cancelled: list[int]
    ) -> list[tuple[int, str, int]]:
        rows = []
        for request in wanted:
            order_id, account_id = new_id(), self.account.pk
            command = gateway.place_order_command(request, order_id=order_id, account_id=account_id)
            rows.append(self._row(order_id, request.contract.market.shard, command))
        for order_id in cancelled:
            command = {"type": "CancelOrder", "order": order_id, "account": self.account.pk}
            rows.append(self._row(new_id(), self._shards[order_id], command))
        gateway.submit_many(rows)
        return [(row.pk, row.kind, row.shard) for row in rows]

    def _submit_poison(self, kind: str, contract: Contract, reused: int | None) -> list[int]:
        order_id = new_id()
        request = OrderRequest(contract=contract, side="buy", price_ticks=100, quantity=1)
        account_id = 10**9 if kind == "breaks" else self.account.pk
        command = gateway.place_order_command(request, order_id=order_id, account_id=account_id)
        if kind == "not offered":
            command["time"] = 1
        elif kind == "cannot be written" and reused is not None:
            command["order"] = reused
        row = self._row(order_id, contract.market.shard, command)
        if kind == "unreadable":
            row.payload = "{"
        gateway.submit_many([row])
        return [order_id]

    def _row(self, command_id: int, shard: int, command: dict[str, Any]) -> Any:
        return inbox.new_row(
            command_id=command_id,
            shard=shard,
            command=command,
            account_id=self.account.pk,
        )

    # What it thinks.

    def _draw_order(self, *, keyed: bool = True) -> OrderRequest | None:
        contract = self._operator.draw_contract(self.chance)
        if contract is None:
            return None
        chance = self.chance
        key = ""
        if keyed and chance.random() < 0.7:
            self._keys += 1
            key = f"{self.name}-{self._keys}"
        return OrderRequest(
            contract=contract,
            side=chance.choice(("buy", "sell")),
            price_ticks=self._draw_price(),
            quantity=chance.randint(5, 20),
            client_order_id=key,
            stp=chance.choice(_STP) if chance.random() < 0.3 else _STP[0],
            **self._draw_terms(),
        )

    def _draw_price(self) -> int:
        return 100 * (50 + self.chance.randint(-8, 8))

    def _draw_terms(self) -> dict[str, Any]:
        """Draw what kind of order it is: most are plain."""
        chance = self.chance
        later_ms = now_ms() + chance.randint(500, 20_000)
        group = chance.choice((None, 1, 2))
        stop = {"stop_ticks": self._draw_price()}
        drawn: list[tuple[dict[str, Any], int]] = [
            ({}, 60), ({"time_in_force": "IOC"}, 12), ({"time_in_force": "FOK"}, 3),
            ({"time_in_force": "GTD", "expires_at_ms": later_ms, "group": group}, 6),
            ({"post_only": True}, 4), ({"min_quantity": 3}, 2), ({"on_halt": "cancel"}, 3),
            ({"kind": "market", "time_in_force": "IOC"}, 2), ({"max_cost_ticks": 30_000}, 2),
            ({"reduce_only": True, "time_in_force": "IOC"}, 2), ({"kind": "stop", **stop}, 2),
            ({"kind": "stop_limit", **stop}, 2), ({"group": group}, 3),
            ({"kind": "stop_limit", "time_in_force": "GTD", "expires_at_ms": later_ms, **stop}, 2),
        ]  # fmt: skip
        kinds, weights = zip(*drawn, strict=True)
        return dict(chance.choices(kinds, weights)[0])

    def _remember(self, order_id: int, shard: int) -> None:
        self._shards[order_id] = shard
        self._orders = [*self._orders, order_id][-_REMEMBERED:]

    def _refused(self, what: str, problem: Problem, *expected: Code) -> None:
        """Take a refusal at the door; what was acknowledged is never unknown."""
        allowed = {Code.UNAVAILABLE, Code.MARKET_NOT_OPEN, *expected}
        if problem.code not in allowed:
            self.world.fail(f"{self.name}: {what} was refused: {problem.code} {problem.detail}")
