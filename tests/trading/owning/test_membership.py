"""Owners among each other: who takes what, and what moves when one comes or goes."""

import pytest
from django.db import transaction

from exchange.trading import lease
from exchange.trading.models import Follower, JournalBatch, Shard, Worker
from exchange.trading.owner import BooksOwner
from exchange.trading.owning import registry
from exchange.trading.owning.membership import Membership
from exchange.trading.owning.registry import Following
from tests.factories import make_market
from tests.trading.owning.crews import make_owner, rounds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def four_shards(settings):
    settings.BOOK_SHARDS = 4
    settings.LEASE_TTL_MS = 60_000  # however slowly the test runs


def owned(*owners):
    return [sorted(owner.books) for owner in owners]


def test_worker_alone_owns_everything():
    alone = make_owner("a")
    rounds(alone)
    assert owned(alone) == [[0, 1, 2, 3]]
    assert [worker.label for worker in Worker.objects.all()] == ["a"]


def test_newcomer_is_given_its_share_one_by_one():
    first, second = make_owner("a"), make_owner("b")
    rounds(first)
    counts = []
    for _ in range(4):
        rounds(second, first)
        counts.append(len(first.books))
    rounds(second, first)
    assert counts == [3, 2, 2, 2]
    assert sorted(shard for shards in owned(first, second) for shard in shards) == [0, 1, 2, 3]


def test_shards_of_one_that_leaves_are_taken_at_once():
    first, second = make_owner("a"), make_owner("b")
    rounds(first, second, count=6)
    mine = sorted(first.books)
    assert first.stop().free_shards == mine
    rounds(second)
    assert owned(second) == [[0, 1, 2, 3]]


def test_shards_of_one_that_died_are_taken_when_its_lease_is_over():
    first, second = make_owner("a"), make_owner("b")
    rounds(first, second, count=6)
    rounds(second)
    assert len(second.books) == 2
    Shard.objects.filter(owner=first.name).update(expires_at_ms=1)
    Worker.objects.filter(name=first.name).update(expires_at_ms=1)
    rounds(second)
    assert owned(second) == [[0, 1, 2, 3]]


def test_handed_over_shard_is_news_for_the_others():
    first, second = make_owner("a"), make_owner("b")
    rounds(first)
    second.keep_leases()
    first.look_around()
    assert [len(news.free_shards) for news in first.step()] == [1]


def test_market_goes_on_where_its_shard_moved_to(books):
    market = books.open(make_market(status="draft"))
    books.owner.stop()
    first, second = make_owner("a"), make_owner("b")
    rounds(first, second, count=6)
    lease.hand_over(range(4), owner=first.name)
    epochs = set(JournalBatch.objects.values_list("epoch", flat=True))
    assert epochs == {1}
    home = first if market.shard in first.books else second
    assert home.books[market.shard].engine.market_seq(market.pk) == market.seq


def test_pinned_shard_moves_and_stays():
    first, second = make_owner("a"), make_owner("b")
    rounds(first, second, count=6)
    pinned = min(first.books)
    Shard.objects.filter(number=pinned).update(pinned_to="b")
    rounds(first, second, count=6)
    assert pinned in second.books
    assert [len(shards) for shards in owned(first, second)] == [2, 2]


def test_standby_owns_when_it_is_alone():
    first, standby = make_owner("a"), make_owner("s", is_standby=True)
    rounds(standby, first, count=6)
    assert owned(first, standby) == [[0, 1, 2, 3], []]
    first.stop()
    rounds(standby)
    assert owned(standby) == [[0, 1, 2, 3]]


def test_worker_forgotten_by_the_registry_joins_again():
    alone = make_owner("a")
    rounds(alone)
    Worker.objects.all().delete()
    rounds(alone)
    assert registry.has_workers()
    assert owned(alone) == [[0, 1, 2, 3]]


def test_worker_that_died_long_ago_is_forgotten_when_another_joins():
    Membership([0]).beat()
    Worker.objects.update(expires_at_ms=1)
    other = Membership([0], label="b")
    other.beat()
    assert [worker.label for worker in Worker.objects.all()] == ["b"]


def test_stopped_shard_is_not_taken_until_it_is_allowed():
    alone = make_owner("a")
    rounds(alone)
    assert lease.stop_shard(2, owner=alone.name, reason="books differ")
    rounds(alone)
    assert owned(alone) == [[0, 1, 3]]
    assert lease.allow_shards([1, 2]) == 1
    rounds(alone)
    assert owned(alone) == [[0, 1, 2, 3]]


def test_shard_of_another_is_not_stopped():
    alone = make_owner("a")
    rounds(alone)
    assert not lease.stop_shard(2, owner="b", reason="books differ")


def test_owner_without_a_membership_takes_whatever_is_free():
    owner = BooksOwner([0, 1])
    list(owner.step())
    assert owned(owner) == [[0, 1]]
    assert not registry.has_workers()


def test_worker_that_missed_two_beats_is_late_though_it_lives(settings):
    first, second = make_owner("a"), make_owner("b")
    rounds(first, second)
    assert registry.read_registry(range(4)).is_calm
    late_ms = settings.LEASE_TTL_MS - 3 * settings.LEASE_RENEW_MS
    Worker.objects.filter(label="b").update(expires_at_ms=lease.DatabaseTimeMs() + late_ms)
    view = registry.read_registry(range(4))
    assert (len(view.workers), view.is_calm) == (2, False)


def test_one_shard_moves_at_a_time_though_two_have_some_to_give():
    first, second, third = (make_owner(label) for label in "abc")
    rounds(first, second, count=6)
    rounds(third)
    for _ in range(6):
        before = sum(len(shards) for shards in owned(first, second))
        for owner in (first, second):
            owner.look_around()
            list(owner.step())
        assert before - sum(len(shards) for shards in owned(first, second)) <= 1
        rounds(third)
    assert sorted(len(shards) for shards in owned(first, second, third)) == [1, 1, 2]


def test_what_a_worker_follows_is_told_when_it_changed(
    django_capture_on_commit_callbacks, django_assert_num_queries
):
    me = Membership(range(4), label="a")

    def beat(*following):
        with django_capture_on_commit_callbacks(execute=True):
            me.beat(following)

    beat(Following(0, 4, True, ""), Following(1, 7, False, ""))
    with django_assert_num_queries(1):
        beat(Following(0, 4, True, ""), Following(1, 7, False, ""))
    beat(Following(0, 5, True, ""))

    told = Follower.objects.values_list("worker", "shard", "journal_number", "is_warm", "differs")
    assert list(told) == [(me.me.name, 0, 5, True, "")]
    beat()
    assert not told.all()


def test_what_a_worker_follows_is_told_again_when_that_was_undone():
    me = Membership(range(4), label="a")
    me.beat()
    with transaction.atomic():
        me.beat([Following(0, 4, True, "")])
        transaction.set_rollback(True)
    assert not Follower.objects.exists()

    me.beat([Following(0, 4, True, "")])

    assert Follower.objects.get().journal_number == 4
