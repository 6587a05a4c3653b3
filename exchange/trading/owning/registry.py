"""The registry: which workers live, and how each shard stands. Times by the database's clock."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from core.prepared import PreparedQuery
from core.sql import as_list, is_one_of
from exchange.trading.lease import DatabaseTimeMs, now_ms_sql
from exchange.trading.models import Shard
from exchange.trading.owning.models import Follower, Worker
from exchange.trading.owning.spreading import Candidate, Pin
from exchange.trading.times import now_ms

# A worker that did not say good-bye is shown for so long.
_KEPT_MS = 24 * 60 * 60 * 1_000
_BEAT: Final = "UPDATE trading_worker SET expires_at_ms = {now_ms} + %s WHERE name = %s"
_FOLLOWS_NO_OTHER: Final = (
    "DELETE FROM trading_follower WHERE worker = %s AND NOT (shard {is_one_of})"
)
_FOLLOWS: Final = """
INSERT INTO trading_follower (worker, shard, journal_number, is_warm, differs)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (worker, shard) DO UPDATE SET
    journal_number = excluded.journal_number, is_warm = excluded.is_warm, differs = excluded.differs
"""
# Who did not say that it lives for so many periods is late.
_BEATS_MISSED = 2


class ShardState(NamedTuple):
    """A shard as its row says: `owner` is empty where the lease is free."""

    number: int
    owner: str
    epoch: int
    journal_number: int
    pinned_to: str
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Who lives, and who owns what, at one moment.

    It is calm while nobody is late to say that it lives: who is may be dead already.
    """

    workers: frozenset[Candidate]
    shards: Mapping[int, ShardState]
    is_calm: bool = True

    @property
    def pins(self) -> frozenset[Pin]:
        """The pins there are, to workers that live or not."""
        states = self.shards.values()
        return frozenset(Pin(one.number, one.pinned_to) for one in states if one.pinned_to)


class Following(NamedTuple):
    """How far a worker has followed a shard's journal, and whether it could own the shard now."""

    shard: int
    journal_number: int
    is_warm: bool
    differs: str


def join(me: Candidate) -> None:
    """Make a worker known, and forget those that died long ago."""
    Worker.objects.filter(expires_at_ms__lt=DatabaseTimeMs() - _KEPT_MS).delete()
    Follower.objects.exclude(worker__in=Worker.objects.values("name")).delete()
    Worker.objects.create(
        name=me.name,
        label=me.label,
        shards=json.dumps(sorted(me.shards)),
        is_standby=me.is_standby,
        started_at_ms=now_ms(),
        expires_at_ms=_lifetime(),
    )


def beat(name: str) -> bool:
    """Say that a worker lives; False for one that nobody knows any more."""
    statement = _BEAT.format(now_ms=now_ms_sql())
    with connection.cursor() as cursor:
        cursor.execute(statement, [settings.LEASE_TTL_MS, name])
        return bool(cursor.rowcount == 1)


def tell_following(name: str, following: Sequence[Following]) -> None:
    """Say what a worker follows, and nothing else."""
    shards = as_list(one.shard for one in following)
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWS_NO_OTHER.format(is_one_of=is_one_of()), [name, shards])
        cursor.executemany(_FOLLOWS, [(name, *one) for one in following])


def live_followers() -> QuerySet[Follower]:
    """Return what the workers that live follow; the dead leave their rows behind."""
    living = Worker.objects.filter(expires_at_ms__gte=DatabaseTimeMs())
    return Follower.objects.filter(worker__in=living.values("name"))


def read_warm() -> dict[tuple[str, int], int]:
    """Return, for each worker and shard it could own at once, the batch it has come to."""
    rows = live_followers().filter(is_warm=True, differs="")
    return {
        (worker, shard): number
        for worker, shard, number in rows.values_list("worker", "shard", "journal_number")
    }


def leave(name: str) -> None:
    """Forget a worker: its shards are the others' from now on."""
    Follower.objects.filter(worker=name).delete()
    Worker.objects.filter(name=name).delete()


def read_registry(numbers: Iterable[int]) -> Registry:
    """Return who lives and how these shards stand. Two queries, some times a second."""
    late_ms = settings.LEASE_TTL_MS - _BEATS_MISSED * settings.LEASE_RENEW_MS
    workers, is_calm = set(), True
    for name, label, shards, is_standby, left_ms in _LIVING.ask():
        workers.add(Candidate(name, label, frozenset(json.loads(shards)), bool(is_standby)))
        is_calm = is_calm and left_ms >= late_ms
    wanted = frozenset(numbers)
    states = {
        number: ShardState(
            number, owner if is_owned else "", epoch, journal_number, pinned_to, bool(stopped)
        )
        for number, owner, is_owned, epoch, journal_number, pinned_to, stopped in _SHARDS.ask()
        if number in wanted
    }
    return Registry(workers=frozenset(workers), shards=states, is_calm=is_calm)


def _living() -> QuerySet[Any, Any]:
    living = Worker.objects.annotate(left_ms=F("expires_at_ms") - DatabaseTimeMs())
    columns = ("name", "label", "shards", "is_standby", "left_ms")
    return living.filter(left_ms__gte=0).values_list(*columns)


def _shards() -> QuerySet[Any, Any]:
    is_owned = ExpressionWrapper(Q(expires_at_ms__gte=DatabaseTimeMs()), BooleanField())
    rows = Shard.objects.annotate(is_owned=is_owned).order_by("number")
    columns = ("owner", "is_owned", "epoch", "journal_number", "pinned_to", "stopped")
    return rows.values_list("number", *columns)


_LIVING: Final = PreparedQuery(_living)
_SHARDS: Final = PreparedQuery(_shards)


def has_workers() -> bool:
    """Whether any book worker lives."""
    return Worker.objects.filter(expires_at_ms__gte=DatabaseTimeMs()).exists()


def _lifetime() -> Combinable:
    end: Combinable = DatabaseTimeMs() + settings.LEASE_TTL_MS
    return end
