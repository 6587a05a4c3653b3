"""What a worker should do about the shards: take, hand over, follow. The same view, the same plan.

Every worker reads the same registry and makes the whole plan for itself; it then does its own part
of it. Where two views differ for a moment, the leases decide.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from exchange.trading.owning.registry import Registry
from exchange.trading.owning.spreading import Candidate, heirs, spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One worker's part: free shards to take, a shard to hand over now, and journals to follow.

    `take` are those that belong to it; `follow` has all that may become its own soon, the most
    urgent first. Whoever is alone has nobody to follow it.
    """

    take: tuple[int, ...] = ()
    give: int | None = None
    follow: tuple[int, ...] = ()
    is_alone: bool = False


def make_plan(
    registry: Registry, me: Candidate, ready: Container[tuple[str, int]] | None = None
) -> Plan:
    """Return what this worker should do now.

    `ready` has (worker, shard) for each that can go on with a shard at once; None: all can.
    Shards move one at a time, and only while every shard has an owner and no worker is late to say
    that it lives: a crash comes first, and nothing is handed to the dead.
    """
    shards = tuple(number for number, one in registry.shards.items() if not one.is_stopped)
    belongs = spread(shards, registry.workers, registry.pins)
    owners = {number: registry.shards[number].owner for number in shards}
    alive = {worker.name for worker in registry.workers}
    moving = sorted(
        shard for shard, name in belongs.items() if owners[shard] != name and owners[shard] in alive
    )
    give = None
    if registry.is_calm and all(owners[shard] for shard in belongs):
        may_go = (one for one in moving if ready is None or (belongs[one], one) in ready)
        give = next(may_go, None)
    take = [one for one, name in belongs.items() if name == me.name and not owners[one]]
    return Plan(
        take=tuple(sorted(take)),
        give=give if give is not None and owners[give] == me.name else None,
        follow=_follow(registry, me, belongs, owners),
        is_alone=registry.workers <= {me},
    )


def _follow(
    registry: Registry, me: Candidate, belongs: Mapping[int, str], owners: Mapping[int, str]
) -> tuple[int, ...]:
    """Return which journals to follow: what is about to be its own, then what it would inherit."""
    others = [shard for shard in sorted(owners) if owners[shard] != me.name]
    owned = {shard: owner for shard, owner in owners.items() if owner}
    would_get = heirs(owned, tuple(owners), registry.workers, registry.pins)
    own = [one for one in others if belongs.get(one) == me.name]
    own.sort(key=lambda one: bool(owners[one]))  # those that nobody serves first
    inherited = [one for one in others if one not in own and _may_inherit(me, one, would_get)]
    return (*own, *inherited)


def _may_inherit(me: Candidate, shard: int, would_get: Mapping[int, str]) -> bool:
    return would_get.get(shard) == me.name or (me.is_standby and shard in me.shards)
