"""The end of a run: the faults cease, everybody has time to mend, and then all must agree."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from core.money import format_ticks
from tests.simulation.operator import Operator
from tests.simulation.watchers import Watcher

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

# How long the inbox may take to drain: what was ambiguous ends, leases expire, processes start.
_DRAIN_S: Final = 60.0
# How long a hub may take to notice what it missed (its audits), and a follower to follow.
_SETTLE_S: Final = 8.0

_LEVELS: Final = """
SELECT contract_id, side, price_ticks, SUM(open_quantity) FROM trading_order
WHERE open_quantity > 0 AND NOT is_waiting
AND market_id = (SELECT id FROM markets_market WHERE slug = ?)
GROUP BY contract_id, side, price_ticks
"""
_TRADES: Final = """
SELECT id FROM trading_trade
WHERE market_id = (SELECT id FROM markets_market WHERE slug = ?) ORDER BY id
"""
_ANSWER: Final = """
SELECT CASE WHEN status = 'rejected' THEN reason ELSE '' END FROM trading_order WHERE id = ?
UNION ALL SELECT reason FROM trading_outcome WHERE command_id = ?
"""
_OPEN: Final = "SELECT id, open_quantity FROM trading_order WHERE account_id = ? AND open_quantity"
_BALANCE: Final = (
    "SELECT balance_ticks, exposure_ticks, account_seq FROM ledger_account WHERE id = ?"
)


class Truth:
    """See the module."""

    def __init__(
        self, simulation: "Simulation", operator: Operator, watchers: list[Watcher]
    ) -> None:
        self._simulation = simulation
        self._world = simulation.world
        self._witness = simulation.witness
        self._watchers = watchers

    async def find(self) -> None:
        """Bring quiet, and compare everything with everything."""
        world = self._world
        world.trace("quiet")
        world.faults.is_on = False
        for process in world.processes():
            process.dies_at = process.stops_at = process.stops_before_batch_s = None
        world.bring_database_back()
        world.bring_layer_back()
        if not await self._drain():
            waiting = len(self._witness.waiting)
            world.fail(f"{waiting} commands still wait {_DRAIN_S} s after the last fault")
            return
        for difference in await self._settle():
            world.fail(difference)
        self._simulation.look_at_books()
        self._compare_answers()
        self._compare_keys()
        self._witness.prove()
        for error in world.loop.errors:
            world.fail(error)

    async def _drain(self) -> bool:
        deadline_s = self._world.loop.time() + _DRAIN_S
        while self._world.loop.time() < deadline_s:
            await asyncio.sleep(0.25)
            if not self._witness.ask("SELECT 1 FROM trading_inboxcommand LIMIT 1"):
                return True
        return False

    async def _settle(self) -> list[str]:
        """Return what watchers and followers of the journal have not found out in time."""
        deadline_s = self._world.loop.time() + _SETTLE_S
        while True:
            await asyncio.sleep(0.5)
            differences = [*self._watched(), *self._followed()]
            if not differences or self._world.loop.time() > deadline_s:
                return differences

    def _compare_answers(self) -> None:
        """What somebody was told is there, once, and says the same."""
        for command_id, kept in self._simulation.memories.answers.items():
            found = self._witness.ask(_ANSWER, command_id, command_id)
            if len(found) != 1:
                self._world.fail(f"{kept.kind} {command_id} has {len(found)} outcomes: {kept}")
            elif kept.reason is not None and found[0][0] != kept.reason:
                self._world.fail(f"{kept.kind} {command_id}: told {kept}, is {found[0][0]!r}")

    def _compare_keys(self) -> None:
        statement = "SELECT account_id, client_order_id, command_id FROM trading_commandkey"
        stored = {(account, key): command for account, key, command in self._witness.ask(statement)}
        for key, command_id in self._simulation.memories.by_key.items():
            if stored.get(key) != command_id:
                self._world.fail(f"key {key} is {stored.get(key)}, was {command_id}")
        twice = """SELECT client_order_id FROM trading_order WHERE client_order_id != ''
            GROUP BY account_id, client_order_id HAVING COUNT(*) > 1"""
        for (key,) in self._witness.ask(twice):
            self._world.fail(f"two orders have the key {key}")

    def _watched(self) -> Iterator[str]:
        for watcher in self._watchers:
            for slug in watcher.books:
                yield from self._watched_market(watcher, slug)
            if watcher.visitor.user_id is not None:
                yield from self._watched_account(watcher)

    def _watched_market(self, watcher: Watcher, slug: str) -> Iterator[str]:
        levels: dict[tuple[str, str], dict[int, int]] = {}
        for contract, side, price_ticks, quantity in self._witness.ask(_LEVELS, slug):
            levels.setdefault((str(contract), side), {})[price_ticks] = quantity
        shown = {
            (contract, side): book[name]
            for contract, book in watcher.books[slug].books.items()
            for side, name in (("buy", "bids"), ("sell", "asks"))
            if book[name]
        }
        if levels != shown:
            yield f"{slug}: a watcher sees {shown}, the book is {levels}"
        told = [int(trade["id"]) for trade in watcher.trades[slug].trades]
        ids = [pk for (pk,) in self._witness.ask(_TRADES, slug)]
        if told != ids[len(ids) - len(told) :] or len(told) < min(50, len(ids)):
            yield f"{slug}: a watcher sees the trades {told[-5:]}, there are {ids[-5:]}"

    def _watched_account(self, watcher: Watcher) -> Iterator[str]:
        statement = "SELECT id FROM ledger_account WHERE owner_id = ?"
        pk = self._witness.ask(statement, watcher.visitor.user_id)[0][0]
        balance_ticks, exposure_ticks, seq = self._witness.ask(_BALANCE, pk)[0]
        is_open = {str(order): quantity for order, quantity in self._witness.ask(_OPEN, pk)}
        truth = (format_ticks(balance_ticks), format_ticks(exposure_ticks), seq, is_open)
        replica = watcher.account
        shown = (replica.balance.get("balance"), replica.balance.get("exposure"), replica.seq)
        if (*shown, replica.open_orders()) != truth:
            yield f"account {pk}: a watcher sees {shown} {replica.open_orders()}, there is {truth}"

    def _followed(self) -> Iterator[str]:
        """Yield what is left to follow of the journal: every mail it asks for was written."""
        ends = self._witness.ask("SELECT number, journal_number FROM trading_shard ORDER BY 1")
        statement = "SELECT shard, number FROM trading_journalcursor ORDER BY 1"
        cursors: list[Any] = self._witness.ask(statement)
        if cursors != [end for end in ends if end[1]]:
            yield f"cursors stand at {cursors}, the journal ends at {ends}"
