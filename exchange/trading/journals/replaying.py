"""Re-running a journal: the same commands, judged by the same facts, must give the same events."""

from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Final

from exchange.engine import Engine
from exchange.engine.commands import InputError
from exchange.engine.events import Event
from exchange.trading.event_text import event_text
from exchange.trading.journal import chain_of
from exchange.trading.journals.faults import BadBatchError
from exchange.trading.journals.rows import (
    JournaledCommand,
    JournalEnd,
    begins_with_tick,
    read_commands,
    read_facts,
    read_raw,
)
from exchange.trading.lease import TRADES_PER_SHARD
from exchange.trading.models import JournalBatch
from exchange.trading.payloads import read_usual

START_DIGEST: Final = "0" * 64

# Shown each command of a replay just before it is applied, the engine as it is then.
Watcher = Callable[[Engine, JournalBatch, JournaledCommand], None]


class ChainWalk:
    """Walks along a shard's journal: without a gap, every digest over the one before."""

    def __init__(self, shard: int, *, number: int = 0, digest: str = START_DIGEST) -> None:
        self.shard: Final = shard
        self.number = number
        self.digest = digest

    def step(self, row: JournalBatch) -> None:
        """Go on to the next batch. Raises BadBatchError where it is not the next."""
        if row.number != self.number + 1:
            raise BadBatchError(self.shard, self.number + 1, f"is missing, {row.number} comes next")
        if chain_of(self.digest, row) != row.digest:
            raise BadBatchError(self.shard, row.number, "its digest does not fit: it was changed")
        self.number, self.digest = row.number, row.digest

    def check_end(self, end: JournalEnd) -> None:
        """Raise BadBatchError unless the journal goes exactly as far as it should."""
        if self.number != end.number:
            what = f"is the last there should be, the journal ends at {self.number}"
            raise BadBatchError(self.shard, end.number, what)
        if self.digest != end.digest:
            raise BadBatchError(self.shard, end.number, "is not the one that the shard's row names")


class ShardReplay:
    """The books of a shard as its journal makes them, in an engine of their own.

    Memory is that of the books. A fault leaves the replay useless.
    """

    def __init__(
        self, shard: int, *, start: JournalEnd | None = None, engine: Engine | None = None
    ) -> None:
        """Begin before the first batch; or after batch `start`, with the engine as it was then."""
        assert (start is None) == (engine is None)
        self.engine: Final = engine or Engine(next_trade=shard * TRADES_PER_SHARD + 1)
        self.walk: Final = (
            ChainWalk(shard)
            if start is None
            else ChainWalk(shard, number=start.number, digest=start.digest)
        )

    def apply(self, row: JournalBatch, watch: Watcher | None = None) -> None:
        """Re-run the next batch. Raises BadBatchError unless it gives what it gave then."""
        self.walk.step(row)
        self.engine.begin(read_facts(row))
        # A batch begins by telling its time: by a Tick, where something was due.
        if not begins_with_tick(row) and self.engine.advance(row.time_ms):
            raise BadBatchError(row.shard, row.number, "leaves out what was due by its time")
        if watch is None:
            self._apply_raw(row)
        else:
            self._apply_watched(row, watch)
        self.engine.commit()

    def _apply_watched(self, row: JournalBatch, watch: Watcher) -> None:
        for entry in read_commands(row):
            watch(self.engine, row, entry)
            if not entry.was_refused_unseen:
                self._check(row, entry, self._give(row, entry))

    def _apply_raw(self, row: JournalBatch) -> None:
        """Compare byte for byte what is given now with what was journaled.

        Only what differs, or was perhaps never seen by the engine, is read as well: an older
        version may have written the same in other words.
        """
        looked_into: list[JournaledCommand] = []
        for index, raw in enumerate(read_raw(row)):
            usual = None if raw.may_be_refused_unseen else read_usual(raw.command)
            given = None if usual is None else self.engine.apply(usual)
            if (
                given is not None
                and f"[{','.join(map(event_text, given))}]".encode() == raw.decided
            ):
                continue
            looked_into = looked_into or read_commands(row)
            entry = looked_into[index]
            if not entry.was_refused_unseen:
                self._check(row, entry, self._give(row, entry) if given is None else given)

    def _give(self, row: JournalBatch, entry: JournaledCommand) -> list[Event]:
        try:
            return self.engine.apply(entry.command())
        except InputError as error:
            raise BadBatchError(row.shard, row.number, f"holds no command: {error}") from error

    def _check(self, row: JournalBatch, entry: JournaledCommand, given: list[Event]) -> None:
        if given != entry.decided:
            raise BadBatchError(row.shard, row.number, _difference(entry, given))


def _difference(entry: JournaledCommand, given: Iterable[Event]) -> str:
    pairs = zip_longest(entry.decided, given)
    then, now = next(pair for pair in pairs if pair[0] != pair[1])
    name = f"command {entry.command_id} ({entry.members.get('type')})"
    return f"{name} gave {then}, the engine now gives {now}"
