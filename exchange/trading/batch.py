"""One batch of one shard: the heart of the way of an order, from the inbox to COMMIT.

    lock the shard's row, check epoch and journal end,       beginning, lease
    take the next commands, what is due first                taking
    judge them in memory by the accounts' facts,             judging, effects
        trades going to the database meanwhile               writer
    lock exactly the accounts touched, in order of id        ledger.standings.lock_standings
    write orders, positions, money, the journal              writer, journal
    COMMIT: journaled                                        and only then is anything told

Nothing is half-done: when the transaction fails, the engine is rolled back to where it was. When
nobody can tell whether it failed, settling.py asks the database before anything else is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from django.db import IntegrityError, OperationalError, transaction

from core.db import DATABASE_AWAY
from core.failpoints import reach
from exchange.engine import AccountFacts
from exchange.ledger.selectors import get_clearing_accounts
from exchange.ledger.standings import Standing, lock_standings
from exchange.trading.beginning import begin_batch
from exchange.trading.books import ShardBooks
from exchange.trading.effects import Effects, Judged
from exchange.trading.folding import Folder
from exchange.trading.journal import journal_row
from exchange.trading.judging import BrokenCommandError, Judge
from exchange.trading.lease import LeaseLostError
from exchange.trading.settling import settle
from exchange.trading.taking import Entry
from exchange.trading.writer import TRADES, Exposures, Store, Writer, trade_rows

log = structlog.get_logger(__name__)

_ATTEMPTS = 4
# So many commands are judged before the database is given the trades they made.
_JUDGED_AT_ONCE = 100


class FactsChangedError(Exception):
    """An account's money was not what the batch was judged by: judge again with these locked."""

    def __init__(self, account_ids: Iterable[int]) -> None:
        super().__init__()
        self.account_ids = frozenset(account_ids)


