"""One market of the journal as a journal of the engine's own, for anybody to re-run.

`python -m exchange.engine replay FILE` reads it and prints the same digest. Its engine has
unlimited funds and numbers the market's trades from 1: what an account had besides is not in the
file. An order that was refused for its account (money, suspended) is refused in the file by
suspending the account for a moment, so that the market's seqs are what they were.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from exchange.engine import RejectReason, commands, events
from exchange.engine.commands import Command, PlaceOrder, SetLimits, Tick
from exchange.engine.engine import Engine
from exchange.engine.events import Event, OrderRejected
from exchange.engine.journal import Journal, Settings
from exchange.engine.session import Session
from exchange.markets.models import Market
from exchange.trading.journals.faults import BadBatchError
from exchange.trading.journals.replaying import ShardReplay
from exchange.trading.journals.rows import JournaledCommand, read_rows
from exchange.trading.journals.verifying import Seen
from exchange.trading.models import JournalBatch

# A group of commands is written when it has at least so many.
_GROUP_COMMANDS: Final = 500
_OF_THE_ACCOUNT: Final = frozenset(
    {
        RejectReason.ACCOUNT_SUSPENDED,
        RejectReason.TOO_MANY_ORDERS,
        RejectReason.INSUFFICIENT_FUNDS,
        RejectReason.EXPOSURE_LIMIT,
        RejectReason.LOSS_LIMIT,
    }
)
# What of an event depends on more than the market: its trades' numbers, and why an order was
# refused for its account.
_OWN: Final = ("trade", "reason", "have_ticks", "need_ticks")


class MarketJournal:
    """Takes a market's commands from the replay of its shard, and is the engine's journal of them.

    `write` gets the journal's records.
    """

    def __init__(self, market: int, write: Callable[[bytes], object]) -> None:
        self.market: Final = market
        self._write = write
        self._journal: Final = Journal(Settings(10_000, unlimited_funds=True, keeps_trades=False))
        self._session: Final = Session(self._journal, None)
        self._waiting = 0
        write(self._journal.header())

    @property
    def engine(self) -> Engine:
        """The engine with this market alone, as far as it was taken."""
        return self._journal.run.engine

    def take(self, _: Engine, row: JournalBatch, entry: JournaledCommand) -> None:
        """Carry a command out if it changed the market. Raises BadBatchError.

        It must have the effects that are journaled.
        """
        if entry.was_refused_unseen:
            return
        # What an account cancels everywhere, or time ends, may concern other markets too.
        ours = [event for event in entry.decided if event.market == self.market]
        if not any(event.seq is not None for event in ours):
            return
        if _asks_for_time(entry) and row.time_ms > self.engine.time_ms:
            self._carry_out(Tick(time=row.time_ms))
        given = [event for command in _commands(entry) for event in self._carry_out(command)]
        if list(map(_common, given)) != list(map(_common, ours)):
            what = f"command {entry.command_id} gives other events in market {self.market} alone"
            raise BadBatchError(row.shard, row.number, what)
        if self._waiting >= _GROUP_COMMANDS:
            self.flush()

    def flush(self) -> None:
        """Write what was carried out and is not written yet."""
        record = self._session.record()
        if record:
            self._write(record)
        self._waiting = 0

    def summary(self) -> str:
        """Return the line that a replay of the journal prints."""
        return self._session.summary()

    def _carry_out(self, command: Command) -> list[Event]:
        output: list[str] = []
        self._session.answer(json.dumps(commands.encode(command)).encode(), output)
        self._waiting += 1
        return [events.decode(json.loads(line)) for line in output]


def export_market(market: Market, folder: Path, seen: Seen = lambda: None) -> tuple[Path, str]:
    """Write a market's journal into a folder; return its path and the summary of its run.

    Re-runs the shard's journal from its first batch. A file of before is replaced, at the end.
    Raises BadJournalError, OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"market-{market.pk}.journal"
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        journal = MarketJournal(market.pk, file.write)
        replay = ShardReplay(market.shard)
        for row in read_rows(market.shard):
            replay.apply(row, journal.take)
            seen()
        journal.flush()
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path, journal.summary()


def _commands(entry: JournaledCommand) -> Iterator[Command]:
    command = entry.command()
    if isinstance(command, PlaceOrder) and any(map(_is_of_the_account, entry.decided)):
        yield SetLimits(command.account, suspended=True)
        yield command
        yield SetLimits(command.account)
    else:
        yield command


def _asks_for_time(entry: JournaledCommand) -> bool:
    """Whether it is judged by what time it is."""
    return any(entry.members.get(name) is not None for name in ("expires_at", "valid_until"))


def _is_of_the_account(event: Event) -> bool:
    return isinstance(event, OrderRejected) and event.reason in _OF_THE_ACCOUNT


def _common(event: Event) -> dict[str, Any]:
    own = _OWN if _is_of_the_account(event) else _OWN[:1]
    return {name: value for name, value in events.encode(event).items() if name not in own}
