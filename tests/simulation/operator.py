"""The operator: opens markets, halts and resumes them, closes, settles and voids them."""

import asyncio
from contextlib import suppress
from random import Random
from typing import Any, Final

from core.errors import Problem
from exchange.markets.models import Contract, Market
from exchange.trading import gateway
from tests.simulation.asking import Client, LostError
from tests.simulation.scene import Scene

_OPEN_AT_ONCE: Final = 4
# What is asked of a market, and what may be asked of it next.
_NEXT: Final = {
    "open": ("halt", "close", "void", "settle"),
    "halt": ("resume", "resume", "close", "void"),
    "resume": ("halt", "close", "settle"),
    "close": ("settle", "settle", "void"),
}


class Operator(Client):
    """See the module. `live` are the markets it has asked to open, and the last step of each."""

    def __init__(self, scene: Scene, *rest: Any) -> None:
        super().__init__("operator", *rest)
        self.live: dict[int, str] = {}
        self._scene = scene
        self._drafts = list(scene.markets)

    async def run(self) -> None:
        while self.memories.wants_more:
            with suppress(LostError):
                await self._act()
            await asyncio.sleep(self.chance.uniform(0.2, 2.0) if self._is_full() else 0.05)

    async def _act(self) -> None:
        if not self._is_full():
            market = self._drafts.pop(0)
            self.live[market.pk] = "open"
            await self._step(market, "open")
            for contract in self._scene.contracts[market.pk]:
                contract.market.status = "open"  # what the door looks at
            return
        if not self.live or self.chance.random() < 0.5:
            return
        market_id = self.chance.choice(list(self.live))
        step = self.chance.choice(_NEXT[self.live[market_id]])
        if step in {"settle", "void", "close"} and self.chance.random() < 0.6:
            return
        self.live[market_id] = step
        await self._step(self._market(market_id), step)
        if step in {"settle", "void"}:
            del self.live[market_id]

    async def _step(self, market: Market, step: str) -> None:
        """Ask for a step until it is received; asked for twice, the second is refused."""
        winner = self.chance.choice(self._scene.contracts[market.pk])
        if market.has_other and self.chance.random() < 0.4:
            winner = None  # type: ignore[assignment]
        self.memories.sent += 1
        while True:
            try:
                answer = await self.ask(self._submit, market, step, winner)
            except LostError:
                await asyncio.sleep(0.3)
            else:
                self.memories.note(None, step, answer)
                return

    def _submit(self, market: Market, step: str, winner: Contract | None) -> gateway.Answer:
        if step != "open":
            market.status = "open"
        try:
            return gateway.submit_lifecycle(
                user=None, market=market, action=step, winner=winner if step == "settle" else None
            )
        except Problem as problem:
            self.world.fail(f"operator: {step} was refused: {problem.code}")
            raise

    def draw_contract(self, chance: Random) -> Contract | None:
        """Return a contract to trade in: mostly one that is open, at times one that is not."""
        if not self.live:
            return None
        markets = list(self.live)
        return chance.choice(self._scene.contracts[chance.choice(markets)])

    def _is_full(self) -> bool:
        return len(self.live) >= _OPEN_AT_ONCE or not self._drafts

    def _market(self, market_id: int) -> Market:
        return next(market for market in self._scene.markets if market.pk == market_id)
