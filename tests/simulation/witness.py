"""The witness: looks at the database after each COMMIT, from outside, and remembers everything.

What it checks each time costs as much as the batch that was written; the proofs of the whole
exchange are made now and then, and at the end.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from typing import Any, Final

from exchange.trading.checks import run_checks
from exchange.trading.journals.faults import BadJournalError
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.models import JournalBatch
from tests.simulation.process import Process, as_thread
from tests.simulation.world import World

_NEW_BATCHES: Final = """
SELECT id, shard, number, epoch, time_ms, facts, entries, digest FROM trading_journalbatch
WHERE id > ? ORDER BY id
"""
_MONEY: Final = """
SELECT SUM(balance_ticks),
    MIN(CASE WHEN kind = 'member' THEN balance_ticks - exposure_ticks ELSE 0 END)
FROM ledger_account
"""


class Witness:
    """See the module. Everything that is wrong goes to `world.fail`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.received: set[int] = set()
        self.judged: set[int] = set()
        self.waiting: set[int] = set()
        self.batches = 0
        self.events: Counter[str] = Counter()
        self.replays: dict[int, ShardReplay] = {}
        self._seqs: dict[int, int] = defaultdict(int)
        self._epochs: dict[int, int] = defaultdict(int)
        self._last = 0
        self._digests: dict[str, str] = {}
        self._file = sqlite3.connect(world.database.path, isolation_level=None)
        world.database.when_committed = self.look
        world.layer.when_told = self.hear

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, from outside."""
        return self._file.execute(statement, values).fetchall()

    def count_epochs(self) -> int:
        """Return how often a shard got an owner."""
        return int(self.ask("SELECT COALESCE(SUM(epoch), 0) FROM trading_shard")[0][0])

    def count_dead_letters(self) -> int:
        return int(self.ask("SELECT COUNT(*) FROM trading_deadletter")[0][0])

    def knows_order(self, order_id: int) -> bool:
        """Whether an order waits or has its row: an order for a contract unknown has neither."""
        statement = """SELECT 1 FROM trading_inboxcommand WHERE id = ?
            UNION ALL SELECT 1 FROM trading_order WHERE id = ?"""
        return bool(self.ask(statement, order_id, order_id))

    def market_of(self, order_id: int) -> int | None:
        """Return the market of an order that has its row."""
        rows = self.ask("SELECT market_id FROM trading_order WHERE id = ?", order_id)
        return rows[0][0] if rows else None

    def look(self, process: Process, journaled: bool, moved: bool) -> None:
        """Look at what a process has committed just now; nobody else can have changed more."""
        if journaled:
            self._look_at_batches(process)
            self._look_at_money()
        if moved:
            self._look_at_commands()

    def hear(self, message: dict[str, Any]) -> None:
        """Nothing is told of what is not journaled."""
        if message["type"] == "replies":
            early = [pk for pk, *_ in message["replies"] if pk not in self.judged]
            if early:
                self.world.fail(f"answered before they are journaled: {early}")
        elif message["type"] == "market.batch" and message["seq"] > self._seqs[message["market"]]:
            self.world.fail(f"published before it is journaled: {message}")

    def _look_at_batches(self, process: Process) -> None:
        for pk, *columns in self.ask(_NEW_BATCHES, self._last):
            self._last = pk
            names = ("shard", "number", "epoch", "time_ms", "facts", "entries", "digest")
            row = JournalBatch(**dict(zip(names, columns, strict=True)))
            self.batches += 1
            self.world.trace("batch", process.name, row.shard, row.number, row.epoch, row.digest)
            self._look_at_owner(process, row)
            self._look_at_journal(row)
            self._look_at_entries(row)

    def _look_at_owner(self, process: Process, row: JournalBatch) -> None:
        """Only who owns the shard at this moment may write; an epoch never comes back."""
        statement = "SELECT owner, epoch FROM trading_shard WHERE number = ?"
        owner, epoch = self.ask(statement, row.shard)[0]
        if owner != process.owner_name or epoch != row.epoch:
            self.world.fail(f"{process.name} wrote batch {row.number} of epoch {row.epoch} while"
                            f" epoch {epoch} is another's")  # fmt: skip
        if row.epoch < self._epochs[row.shard]:
            self.world.fail(f"batch {row.number}: epoch {row.epoch} came back")
        self._epochs[row.shard] = row.epoch

    def _look_at_journal(self, row: JournalBatch) -> None:
        """Run the batch again: the chain holds, and the same events come."""
        replay = self.replays.setdefault(row.shard, ShardReplay(row.shard))
        try:
            replay.apply(row)
        except BadJournalError as fault:
            self.world.fail(str(fault))

    def _look_at_entries(self, row: JournalBatch) -> None:
        for command_id, _, events in json.loads(row.entries):
            if command_id is not None:
                if command_id in self.judged:
                    self.world.fail(f"command {command_id} was judged twice")
                if command_id not in self.received:
                    self.world.fail(f"command {command_id} was judged unreceived")
                self.judged.add(command_id)
                self.waiting.discard(command_id)
            for event in events:
                self.events[event["type"]] += 1
                self._look_at_seq(event)

    def _look_at_seq(self, event: dict[str, Any]) -> None:
        market, seq = event.get("market"), event.get("seq")
        if market is not None and seq is not None:
            if seq != self._seqs[market] + 1:
                self.world.fail(f"market {market}: seq {seq} after {self._seqs[market]}")
            self._seqs[market] = seq

    def _look_at_money(self) -> None:
        total, least_available = self.ask(_MONEY)[0]
        if total or least_available < 0:
            self.world.fail(f"balances sum to {total}, somebody has {least_available} available")

    def _look_at_commands(self) -> None:
        """Every command that was received waits, or was judged once.

        `waiting` are those that were received and not judged, as of the last look.
        """
        waiting = {pk for (pk,) in self.ask("SELECT id FROM trading_inboxcommand")}
        if waiting & self.judged:
            self.world.fail(f"judged, and waiting: {sorted(waiting & self.judged)}")
        if lost := self.waiting - waiting:
            self.world.fail(f"lost: {sorted(lost)}")
        self.received |= waiting
        self.waiting = waiting

    def look_at_books(self, process: Process, books: Any) -> None:
        """The books in memory are those of the journal, wherever both stand at one batch."""
        replay = self.replays.get(books.shard)
        if replay is None or books.judging or books.unsettled is not None:
            return
        if (books.journal_number, books.digest) != (replay.walk.number, replay.walk.digest):
            return
        if books.engine.digest() != self._digest_of_books(replay):
            self.world.fail(f"{process.name}: books of shard {books.shard} differ in memory"
                            f" after batch {books.journal_number}")  # fmt: skip

    def look_at_standby(self, process: Process, standby: Any) -> None:
        """Books that are kept warm are those of the journal, and nothing ever differed."""
        for shard, follower in standby._followers.items():
            if follower.differs:
                self.world.fail(f"{process.name}: standby of shard {shard}: {follower.differs}")
            mine, theirs = self.replays.get(shard), follower._replay
            if mine is None or theirs is None or mine.walk.digest != theirs.walk.digest:
                continue
            if follower.lock.locked():
                continue
            if self._digest_of_books(mine) != theirs.engine.digest():
                self.world.fail(f"{process.name}: warm books of shard {shard} differ")

    def _digest_of_books(self, replay: ShardReplay) -> str:
        """Return what stands for the books of the journal: made once for each batch's end."""
        if replay.walk.digest not in self._digests:
            self._digests[replay.walk.digest] = replay.engine.digest()
        return self._digests[replay.walk.digest]

    def prove(self) -> None:
        """Make all the proofs that the exchange has of itself."""
        connection = self.world.database.connect()
        with as_thread(connection):
            for name, wrong in run_checks():
                if wrong:
                    self.world.fail(f"{name}: {wrong[:3]}")
            connection.close()
