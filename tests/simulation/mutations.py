"""Ways to break the site on purpose: each must be caught, or the simulator proves nothing.

Each changes this very process, which runs one seed and ends.
"""

from collections.abc import Callable, Sequence
from typing import Final

from django.db import connection

from core.errors import Problem
from exchange.realtime import feed
from exchange.trading import batch, beginning, books, inbox, keys, lease
from exchange.trading.sending import Sending
from exchange.trading.writer import statements


def _without_fence() -> None:
    """A batch is written whoever owns the shard by now, if the journal ends where it should."""

    def check_end(end: lease.ShardEnd, *, epoch: int, journal_number: int) -> lease.ShardEnd:
        if end.journal_number != journal_number:
            raise lease.LeaseLostError
        return end

    beginning.check_end = check_end
    _replace_advance(" AND epoch = %s", " AND %s IS NOT NULL")


def _without_cursor() -> None:
    """A COMMIT that failed is taken for one that was undone, wherever the journal ends."""

    def check_end(end: lease.ShardEnd, *, epoch: int, journal_number: int) -> lease.ShardEnd:
        if end.epoch != epoch:
            raise lease.LeaseLostError
        return end

    def settle(unsettled: books.ShardBooks) -> None:
        unsettled.roll_back()

    beginning.check_end = check_end
    batch.settle = settle
    _replace_advance(" AND journal_number = %s", " AND %s IS NOT NULL")


def _replace_advance(text: str, instead: str) -> None:
    assert text in statements.ADVANCE_SHARD
    statements.ADVANCE_SHARD = statements.ADVANCE_SHARD.replace(text, instead)  # type: ignore[misc]


def _without_rollback() -> None:
    """A batch that was not written stays in memory."""

    def roll_back(self: books.ShardBooks) -> None:
        self.unsettled = None
        if self.judging:
            self.engine.commit()
            self.judging = False

    books.ShardBooks.roll_back = roll_back  # type: ignore[method-assign]


def _cursor_instead_of_state() -> None:
    """The inbox is read from the highest id on that was taken before."""
    taken: dict[int, int] = {}
    take = inbox.take

    def take_after(shard: int, limit: int) -> list[inbox.Taken]:
        found = [row for row in take(shard, limit) if row[0] > taken.get(shard, 0)]
        taken[shard] = max((row[0] for row in found), default=taken.get(shard, 0))
        return found

    inbox.take = take_after


def _told_before_commit() -> None:
    """A batch is answered and published although nobody knows whether it was written."""

    def settle(unsettled: books.ShardBooks) -> object:
        told = unsettled.unsettled
        assert told is not None
        unsettled.commit(journal_number=told.number, digest=told.digest)
        return told

    batch.settle = settle


def _key_in_its_own_transaction() -> None:
    """A client's key is kept before the order is."""
    claim_all = keys.claim_all

    def claim_and_commit(sendings: Sequence[Sending]) -> list[int | Problem]:
        found = claim_all(sendings)
        connection.commit_on_exit = True
        connection.connection.commit()
        connection.connection.execute("BEGIN IMMEDIATE")
        return found

    keys.claim_all = claim_and_commit


def _gaps_ignored() -> None:
    """The hub takes any batch for the next one."""

    def receive(self: feed.MarketFeed, message: feed.Batch) -> feed.Outcome:
        if not self._trusted or message["seq"] <= self.seq:
            return feed.Outcome.OLD
        return self._apply_with_held(message)

    feed.MarketFeed.receive = receive  # type: ignore[method-assign]


MUTATIONS: Final[dict[str, Callable[[], None]]] = {
    "fence": _without_fence,
    "cursor": _without_cursor,
    "rollback": _without_rollback,
    "inbox": _cursor_instead_of_state,
    "settling": _told_before_commit,
    "key": _key_in_its_own_transaction,
    "gaps": _gaps_ignored,
}
