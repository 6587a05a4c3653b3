"""Shards over workers: even, the same everywhere, and few move when a worker comes or goes."""

from collections import Counter

import pytest

from exchange.trading.owning.spreading import Candidate, Pin, heirs, spread

SHARDS = tuple(range(16))
NO_PINS = frozenset()


def crew(count, **more):
    return frozenset(
        Candidate(f"w{number}:1", f"w{number}", frozenset(SHARDS), **more)
        for number in range(count)
    )


def loads(owners):
    return sorted(Counter(owners.values()).values())


@pytest.mark.parametrize("count", range(1, 20))
def test_no_worker_holds_more_than_its_even_share(count):
    owners = spread(SHARDS, crew(count), NO_PINS)
    assert set(owners) == set(SHARDS)
    assert max(loads(owners)) == -(-len(SHARDS) // count)


def test_no_worker_owns_nothing():
    assert spread(SHARDS, frozenset(), NO_PINS) == {}


@pytest.mark.parametrize("count", [2, 4, 8])
def test_worker_that_comes_takes_its_share_and_moves_few_others(count):
    before = spread(SHARDS, crew(count - 1), NO_PINS)
    after = spread(SHARDS, crew(count), NO_PINS)
    moved = [shard for shard in SHARDS if before[shard] != after[shard]]
    assert len(moved) <= 2 * len(SHARDS) // count + 1


def test_worker_that_goes_leaves_its_shards_to_the_heirs():
    workers = crew(4)
    owners = spread(SHARDS, workers, NO_PINS)
    for lost in workers:
        after = spread(SHARDS, workers - {lost}, NO_PINS)
        inherited = {shard: after[shard] for shard in SHARDS if owners[shard] == lost.name}
        found = heirs(owners, SHARDS, workers, NO_PINS)
        assert {shard: found[shard] for shard in inherited} == inherited


def test_worker_with_the_label_of_before_gets_the_shards_of_before():
    again = frozenset(Candidate(f"{one.label}:2", one.label, one.shards) for one in crew(3))
    labels = [
        {shard: name.partition(":")[0] for shard, name in spread(SHARDS, some, NO_PINS).items()}
        for some in (crew(3), again)
    ]
    assert labels[0] == labels[1]


def test_pinned_shard_is_its_workers_and_counts():
    pins = frozenset(Pin(shard, "w0") for shard in range(9))
    owners = spread(SHARDS, crew(2), pins)
    assert {owners[shard] for shard in range(9)} == {"w0:1"}
    assert loads(owners) == [7, 9]


def test_pin_to_a_worker_that_is_gone_is_no_pin():
    assert spread(SHARDS, crew(2), frozenset({Pin(0, "gone")})) == spread(SHARDS, crew(2), NO_PINS)


def test_worker_that_may_own_few_gets_no_other():
    few = Candidate("few:1", "few", frozenset({0, 1}))
    owners = spread(SHARDS, crew(1) | {few}, NO_PINS)
    assert {shard for shard, name in owners.items() if name == "few:1"} == {0, 1}
    assert len(owners) == 16


def test_shard_that_nobody_may_own_is_left_out():
    few = Candidate("few:1", "few", frozenset({0, 1}))
    assert spread(SHARDS, frozenset({few}), NO_PINS) == {0: "few:1", 1: "few:1"}


def test_standby_owns_nothing_while_another_lives():
    standby = Candidate("s:1", "s", frozenset(SHARDS), is_standby=True)
    assert set(spread(SHARDS, crew(1) | {standby}, NO_PINS).values()) == {"w0:1"}
    assert set(spread(SHARDS, frozenset({standby}), NO_PINS).values()) == {"s:1"}
