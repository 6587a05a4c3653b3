"""The synchronous half of a book worker: holds leases and books, judges batches.

Everything here runs in one thread. The asynchronous half (worker.py) only wakes it and
publishes what it returns.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from core.db import DATABASE_AWAY
from core.failpoints import reach
from exchange.trading import inbox, lease
from exchange.trading.batch import Batch
from exchange.trading.bisecting import judge_next
from exchange.trading.books import ShardBooks
from exchange.trading.collecting import keep_from_collector, show_to_collector
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.lease import LeaseLostError
from exchange.trading.order_sessions.sweeping import Sweeper
from exchange.trading.owning.membership import Membership
from exchange.trading.publisher import Publication, make_publication
from exchange.trading.snapshots.keeping import keep_due_snapshot
from exchange.trading.snapshots.opening import open_books
from exchange.trading.standby.standby import Standby
from exchange.trading.times import monotonic_s

log = structlog.get_logger(__name__)

# How often a member looks what it should take, hand over or follow.
_PLAN_PERIOD_S: Final = 0.25
# A due closing is looked for this often when nothing else wakes the shard.
_DUE_PERIOD_S: Final = 0.5


class BooksOwner:
    """Owns the books of the shards it holds leases of, and judges what waits for them.

    With a membership it takes what is its own by the plan, and hands over what is another's.
    Without one it takes whichever of its shards nobody owns. With a standby, which somebody has
    to step, it takes a shard once that has its books, and hands one over once another's has.
    """

    def __init__(
        self,
        shards: Iterable[int],
        *,
        membership: Membership | None = None,
        standby: Standby | None = None,
    ) -> None:
        self.name = lease.owner_name() if membership is None else membership.me.name
        self.books: dict[int, ShardBooks] = {}
        self._wanted = tuple(shards)
        self._membership = membership
        self._standby = standby
        self._leases_at = 0.0
        self._plan_at = 0.0
        self._due_at = 0.0
        self._sweeper = Sweeper()
        self._handed_over: list[int] = []
        self._left_behind: set[int] = set()
        self._is_alone = True

    def step(self, nudged: Collection[int] | None = None) -> Iterator[Publication]:
        """Keep leases up, then judge one batch of each shard that has something waiting.

        Where it is known which shards were `nudged`, the others are not asked, but for those
        whose last batch left something behind: to ask costs a lone order as much as to judge it.
        Yields what to publish after each commit. An error of the database leaves everything
        as it was for the next step.
        """
        self.keep_leases()
        if self._handed_over:  # first: nobody judges for those who trade there
            handed_over, self._handed_over = self._handed_over, []
            yield Publication(free_shards=handed_over)
        self._sweeper.step()
        shards = self._shards_to_judge(nudged)
        if not shards and self._is_alone:
            keep_due_snapshot(self.books.values())
        for shard in shards:
            self.keep_leases()
            books = self.books.get(shard)
            batch = None if books is None else self._judge(books)
            if books is not None and batch is not None:
                log.debug("batch", shard=shard, number=batch.number, commands=len(batch.judged))
                if batch.is_full:
                    self._left_behind.add(shard)
                yield make_publication(books.engine, batch)

    def look_for_due(self) -> None:
        """Have the next step look for what is due in every shard."""
        self._due_at = 0.0

    def look_for_free(self) -> None:
        """Have the next step look for shards to take: some were handed over."""
        self._plan_at = 0.0
        if self._membership is None:
            self._leases_at = 0.0

    def look_around(self) -> None:
        """Have the next step do all that is done from time to time."""
        self._plan_at = self._leases_at = self._due_at = 0.0

    def stop(self) -> Publication:
        """Hand every shard over, so that another worker may take it at once; return the news."""
        with transaction.atomic():
            if self._membership is not None:
                self._membership.leave()
            lease.hand_over(self.books, owner=self.name)
        news = Publication(free_shards=sorted({*self.books, *self._handed_over}))
        self.books.clear()
        return news

    def keep_leases(self) -> None:
        """Renew the leases when it is time, let go of lost ones, take free ones and their books."""
        was_time = self._renew_when_due()
        if self._membership is None:
            if was_time:
                self._take_all(self._wanted)
        elif (now := monotonic_s()) >= self._plan_at:
            self._plan_at = now + _PLAN_PERIOD_S
            self._follow_plan(self._membership)

    def _renew_when_due(self) -> bool:
        """Renew the leases if it is time to; whether it was."""
        now = monotonic_s()
        if now < self._leases_at:
            return False
        self._leases_at = now + settings.LEASE_RENEW_MS / 1000
        self._renew()
        return True

    def _renew(self) -> None:
        """Renew all leases, and the worker's place among the others first: it ends no later."""
        with transaction.atomic():
            if self._membership is not None:
                self._membership.beat([] if self._standby is None else self._standby.states())
            held = lease.renew_leases(self.books, owner=self.name) if self.books else set()
        for shard in set(self.books) - held:
            log.warning("lease_lost", shard=shard)
            self._drop(shard)

    def _follow_plan(self, membership: Membership) -> None:
        plan = membership.plan(only_to_warm=self._standby is not None)
        self._is_alone = plan.is_alone
        # Where somebody waits comes first: to open large books takes seconds.
        waiting = set(inbox.waiting_shards(set(plan.take) - self.books.keys()))
        follow, take = (
            sorted(some, key=lambda shard: shard not in waiting)
            for some in (plan.follow, plan.take)
        )
        if self._standby is not None:
            self._standby.follow(follow)
        if plan.give is not None and plan.give in self.books:
            self._hand_over(plan.give)
        standby = self._standby
        self._take_all(one for one in take if standby is None or standby.is_ready(one))

    def _hand_over(self, shard: int) -> None:
        """Let go of a shard between two batches; whoever it belongs to now takes it at once."""
        lease.hand_over([shard], owner=self.name)
        self._drop(shard)
        self._handed_over.append(shard)
        log.info("books_handed_over", shard=shard)

    def _take_all(self, shards: Iterable[int]) -> None:
        for shard in shards:
            if shard not in self.books:
                self._take(shard)
                # Loading a large book takes time: the others must not expire meanwhile.
                self._renew_when_due()

    def _take(self, shard: int) -> None:
        if self._membership is None:  # else they were made when it joined
            lease.ensure_shards([shard])
        taken = lease.take_lease(shard, owner=self.name)
        if taken is None:
            return
        reach("books.lease_taken")
        started = monotonic_s()
        books, was_warm = self._read_books(shard, taken)
        if books is None:
            return
        reach("books.loaded")
        # Books that were ready took no time; and every batch proves that the shard is its own.
        if not was_warm and not lease.renew_leases([shard], owner=self.name):
            log.warning("lease_lost_while_loading", shard=shard)
            return
        self.books[shard] = books
        keep_from_collector()
        took_ms = round(1000 * (monotonic_s() - started))
        log.info("books_taken", shard=shard, epoch=taken.epoch, ms=took_ms, was_warm=was_warm)

    def _read_books(self, shard: int, taken: lease.ShardEnd) -> tuple[ShardBooks | None, bool]:
        """Return the books of a shard that is owned, and whether they were ready in the standby.

        Where they were not, or differ from the journal, they are opened here. None for those that
        cannot be traded on: the shard is stopped, with an alarm.
        """
        follower = None if self._standby is None else self._standby.take_out(shard)
        if follower is not None:
            end = JournalEnd(shard=shard, number=taken.journal_number, digest=taken.digest)
            books = follower.books(end, epoch=taken.epoch)
            if books is not None:
                return books, True
            log.error("standby_not_used", shard=shard, reason=follower.differs)
        opened = open_books(shard)
        if opened.engine is None:
            lease.stop_shard(
                shard, owner=self.name, reason="\n".join(["books differ", *opened.wrong])
            )
            log.error("shard_stopped", shard=shard, differences=opened.wrong)
            return None, False
        end, engine = opened.end, opened.engine
        return ShardBooks(
            shard=shard,
            epoch=taken.epoch,
            journal_number=end.number,
            digest=end.digest,
            engine=engine,
        ), False

    def _drop(self, shard: int) -> None:
        del self.books[shard]
        show_to_collector()

    def _shards_to_judge(self, nudged: Collection[int] | None) -> list[int]:
        now = monotonic_s()
        left_behind, self._left_behind = self._left_behind, set()
        if now >= self._due_at:
            self._due_at = now + _DUE_PERIOD_S
            return sorted(self.books)
        if nudged is None:
            return inbox.waiting_shards(self.books)
        return sorted(self.books.keys() & {*nudged, *left_behind})

    def _judge(self, books: ShardBooks) -> Batch | None:
        """Judge a batch; what goes wrong in one shard's never keeps the others from theirs."""
        try:
            return judge_next(books, most=settings.BATCH_COMMANDS_MAX)
        except LeaseLostError as lost:
            log.warning("books_dropped", shard=books.shard, reason=str(lost))
            self._drop(books.shard)
        except DATABASE_AWAY:
            raise
        except Exception:
            # Nothing is lost: the command stays in the inbox and is tried again at the next step.
            log.exception("shard_is_stuck", shard=books.shard)
        return None
