"""One batch of one shard: the heart of the way of an order, from the inbox to COMMIT.

    lock the shard's row, check epoch and journal end        lease.lock_shard
    take the next commands, what is due first                taking
    judge them in memory by the accounts' facts              judging
    lock exactly the accounts touched, in order of id        ledger.services.lock_accounts
    write orders, trades, positions, money, the journal      writer, journal
    COMMIT: journaled                                        and only then is anything told

Nothing is half-done: when the transaction fails, the engine is rolled back to where it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, transaction

from exchange.engine import AccountFacts
from exchange.ledger.models import Account
from exchange.ledger.selectors import get_clearing_accounts, read_accounts
from exchange.ledger.services import lock_accounts
from exchange.trading import inbox, journal
from exchange.trading.books import ShardBooks
from exchange.trading.dead_letters import bury
from exchange.trading.effects import Effects, Judged, fold
from exchange.trading.judging import BrokenCommandError, judge
from exchange.trading.lease import LeaseLostError, lock_shard
from exchange.trading.taking import Entry, take_due, take_received
from exchange.trading.times import now_ms
from exchange.trading.writer import Writer

log = structlog.get_logger(__name__)

_ATTEMPTS = 4
# The database is away, busy or in a deadlock: no command's fault, so wait and try again.
TRANSIENT_ERRORS = (OperationalError, InterfaceError)


class FactsChangedError(Exception):
    """An account's money was not what the batch was judged by: judge again with these locked."""

    def __init__(self, account_ids: Iterable[int]) -> None:
        super().__init__()
        self.account_ids = frozenset(account_ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A committed batch: what was judged, what it changed, and what it is called."""

    shard: int
    epoch: int
    number: int
    digest: str
    time_ms: int
    judged: Sequence[Judged]
    effects: Effects
    account_seqs: Mapping[int, int]


def run_batch(books: ShardBooks, *, limit: int) -> Batch | None:
    """Judge and journal at most `limit` commands; None when nothing waits.

    Raises LeaseLostError when another worker owns the shard; its books are then worthless.
    Any other error leaves the books as they were and everything still in the inbox.
    """
    attempt = _Attempt(books, limit)
    for _ in range(_ATTEMPTS):
        try:
            return attempt.transact()
        except FactsChangedError as changed:
            attempt.lock_first |= changed.account_ids
        except BrokenCommandError as error:
            log.exception("command_broke_the_engine", shard=books.shard, command=error.command_id)
            attempt.broken[error.command_id] = repr(error.__cause__)
    attempt.limit = 1
    return attempt.transact()


def run_command_alone(books: ShardBooks) -> Batch | None:
    """Judge one command; one that cannot even be written is answered as broken.

    Finds, after a batch failed, the command that was the cause. A broken order is kept as a
    rejected one; where not even that can be written, its outcome alone says so.
    """
    try:
        return run_batch(books, limit=1)
    except (LeaseLostError, *TRANSIENT_ERRORS):
        raise
    except Exception as error:
        rows = inbox.take(books.shard, 1)
        if not rows:
            raise
        log.exception("command_cannot_be_written", shard=books.shard, command=rows[0].pk)
        attempt = _Attempt(books, 1)
        attempt.broken[rows[0].pk] = repr(error)
        return attempt.give_up()


class _Attempt:
    """The transaction, and what earlier tries of it have taught."""

    def __init__(self, books: ShardBooks, limit: int) -> None:
        self.books = books
        self.limit = limit
        self.lock_first: frozenset[int] = frozenset()
        self.broken: dict[int, str] = {}
        self.keeps_orders = True

    def transact(self) -> Batch | None:
        """Run the batch in a transaction of its own; the engine follows what became of it."""
        try:
            with transaction.atomic(durable=True):
                batch = self._run()
        except BaseException:
            self.books.roll_back()
            raise
        if batch is not None:
            self.books.commit(journal_number=batch.number, digest=batch.digest)
        return batch

    def give_up(self) -> Batch | None:
        """Answer the broken commands, as rejected orders if they can be written as such."""
        try:
            return self.transact()
        except (LeaseLostError, *TRANSIENT_ERRORS):
            raise
        except Exception:  # noqa: BLE001 -- whatever keeps the row from being written
            self.keeps_orders = False
            return self.transact()

    def _run(self) -> Batch | None:
        books = self.books
        row = lock_shard(books.shard, epoch=books.epoch, journal_number=books.journal_number)
        time_ms = max(row.last_time_ms, now_ms())
        entries = [
            *take_due(books.shard, time_ms),
            *take_received(books.shard, self.limit),
        ]
        if not entries:
            return None
        commanding = {entry.account_id for entry in entries if entry.account_id is not None}
        facts = self._facts(commanding)
        books.begin(facts)
        judged, prices = judge(books.engine, entries, self.broken, keeps_orders=self.keeps_orders)
        effects = fold(judged, prices)
        locked = self._lock(facts, effects)
        return self._write(entries, judged, effects, facts, locked, time_ms)

    def _facts(self, commanding: set[int]) -> dict[int, AccountFacts]:
        if self.lock_first:
            commanding |= self.lock_first
            return _as_facts(lock_accounts(commanding))
        return _as_facts(read_accounts(commanding))

    def _lock(self, facts: Mapping[int, AccountFacts], effects: Effects) -> dict[int, Account]:
        """Lock every account of the batch; it must be as it was judged.

        One statement in the order of ids, so that two shards never wait for each other in a
        circle. What an earlier try locked is the whole set, or it begins anew with the union.
        """
        touched = effects.accounts | {account for account, _ in self.books.engine.touched()}
        if self.lock_first and not touched <= facts.keys():
            raise FactsChangedError(touched | facts.keys())
        locked = lock_accounts(touched | facts.keys())
        now = _as_facts(locked)
        if any(now[account] != fact for account, fact in facts.items()):
            raise FactsChangedError(locked)
        return {account: locked[account] for account in touched}

    def _write(  # noqa: PLR0917 -- the parts of one batch, in the order they came to be
        self,
        entries: Sequence[Entry],
        judged: Sequence[Judged],
        effects: Effects,
        facts: Mapping[int, AccountFacts],
        touched: Mapping[int, Account],
        time_ms: int,
    ) -> Batch:
        books = self.books
        seqs = {pk: account.account_seq + 1 for pk, account in touched.items()}
        writer = Writer(effects, account_seqs=seqs, time_ms=time_ms)
        writer.write_orders()
        writer.write_trades()
        writer.write_markets()
        writer.write_money(
            exposures=books.engine.touched(),
            clearing=get_clearing_accounts({event.market for event in effects.settled}),
        )
        writer.write_outcomes()
        bury(books.shard, entries, self.broken, time_ms)
        inbox.delete([entry.command_id for entry in entries if entry.command_id is not None])
        number, digest = journal.append(books, judged=judged, facts=facts, time_ms=time_ms)
        return Batch(
            shard=books.shard,
            epoch=books.epoch,
            number=number,
            digest=digest,
            time_ms=time_ms,
            judged=judged,
            effects=effects,
            account_seqs=seqs,
        )


def _as_facts(accounts: Mapping[int, Account]) -> dict[int, AccountFacts]:
    return {
        pk: AccountFacts(account.available_ticks, account.is_suspended)
        for pk, account in accounts.items()
    }
