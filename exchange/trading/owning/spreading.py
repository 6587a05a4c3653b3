"""Spreading shards over workers: evenly, and so that few move when a worker comes or goes.

Rendezvous hashing with a cap: every shard ranks the workers by a hash, and the best pair of all is
matched first, as long as the worker has room. So a worker that leaves gives each of its shards to
the next in that shard's rank that has room, and most others stay where they are.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Candidate:
    """A live worker, and what it may own."""

    name: str
    label: str
    shards: frozenset[int]
    is_standby: bool = False


@dataclass(frozen=True, slots=True)
class Pin:
    """An operator's wish: this shard belongs to the worker of this label."""

    shard: int
    label: str


@lru_cache(maxsize=256)
def spread(
    shards: tuple[int, ...], workers: frozenset[Candidate], pins: frozenset[Pin]
) -> Mapping[int, str]:
    """Return the worker that each shard belongs to; a shard that none may own is left out.

    No worker gets more than ceil(shards / workers), but for pins, and for shards that only few
    workers may own. The same on every machine.
    """
    pool = _pool(workers)
    owners = dict(_pinned(pins, pool))
    room = dict.fromkeys((worker.name for worker in pool), -(-len(shards) // max(1, len(pool))))
    for owner in owners.values():
        room[owner] -= 1
    for worker, shard in _ranked(pool, shards):
        if shard not in owners and room[worker.name] > 0:
            owners[shard] = worker.name
            room[worker.name] -= 1
    # Whoever may own what is left is full: it goes to the least full of them.
    for shard in shards:
        able = [one for one in pool if shard in one.shards]
        if able and shard not in owners:
            emptiest = max(able, key=lambda one: (room[one.name], one.name))
            owners[shard] = emptiest.name
            room[emptiest.name] -= 1
    return owners


def heirs(
    owners: Mapping[int, str],
    shards: tuple[int, ...],
    workers: frozenset[Candidate],
    pins: frozenset[Pin],
) -> dict[int, str]:
    """Return who gets each owned shard should its owner die now; none is left out if it can be."""
    found: dict[int, str] = {}
    for name in set(owners.values()):
        left = frozenset(worker for worker in workers if worker.name != name)
        after = spread(shards, left, pins)
        found |= {
            shard: after[shard]
            for shard, owner in owners.items()
            if owner == name and shard in after
        }
    return found


def _pool(workers: Iterable[Candidate]) -> Sequence[Candidate]:
    """Return those that shards are spread over, in a fixed order: standbys only among their own."""
    everybody = sorted(workers, key=lambda worker: worker.name)
    return [worker for worker in everybody if not worker.is_standby] or everybody


def _pinned(pins: Iterable[Pin], pool: Sequence[Candidate]) -> Iterator[tuple[int, str]]:
    for pin in pins:
        for worker in pool:
            if worker.label == pin.label and pin.shard in worker.shards:
                yield pin.shard, worker.name
                break


def _ranked(pool: Sequence[Candidate], shards: tuple[int, ...]) -> Iterator[tuple[Candidate, int]]:
    """Iterate over all pairs that may be, the best match first."""
    pairs = [(worker, shard) for worker in pool for shard in shards if shard in worker.shards]
    pairs.sort(key=lambda pair: (_score(*pair), pair[0].name, pair[1]))
    return iter(pairs)


def _score(worker: Candidate, shard: int) -> bytes:
    return hashlib.sha256(f"{worker.label}/{shard}".encode()).digest()
