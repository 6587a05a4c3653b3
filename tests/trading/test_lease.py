"""One owner per shard: leases, epochs and what a stale owner may not do."""

import gc

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from exchange.markets.models import Market
from exchange.trading import inbox, lease
from exchange.trading.gateway import lifecycle_command
from exchange.trading.journals.replaying import START_DIGEST
from exchange.trading.lease import LeaseLostError, ShardEnd
from exchange.trading.models import JournalBatch, Shard
from exchange.trading.owner import BooksOwner
from tests.factories import make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture(autouse=True)
def shard(db):
    lease.ensure_shards([0])


def expire():
    Shard.objects.update(expires_at_ms=1)


def test_free_lease_is_taken_with_a_higher_epoch():
    assert lease.take_lease(0, owner="a") == ShardEnd(1, 0, START_DIGEST, 0)
    lease.hand_over([0], owner="a")
    assert lease.take_lease(0, owner="b") == ShardEnd(2, 0, START_DIGEST, 0)


def test_running_lease_is_refused():
    lease.take_lease(0, owner="a")
    assert lease.take_lease(0, owner="b") is None


def test_expired_lease_is_taken_over():
    lease.take_lease(0, owner="a")
    expire()
    assert lease.take_lease(0, owner="b") == ShardEnd(2, 0, START_DIGEST, 0)
    assert lease.renew_leases([0], owner="a") == set()


def test_renewed_lease_lasts():
    lease.take_lease(0, owner="a")
    expire()
    assert lease.renew_leases([0], owner="a") == {0}
    assert lease.take_lease(0, owner="b") is None
    assert [row.number for row in lease.owned_shards()] == [0]


@pytest.mark.parametrize(("epoch", "journal_number"), [(0, 0), (2, 0), (1, 1)])
def test_batch_of_a_stale_owner_is_refused(epoch, journal_number):
    lease.take_lease(0, owner="a")
    with transaction.atomic():
        end = lease.lock_shard_end(0)
    with pytest.raises(LeaseLostError):
        lease.check_end(end, epoch=epoch, journal_number=journal_number)


def test_second_worker_waits_while_the_first_lives():
    first, second = BooksOwner([0]), BooksOwner([0])
    list(first.step())
    list(second.step())
    assert (list(first.books), list(second.books)) == ([0], [])


def test_paused_owner_writes_nothing_after_a_take_over(one_shard, books):
    market = make_market(status="draft")
    expire()
    second = BooksOwner([0])
    list(second.step())
    put_unheard(market)
    assert list(books.owner.step()) == []
    assert books.owner.books == {}
    assert len(list(second.step())) == 1
    assert list(JournalBatch.objects.values_list("number", "epoch")) == [(1, 2)]


def test_books_are_kept_from_the_collector_until_they_are_lost(one_shard, books):
    market = make_market(status="draft")
    expire()
    list(BooksOwner([0]).step())
    put_unheard(market)
    assert gc.get_freeze_count() > 0
    list(books.owner.step())
    assert books.owner.books == {}
    assert gc.get_freeze_count() == 0


def put_unheard(market):
    """Put a command in without the first owner judging it at once."""
    row = inbox.new_row(command_id=1, shard=0, command=lifecycle_command(market, "open"))
    inbox.put([row])


def test_lease_time_is_the_databases():
    lease.take_lease(0, owner="a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires_at_ms FROM trading_shard")
        assert cursor.fetchone()[0] > 1_700_000_000_000


def test_too_few_shards_for_live_markets_are_refused(settings):
    market = make_market()
    Market.objects.filter(pk=market.pk).update(shard=3)
    settings.BOOK_SHARDS = 4
    lease.check_shards()
    settings.BOOK_SHARDS = 3
    with pytest.raises(ImproperlyConfigured, match="at least 4"):
        lease.check_shards()
