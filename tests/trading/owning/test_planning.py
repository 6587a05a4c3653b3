"""What each worker does by the same registry: take, hand over one, follow."""

from exchange.trading.owning.planning import Plan, make_plan
from exchange.trading.owning.registry import Registry, ShardState
from exchange.trading.owning.spreading import Candidate, spread

SHARDS = tuple(range(4))
A, B = (Candidate(f"{label}:1", label, frozenset(SHARDS)) for label in "ab")


def registry(workers, owners, *, pinned=None, stopped=(), is_calm=True):
    shards = {
        number: ShardState(number, owner, 1, 7, (pinned or {}).get(number, ""), number in stopped)
        for number, owner in enumerate(owners)
    }
    return Registry(workers=frozenset(workers), shards=shards, is_calm=is_calm)


def shares():
    belongs = spread(SHARDS, frozenset({A, B}), frozenset())
    return [[shard for shard in SHARDS if belongs[shard] == one.name] for one in (A, B)]


def test_each_takes_its_own_free_shards():
    view = registry([A, B], [""] * 4)
    assert [list(make_plan(view, one).take) for one in (A, B)] == shares()


def test_worker_alone_takes_all_and_follows_nothing():
    assert make_plan(registry([A], [""] * 4), A).take == SHARDS
    assert make_plan(registry([A], [A.name] * 4), A) == Plan(is_alone=True)


def test_newcomer_is_given_one_shard_at_a_time():
    first = min(shares()[1])
    view = registry([A, B], [A.name] * 4)
    assert (make_plan(view, A).give, make_plan(view, B).give) == (first, None)


def test_nothing_moves_while_a_shard_is_free():
    last = shares()[1][-1]
    owners = [A.name if shard != last else "" for shard in SHARDS]
    assert make_plan(registry([A, B], owners), A).give is None


def test_nothing_moves_while_a_worker_is_late():
    view = registry([A, B], [A.name] * 4, is_calm=False)
    assert make_plan(view, A).give is None


def test_shard_moves_only_to_who_is_ready():
    last = shares()[1][-1]
    view = registry([A, B], [A.name] * 4)
    assert make_plan(view, A, {}).give is None
    assert make_plan(view, A, {(B.name, last)}).give == last


def test_shard_of_an_owner_that_is_no_worker_is_waited_for():
    first, last = shares()[1]
    owners = [A.name, A.name, A.name, A.name]
    owners[first] = "a command"
    assert make_plan(registry([A, B], owners), A).give == last


def settle(owners, **more):
    """Let both do as planned until nothing moves; return the owners and how many moves it took."""
    owners, moves = list(owners), 0
    while True:
        plans = {one.name: make_plan(registry([A, B], owners, **more), one) for one in (A, B)}
        gives = [plan.give for plan in plans.values() if plan.give is not None]
        assert len(gives) <= 1
        if not gives and not any(plan.take for plan in plans.values()):
            return owners, moves
        moves += len(gives)
        for name, plan in plans.items():
            owners = ["" if n == plan.give else one for n, one in enumerate(owners)]
            owners = [name if n in plan.take else one for n, one in enumerate(owners)]


def test_moves_end_where_every_shard_belongs():
    owners, moves = settle([A.name] * 4)
    assert [[n for n in SHARDS if owners[n] == one.name] for one in (A, B)] == shares()
    assert moves == 2


def test_pinned_shard_moves_to_its_worker():
    mine = shares()[0][0]
    owners, _ = settle([A.name] * 4, pinned={mine: "b"})
    assert owners[mine] == B.name
    assert sorted(owners) == [A.name, A.name, B.name, B.name]


def test_worker_follows_what_is_to_be_its_own_first():
    first, last = shares()[1]
    owners = [A.name] * 4
    owners[last] = ""
    follow = make_plan(registry([A, B], owners), B).follow
    assert follow[:2] == (last, first)
    assert set(follow) == set(SHARDS)


def test_worker_follows_what_it_would_inherit():
    belongs = spread(SHARDS, frozenset({A, B}), frozenset())
    view = registry([A, B], [belongs[shard] for shard in SHARDS])
    assert [list(make_plan(view, one).follow) for one in (A, B)] == shares()[::-1]


def test_stopped_shard_is_nobodys():
    assert make_plan(registry([A], [""] * 4, stopped={2}), A).take == (0, 1, 3)
