"""Following the journal: each batch takes effect once, of every shard, whatever goes wrong."""

import pytest
from django.db import DatabaseError

from exchange.trading.models import JournalBatch, Shard
from exchange.trading.subscribing.following import Subscriber, follow_journal
from exchange.trading.subscribing.models import JournalCursor

pytestmark = pytest.mark.django_db
Taken = list[tuple[int, int]]


def journal(shard, numbers, *, end=None, entries="[]"):
    """Write batches of a shard, whose journal ends at the last one unless told otherwise."""
    numbers = list(numbers)
    end = end or numbers[-1]
    Shard.objects.create(number=shard, next_trade=1, journal_number=end)
    JournalBatch.objects.bulk_create(
        JournalBatch(shard=shard, number=number, epoch=1, time_ms=0, facts="{}", entries=entries)
        for number in numbers
    )


class Taking:
    """A subscriber that notes what it has written; `torn` batches cannot be prepared."""

    def __init__(self, torn=()):
        self.torn = set(torn)
        self.taken: Taken = []
        self.prepared: list[Taken] = []
        self.subscriber = Subscriber("taking", self._prepare, self._write)

    def _prepare(self, batches):
        found = [(batch.shard, batch.number) for batch in batches]
        self.prepared.append(found)
        assert not self.torn & set(found), "torn"
        return found

    def _write(self, found):
        self.taken += found
        return len(found)


def cursors():
    return dict(JournalCursor.objects.values_list("shard", "number"))


def test_batches_of_all_shards_are_taken_together_each_shard_in_order():
    journal(0, range(1, 4))
    journal(5, range(1, 3))
    taking = Taking()
    assert follow_journal(taking.subscriber) == 5
    assert taking.prepared == [[(0, 1), (0, 2), (0, 3), (5, 1), (5, 2)]]
    assert cursors() == {0: 3, 5: 2}
    assert follow_journal(taking.subscriber) == 0
    assert len(taking.taken) == 5


def test_many_small_batches_are_taken_together():
    journal(1, range(1, 301))
    journal(2, range(1, 3))
    taking = Taking()
    assert follow_journal(taking.subscriber) == 302
    shards = [(1, number) for number in range(1, 301)], [(2, 1), (2, 2)]
    assert taking.prepared == [[*shards[0], *shards[1]]]
    assert cursors() == {1: 300, 2: 2}


def test_many_large_batches_are_taken_in_stretches():
    journal(1, range(1, 301), entries=f"[{' ' * 40_000}]")
    taking = Taking()
    assert follow_journal(taking.subscriber) == 300
    assert taking.taken == [(1, number) for number in range(1, 301)]
    assert [len(stretch) for stretch in taking.prepared] == [128, 128, 44]
    assert cursors() == {1: 300}


def test_very_many_batches_are_taken_in_stretches():
    journal(1, range(1, 2_001))
    taking = Taking()
    assert follow_journal(taking.subscriber) == 2_000
    assert taking.taken == [(1, number) for number in range(1, 2_001)]
    assert [len(stretch) for stretch in taking.prepared] == [1_024, 976]


def test_batch_that_cannot_be_prepared_stops_its_own_shard_alone():
    journal(1, range(1, 3))
    journal(2, range(1, 3))
    taking = Taking(torn={(1, 2)})
    assert follow_journal(taking.subscriber) == 2
    assert taking.taken == [(2, 1), (2, 2)]
    assert cursors() == {1: 0, 2: 2}
    taking.torn.clear()
    assert follow_journal(taking.subscriber) == 2
    assert cursors() == {1: 2, 2: 2}


@pytest.mark.parametrize("numbers", [[1, 3], [2, 3]])
def test_gap_in_a_journal_stops_its_own_shard_alone(numbers):
    journal(1, numbers)
    journal(2, [1])
    taking = Taking()
    assert follow_journal(taking.subscriber) == 1
    assert taking.taken == [(2, 1)]
    assert cursors() == {1: 0, 2: 1}


def test_journal_that_is_shorter_than_its_shard_says_stops_at_the_gap():
    journal(1, [1], end=2)
    taking = Taking()
    assert follow_journal(taking.subscriber) == 1
    assert cursors() == {1: 1}


def test_database_that_goes_away_is_told():
    journal(1, [1])

    def prepare(batches):
        raise DatabaseError

    with pytest.raises(DatabaseError):
        follow_journal(Subscriber("taking", prepare, len))
    assert cursors() == {1: 0}


def test_effects_are_undone_with_the_cursor():
    journal(1, [1])

    def write(batches):
        JournalCursor.objects.create(subscriber="effect", shard=9)
        raise RuntimeError("a bug")

    assert follow_journal(Subscriber("taking", list, write)) == 0
    assert cursors() == {1: 0}


def test_slower_of_two_followers_writes_nothing():
    journal(1, range(1, 3))
    slower, faster = Taking(), Taking()

    def prepare(batches):
        if not faster.taken:
            follow_journal(faster.subscriber)
        return slower._prepare(batches)

    assert follow_journal(Subscriber("taking", prepare, slower._write)) == 0
    assert (slower.taken, faster.taken) == ([], [(1, 1), (1, 2)])
    assert cursors() == {1: 2}
