"""The registry: which workers live, and how each shard stands. Times by the database's clock."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable

from exchange.trading.lease import DatabaseTimeMs
from exchange.trading.models import Shard
from exchange.trading.owning.models import Follower, Worker
from exchange.trading.owning.spreading import Candidate, Pin
from exchange.trading.times import now_ms

# A worker that did not say good-bye is shown for so long.
_KEPT_MS = 24 * 60 * 60 * 1_000
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
    worker = Worker.objects.filter(name=name)
    return worker.update(expires_at_ms=_lifetime()) == 1


def tell_following(name: str, following: Sequence[Following]) -> None:
    """Say what a worker follows, and nothing else."""
    shards = [one.shard for one in following]
    Follower.objects.filter(worker=name).exclude(shard__in=shards).delete()
    Follower.objects.bulk_create(
        [Follower(worker=name, **one._asdict()) for one in following],
        update_conflicts=True,
        unique_fields=["worker", "shard"],
        update_fields=["journal_number", "is_warm", "differs"],
    )


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
    """Return who lives and how these shards stand. Two queries."""
    living = Worker.objects.annotate(left_ms=F("expires_at_ms") - DatabaseTimeMs())
    found = living.filter(left_ms__gte=0).values_list(
        "name", "label", "shards", "is_standby", "left_ms"
    )
    late_ms = settings.LEASE_TTL_MS - _BEATS_MISSED * settings.LEASE_RENEW_MS
    workers, is_calm = set(), True
    for name, label, shards, is_standby, left_ms in found:
        workers.add(Candidate(name, label, frozenset(json.loads(shards)), is_standby))
        is_calm = is_calm and left_ms >= late_ms
    owned = ExpressionWrapper(Q(expires_at_ms__gte=DatabaseTimeMs()), BooleanField())
    rows = Shard.objects.filter(number__in=list(numbers)).annotate(is_owned=owned)
    columns = ("owner", "is_owned", "epoch", "journal_number", "pinned_to", "stopped")
    states = {
        number: ShardState(
            number, owner if is_owned else "", epoch, journal_number, pinned_to, bool(stopped)
        )
        for number, owner, is_owned, epoch, journal_number, pinned_to, stopped in rows.values_list(
            "number", *columns
        )
    }
    return Registry(workers=frozenset(workers), shards=states, is_calm=is_calm)


def has_workers() -> bool:
    """Whether any book worker lives."""
    return Worker.objects.filter(expires_at_ms__gte=DatabaseTimeMs()).exists()


def _lifetime() -> Combinable:
    end: Combinable = DatabaseTimeMs() + settings.LEASE_TTL_MS
    return end
