"""Books from rows and books from a snapshot and the journal agree, or nobody trades on them."""

import pytest

from exchange.markets.models import Market
from exchange.trading import inbox, lease
from exchange.trading.gateway import OrderRequest, lifecycle_command, place_order
from exchange.trading.models import BookSnapshot, JournalBatch, Order, Shard
from exchange.trading.owner import BooksOwner
from exchange.trading.snapshots.opening import open_books
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def contract(books):
    return first_contract(books.open(make_market(status="draft")))


def place(contract, side="sell", price_ticks=5_000, quantity=3):
    request = OrderRequest(contract=contract, side=side, price_ticks=price_ticks, quantity=quantity)
    answer = place_order(account=make_account(), user=None, order=request)
    return Order.objects.get(pk=answer.command_id)


def restart(books, shards=(0,)):
    """Hand the books over, and have another owner take them."""
    books.owner.stop()
    books.owner = BooksOwner(shards)
    books.owner.keep_leases()
    return books.owner


def test_first_owner_takes_the_first_snapshot(books):
    snapshot = BookSnapshot.objects.get()
    assert (snapshot.shard, snapshot.journal_number, snapshot.digest) == (0, 0, "0" * 64)


def test_books_that_agree_are_traded_on_from_where_they_were(books, contract):
    place(contract)
    place(contract, "buy", 5_000, 1)
    old = books.owner.books[0]
    new = restart(books).books[0]
    assert new.engine is not old.engine
    assert new.engine.digest() == old.engine.digest()
    assert (new.journal_number, new.epoch) == (old.journal_number, old.epoch + 1)
    assert place(contract, "buy", 5_000, 2).status == "filled"


def test_rows_changed_from_outside_stop_the_shard_and_are_named(books, contract):
    order = place(contract)
    Order.objects.filter(pk=order.pk).update(quantity=4, open_quantity=4)
    assert restart(books).books == {}
    stopped = Shard.objects.get()
    assert stopped.stopped.split("\n") == [
        "books differ",
        f"order {order.pk}: quantity 4 in the rows, 3 in the journal",
        f"order {order.pk}: open quantity 4 in the rows, 3 in the journal",
    ]
    assert (stopped.owner, stopped.epoch) == ("", 2)


def test_stopped_shard_trades_nothing_until_it_agrees_again(books, contract):
    order = place(contract)
    Order.objects.filter(pk=order.pk).update(quantity=4, open_quantity=4)
    owner = restart(books)
    inbox.put([inbox.new_row(command_id=1, shard=0, command={"type": "Tick", "time": 1})])
    for _ in range(2):
        owner.look_for_free()
        assert list(owner.step()) == []
    Order.objects.filter(pk=order.pk).update(quantity=3, open_quantity=3)
    lease.allow_shards([0])
    owner.look_for_free()
    assert len(list(owner.step())) == 1
    assert list(owner.books) == [0]


def test_shard_allowed_again_is_stopped_again_while_it_differs(books, contract):
    order = place(contract)
    Order.objects.filter(pk=order.pk).update(quantity=4, open_quantity=4)
    owner = restart(books)
    lease.allow_shards([0])
    owner.look_for_free()
    list(owner.step())
    assert Shard.objects.get().stopped.startswith("books differ\n")


def test_others_trade_while_one_shard_is_stopped(books, contract, settings):
    settings.BOOK_SHARDS = 2
    order = place(contract)
    market = make_market(status="draft")
    Market.objects.filter(pk=market.pk).update(shard=1)
    Order.objects.filter(pk=order.pk).update(quantity=4, open_quantity=4)
    owner = restart(books, (0, 1))
    command = lifecycle_command(market, "open")
    inbox.put([inbox.new_row(command_id=1, shard=1, command=command)])
    assert len(list(owner.step())) == 1
    assert list(owner.books) == [1]
    market.refresh_from_db()
    assert market.status == "open"


def test_missing_row_stops_the_shard(books, contract):
    order = place(contract)
    Order.objects.filter(pk=order.pk).update(open_quantity=0, cancelled_quantity=3)
    opened = open_books(0)
    assert opened.engine is None
    assert opened.wrong == (f"order {order.pk}: in the journal, not in the rows",)


def test_rows_that_make_no_book_stop_the_shard(books, contract):
    place(contract)
    Market.objects.update(status="settled")
    assert restart(books).books == {}
    assert "the rows make no book" in Shard.objects.get().stopped


def test_journal_that_was_cut_stops_the_shard(books, contract):
    place(contract)
    place(contract)
    Shard.objects.update(journal_number=4)
    opened = open_books(0)
    assert opened.wrong == ("shard 0 batch 4: is the last there should be, the journal ends at 3",)


@pytest.fixture
def often(settings):
    settings.SNAPSHOT_BATCHES = 2


def test_newest_snapshot_is_gone_on_from(often, books, contract):
    for _ in range(3):
        place(contract)
        books.pump()
    numbers = BookSnapshot.objects.values_list("journal_number", flat=True)
    assert max(numbers) > 0
    assert max(numbers) <= JournalBatch.objects.count()
    assert restart(books).books[0].journal_number == JournalBatch.objects.count()
