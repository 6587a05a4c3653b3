"""Who owns a shard's books: one row per shard, times by the database's clock.

An owner renews its lease; another takes over only an expired or handed-over one, by raising
the epoch. Every batch reads the row locked and writes it `WHERE epoch = mine`, so an owner
that was paused and wakes up after a take-over writes nothing.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import BigIntegerField, Func, Max, Q

from core.sql import as_list, is_one_of
from exchange.markets.models import Market
from exchange.trading.models import Shard

# Trade ids of a shard lie in a range of their own: 2**40 each, below 2**53 for 8,192 shards.
TRADES_PER_SHARD: Final = 2**40

_END: Final = """
SELECT epoch, journal_number, digest, last_time_ms FROM trading_shard WHERE number = %s
"""


# As of now, not of the transaction's start.
_NOW_MS: Final = {
    "postgresql": "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
    "sqlite": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
}
_GREATEST: Final = {"postgresql": "greatest", "sqlite": "max"}
_RENEW: Final = """
UPDATE trading_shard SET expires_at_ms = {greatest}(expires_at_ms, {now_ms} + %s)
WHERE owner = %s AND number {is_one_of} RETURNING number
"""
_TAKE: Final = """
UPDATE trading_shard SET owner = %s, epoch = epoch + 1, expires_at_ms = {now_ms} + %s
WHERE number = (
    SELECT number FROM trading_shard
    WHERE number = %s AND stopped = '' AND (owner = '' OR expires_at_ms < {now_ms}) {lock}
) RETURNING epoch, journal_number, digest, last_time_ms
"""


class LeaseLostError(Exception):
    """Another worker owns the shard now: drop its books, write nothing."""


class DatabaseTimeMs(Func):
    """The database server's clock in milliseconds since 1970, inside a statement."""

    output_field = BigIntegerField()
    template = _NOW_MS["sqlite"]

    def as_postgresql(self, compiler: object, connection: object, **context: object) -> object:
        """Return PostgreSQL's clock."""
        return self.as_sql(compiler, connection, template=_NOW_MS["postgresql"], **context)  # type: ignore[arg-type]


def now_ms_sql() -> str:
    """Return how the connected database is asked for the same in a statement as text."""
    return _NOW_MS[connection.vendor]


def check_shards() -> None:
    """Raise ImproperlyConfigured when a market that lives is on a shard nobody would serve."""
    live = Market.objects.filter(status__in=("open", "halted", "closed"))
    highest = live.aggregate(shard=Max("shard"))["shard"] or 0
    if highest >= settings.BOOK_SHARDS:
        raise ImproperlyConfigured(
            f"BOOK_SHARDS is {settings.BOOK_SHARDS}, but a live market is on shard {highest}:"
            f" set it to at least {highest + 1}."
        )


def owner_name(label: str = "") -> str:
    """Return a name for this process that no other has; it begins with the label."""
    label = label or f"{socket.gethostname()}:{os.getpid()}"
    return f"{label}:{secrets.token_hex(4)}"


def ensure_shards(numbers: Iterable[int]) -> None:
    """Create the rows of shards that do not exist yet."""
    Shard.objects.bulk_create(
        (Shard(number=number, next_trade=number * TRADES_PER_SHARD + 1) for number in numbers),
        ignore_conflicts=True,
    )


def take_lease(number: int, *, owner: str) -> "ShardEnd | None":
    """Take a shard whose lease is free; return its end in the new epoch, or None: not to be had.

    That is so if somebody owns it, if it is stopped, or while a paused owner still holds its row:
    whoever waited for that would let its own leases run out. One statement, as orders wait.
    """
    skips = connection.features.has_select_for_update_skip_locked
    lock = "FOR UPDATE SKIP LOCKED" if skips else ""
    statement = _TAKE.format(now_ms=now_ms_sql(), lock=lock)
    with connection.cursor() as cursor:
        cursor.execute(statement, [owner, settings.LEASE_TTL_MS, number])
        rows = cursor.fetchall()
    return ShardEnd(*rows[0]) if rows else None


def stop_shard(number: int, *, owner: str, reason: str) -> bool:
    """Stop a shard that is free or this owner's: nobody takes it until `allow_shards`.

    False where somebody else owns it by now.
    """
    mine_or_free = Shard.objects.filter(_is_free() | Q(owner=owner), number=number)
    return mine_or_free.update(owner="", expires_at_ms=0, stopped=reason) == 1


def allow_shards(numbers: Iterable[int]) -> int:
    """Let stopped shards be taken again, after their books were checked; return how many."""
    return Shard.objects.filter(number__in=list(numbers)).exclude(stopped="").update(stopped="")


def _is_free() -> Q:
    return Q(owner="") | Q(expires_at_ms__lt=DatabaseTimeMs())


def renew_leases(numbers: Iterable[int], *, owner: str) -> set[int]:
    """Extend the leases an owner holds; return the shards it still owns."""
    statement = _RENEW.format(
        greatest=_GREATEST[connection.vendor], now_ms=now_ms_sql(), is_one_of=is_one_of()
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [settings.LEASE_TTL_MS, owner, as_list(numbers)])
        return {number for (number,) in cursor.fetchall()}


def hand_over(numbers: Iterable[int], *, owner: str) -> None:
    """Let go of shards, so that another worker need not wait for the lease to expire."""
    Shard.objects.filter(number__in=list(numbers), owner=owner).update(owner="", expires_at_ms=0)


class ShardEnd(NamedTuple):
    """Where a shard's journal ends, and in which epoch."""

    epoch: int
    journal_number: int
    digest: str
    last_time_ms: int


def lock_shard_end(number: int) -> ShardEnd:
    """Lock a shard's row and return what it says. Requires a transaction.

    Waits for whoever is committing a batch of the shard, so that what it says is settled.
    """
    assert connection.in_atomic_block, "locks live as long as a transaction"
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(_END + lock, [number])
        return ShardEnd(*cursor.fetchone())


def check_end(end: ShardEnd, *, epoch: int, journal_number: int) -> ShardEnd:
    """Return what a shard's locked row says, if that is what its owner knows.

    Raises LeaseLostError when the epoch or the journal's end is another.
    """
    if (end.epoch, end.journal_number) != (epoch, journal_number):
        raise LeaseLostError(f"epoch {end.epoch}, batch {end.journal_number}")
    return end


def owned_shards() -> list[Shard]:
    """Return the shards whose lease runs."""
    return list(Shard.objects.filter(~Q(owner=""), expires_at_ms__gte=DatabaseTimeMs()))