class BatchFailedError(Exception):
    """A batch cannot be written, and the database is not to blame; its cause is the cause.

    `received` are the commands it had taken, which are in the inbox again.
    """

    def __init__(self, received: Sequence[Entry]) -> None:
        super().__init__(f"{len(received)} commands")
        self.received = received


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A committed batch: what was judged, what it changed, and what it is called.

    `is_full`: it took as many commands as it might, so more may wait.
    """

    shard: int
    epoch: int
    number: int
    digest: str
    time_ms: int
    is_full: bool
    judged: Sequence[Judged]
    effects: Effects
    account_seqs: Mapping[int, int]


def run_batch(books: ShardBooks, *, limit: int) -> Batch | None:
    """Judge and journal at most `limit` commands; None when nothing waits, or none could be.

    Raises LeaseLostError when another worker owns the shard; its books are then worthless. Any
    other error leaves everything in the inbox and the books as they were, or unsettled.
    """
    if books.unsettled is not None and (settled := settle(books)) is not None:
        return settled
    attempt = _Attempt(books, limit)
    for _ in range(_ATTEMPTS):
        try:
            return attempt.transact()
        except FactsChangedError as changed:
            attempt.lock_first |= changed.account_ids
        except BrokenCommandError as error:
            log.exception("command_broke_the_engine", shard=books.shard, command=error.command_id)
            attempt.leave_out(error)
    log.warning("batch_given_up", shard=books.shard, attempts=_ATTEMPTS)
    return None


def answer_as_broken(books: ShardBooks, entry: Entry, error: str) -> Batch | None:
    """Judge the next command, this one, as broken: answered, kept as a dead letter.

    A broken order is kept as a rejected one; where not even that can be written, its outcome
    alone says so.
    """
    attempt = _Attempt(books, 1)
    assert entry.command_id is not None, "only what was received can be answered"
    attempt.broken[entry.command_id] = error
    try:
        return attempt.transact()
    except BatchFailedError:
        attempt.keeps_orders = False
        return attempt.transact()


class _Attempt:
    """The transaction, and what earlier tries of it have taught."""

    def __init__(self, books: ShardBooks, limit: int) -> None:
        self.books = books
        self.limit = limit
        self.lock_first: frozenset[int] = frozenset()
        self.broken: dict[int, str] = {}
        self.keeps_orders = True
        self._received: Sequence[Entry] = []

    def leave_out(self, error: BrokenCommandError) -> None:
        """Answer a command as broken next time, and look no further than it: so far all is well."""
        self.broken[error.command_id] = repr(error.__cause__)
        ids = [entry.command_id for entry in self._received]
        self.limit = ids.index(error.command_id) + 1

    def transact(self) -> Batch | None:
        """Run the batch in a transaction of its own; the engine follows what became of it."""
        books, batch, self._received = self.books, None, []
        try:
            with transaction.atomic(durable=True):
                batch = self._run()
                books.unsettled = batch
        except BaseException as error:  # noqa: BLE001 -- raised again, as what it means
            if books.unsettled is None:
                books.roll_back()
                self._raise(error)
            log.warning("commit_failed", shard=books.shard, error=repr(error))
            if settle(books) is None:
                self._raise(_as_of_commit(error))
        else:
            reach("batch.committed")
            if batch is not None:
                books.commit(journal_number=batch.number, digest=batch.digest)
        return batch

    def _raise(self, error: BaseException) -> None:
        """Raise an error as what it means for the batch."""
        known = (FactsChangedError, BrokenCommandError, LeaseLostError, *DATABASE_AWAY)
        if isinstance(error, known) or not isinstance(error, Exception):
            raise error
        raise BatchFailedError(self._received) from error

    def _run(self) -> Batch | None:
        books = self.books
        begun = begin_batch(books, limit=self.limit, lock_first=self.lock_first)
        self._received = begun.received
        entries = [*begun.due, *begun.received]
        store, time_ms, standings = begun.store, begun.time_ms, begun.standings
        if not entries and not books.is_due(time_ms):
            return None
        reach("batch.taken")
        facts = {
            account: AccountFacts(standing.available_ticks, standing.is_suspended)
            for account, standing in standings.items()
        }
        books.begin(facts)
        judged, effects = self._judge(entries, store, time_ms)
        reach("batch.judged")
        exposures = books.engine.touched()
        locked = self._lock(standings, effects.accounts | {account for account, _ in exposures})
        reach("batch.accounts_locked")
        seqs = {account: standing.account_seq + 1 for account, standing in locked.items()}
        writer = Writer(store, effects, account_seqs=seqs, time_ms=time_ms)
        return self._write(store, writer, judged, exposures, facts)

    def _judge(
        self, entries: Sequence[Entry], store: Store, time_ms: int
    ) -> tuple[list[Judged], Effects]:
        """Apply the entries to the engine; the database writes trades while more are made."""
        judge = Judge(
            self.books.engine, self.broken, time_ms=time_ms, keeps_orders=self.keeps_orders
        )
        folder, judged = Folder(self.books.engine.touched_order), []
        trades, sent = folder.effects.trades, 0
        if passed := judge.pass_time():
            folder.add(passed)
            judged.append(passed)
        with store.insert(TRADES, may_wait=True) as sink:
            for start in range(0, len(entries), _JUDGED_AT_ONCE):
                for entry in entries[start : start + _JUDGED_AT_ONCE]:
                    item = judge.judge(entry)
                    folder.add(item)
                    judged.append(item)
                sink.write(trade_rows(trades[sent:], time_ms))
                sent = len(trades)
        return judged, folder.effects

    def _lock(self, judged_by: Mapping[int, Standing], touched: set[int]) -> dict[int, Standing]:
        """Lock every account of the batch; it must be as it was judged.

        One statement in the order of ids, so that two shards never wait for each other in a
        circle. What an earlier try locked is the whole set, or it begins anew with the union.
        """
        if self.lock_first and not touched <= judged_by.keys():
            raise FactsChangedError(touched | judged_by.keys())
        locked = lock_standings(touched | judged_by.keys())
        if any(not locked[account].says_as(was) for account, was in judged_by.items()):
            raise FactsChangedError(locked)
        return {account: locked[account] for account in touched}

    def _write(
        self,
        store: Store,
        writer: Writer,
        judged: Sequence[Judged],
        exposures: Exposures,
        facts: Mapping[int, AccountFacts],
    ) -> Batch:
        """Write the rows; the database takes orders in while the journal's row is made."""
        books, effects = self.books, writer.effects
        with writer.inserting_orders():
            row = journal_row(books, judged=judged, facts=facts, time_ms=writer.time_ms)
        writer.insert_transfers(get_clearing_accounts({event.market for event in effects.settled}))
        writer.insert_outcomes()
        writer.bury(books.shard, self._broken_entries())
        reach("batch.inserted")
        with store.together():
            writer.change_orders()
            writer.change_markets()
            writer.change_money(exposures)
            advanced = writer.append_journal(row, next_trade=books.engine.next_trade)
        if advanced.rowcount != 1:
            raise LeaseLostError(f"shard {books.shard}: lost inside a batch")
        reach("batch.written")
        return Batch(
            shard=books.shard,
            epoch=books.epoch,
            number=row.number,
            digest=row.digest,
            time_ms=writer.time_ms,
            is_full=len(self._received) >= self.limit,
            judged=judged,
            effects=effects,
            account_seqs=writer.account_seqs,
        )

    def _broken_entries(self) -> list[tuple[Entry, str]]:
        """Return the commands that cannot be read or broke something, and why."""
        return [
            (entry, self.broken.get(entry.command_id or 0, "unreadable payload"))
            for entry in self._received
            if entry.command is None or entry.command_id in self.broken
        ]


def _as_of_commit(error: BaseException) -> BaseException:
    """Return what a failed COMMIT means: only a rule that was broken is a command's fault."""
    if isinstance(error, Exception) and not isinstance(error, (IntegrityError, *DATABASE_AWAY)):
        failed = OperationalError("the COMMIT failed")
        failed.__cause__ = error
        return failed
    return error
