"""A standby's books are those of the owner, batch by batch, and are traded on after it is gone."""

import pytest

from exchange.engine.commands import CancelOrder
from exchange.trading import inbox
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle
from exchange.trading.journals.rows import JournalEnd
from exchange.trading.models import BookSnapshot, Follower, JournalBatch, Order, Shard, Worker
from exchange.trading.owner import BooksOwner
from exchange.trading.owning.membership import Membership
from exchange.trading.snapshots.opening import open_books
from exchange.trading.standby.standby import Standby
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


class Pair:
    """A worker that follows everything, beside the owner that the `books` fixture steps."""

    def __init__(self, label="b"):
        self.standby = Standby()
        membership = Membership([0], label=label)
        self.owner = BooksOwner([0], membership=membership, standby=self.standby)

    def follow(self):
        self.standby.follow([0])
        while self.standby.step():
            pass

    def look(self):
        self.owner.look_around()
        return list(self.owner.step())


@pytest.fixture(autouse=True)
def long_leases(settings):
    settings.LEASE_TTL_MS = 60_000  # however slowly the test runs


@pytest.fixture
def pair(books):
    return Pair()


@pytest.fixture
def contract(books):
    return first_contract(books.open(make_market(status="draft")))


def place(contract, side="buy", price_ticks=4_500, quantity=10, account=None):
    request = OrderRequest(contract=contract, side=side, price_ticks=price_ticks, quantity=quantity)
    return place_order(account=account or make_account(), user=None, order=request)


def stop(books):
    books.owner.stop()


def test_follower_has_the_owners_books_after_every_batch(books, pair, contract):
    pair.follow()
    for number in range(6):
        place(contract, "buy" if number % 2 else "sell", 4_000 + 300 * (number % 3), 1 + number)
        pair.follow()
        follower = pair.standby._followers[0]
        assert follower.number == books.owner.books[0].journal_number
        engines = follower._replay.engine, books.owner.books[0].engine
        assert engines[0].digest() == engines[1].digest()


def test_books_that_were_ready_are_traded_on_without_reading_them_back(books, pair, contract):
    pair.follow()
    place(contract, "sell")
    engine = pair.standby._followers[0]._replay.engine
    stop(books)
    pair.look()
    assert pair.owner.books[0].engine is engine
    assert (pair.owner.books[0].epoch, pair.owner.books[0].journal_number) == (2, 2)


def test_shard_is_not_taken_before_its_books_are_here(books, pair, contract):
    stop(books)
    pair.look()
    assert (pair.owner.books, Shard.objects.get().owner) == ({}, "")
    pair.follow()
    pair.look()
    assert list(pair.owner.books) == [0]


def test_tail_is_caught_up_with_before_the_first_batch(books, pair, contract):
    pair.follow()
    place(contract, "sell", 5_000, 3)
    place(contract, "sell", 5_000, 4)
    assert pair.standby._followers[0].number == 1
    stop(books)
    pair.look()
    assert pair.owner.books[0].journal_number == 3
    assert pair.owner.books[0].engine.depth(contract.pk).asks == [(5_000, 7)]


def test_shard_is_not_taken_while_its_books_are_far_behind(books, pair, contract):
    pair.follow()
    for _ in range(22):
        place(contract, "sell", 5_000, 1)
    stop(books)
    pair.standby._ends = {0: 23}  # it has looked how far the journal goes, and no further
    pair.look()
    assert pair.owner.books == {}
    pair.follow()
    pair.look()
    assert pair.owner.books[0].journal_number == 23


def test_order_is_filled_by_the_next_owner_at_the_price_it_rested_at(books, pair, contract):
    offer = place(contract, "sell", 5_000, 3)
    pair.follow()
    stop(books)
    pair.look()
    unlisten = inbox.listen(lambda _: list(pair.owner.step()))
    taken = place(contract, "buy", 6_000, 3)
    unlisten()
    assert taken.reason == ""
    orders = dict(Order.objects.values_list("pk", "status"))
    assert orders == {offer.command_id: "filled", taken.command_id: "filled"}
    assert set(JournalBatch.objects.values_list("epoch", flat=True)) == {1, 2}


def lose_an_order(pair, contract, order):
    """Have the standby's memory go wrong: an order is gone from its book, and from no other."""
    engine = pair.standby._followers[0]._replay.engine
    engine.begin({})
    engine.apply(CancelOrder(order.pk, order.account_id))
    engine.commit()


@pytest.fixture
def wrong(books, pair, contract):
    """A standby that made something else of the journal than the owner."""
    place(contract, "sell", 5_000, 3)
    pair.follow()
    lose_an_order(pair, contract, Order.objects.get())
    place(contract, "buy", 5_000, 1)
    pair.follow()
    return pair.standby._followers[0]


def test_other_events_than_the_journals_stop_the_follower_with_an_alarm(pair, wrong):
    [state] = pair.standby.states()
    assert state.differs.startswith("shard 0 batch 3: command ")
    assert not pair.standby.step()
    pair.owner._membership.beat(pair.standby.states())
    assert Follower.objects.get().differs == state.differs


def test_books_of_a_follower_that_differs_are_read_back_from_the_rows(books, pair, contract, wrong):
    stop(books)
    pair.look()
    taken = pair.owner.books[0]
    assert taken.engine is not wrong._replay.engine
    assert taken.engine.depth(contract.pk).asks == [(5_000, 2)]


def test_journal_that_ends_elsewhere_than_the_row_says_is_a_difference(books, pair, contract):
    pair.follow()
    follower = pair.standby._followers[0]
    assert follower.books(JournalEnd(shard=0, number=1, digest="other"), epoch=2) is None
    assert follower.differs == "shard 0 batch 1: is not the one that the shard's row names"


def test_worker_says_how_far_it_has_followed(books, pair, contract):
    pair.follow()
    pair.look()
    assert [(one.shard, one.journal_number, one.is_warm) for one in Follower.objects.all()] == [
        (0, 1, True)
    ]
    pair.owner.stop()
    assert (Follower.objects.count(), Worker.objects.count()) == (0, 0)


def test_shard_moves_once_the_other_is_warm(books, pair, contract):
    pair.follow()
    stop(books)
    pair.look()
    other = Pair("a")
    Shard.objects.update(pinned_to="a")
    other.look()
    for _ in range(5):
        pair.look()
        assert 0 in pair.owner.books
    other.follow()
    other.look()  # says that it is warm
    [news] = pair.look()
    assert (news.free_shards, pair.owner.books) == ([0], {})
    other.look()
    assert other.owner.books[0].journal_number == 1


def test_market_is_settled_after_a_take_over(books, pair, contract):
    seller, buyer = make_account(), make_account()
    place(contract, "sell", 5_000, 3, seller)
    place(contract, "buy", 5_000, 3, buyer)
    pair.follow()
    stop(books)
    pair.look()
    unlisten = inbox.listen(lambda _: list(pair.owner.step()))
    answer = submit_lifecycle(user=None, market=contract.market, action="settle", winner=contract)
    unlisten()
    assert answer.reason == ""
    buyer.refresh_from_db()
    assert buyer.balance_ticks == 1_000 * 10_000 + 3 * 5_000


@pytest.fixture
def often(settings):
    settings.SNAPSHOT_BATCHES = 2


def test_snapshot_is_kept_by_the_follower_once_it_is_due(often, books, pair, contract):
    books.owner._is_alone = False  # somebody follows it
    pair.follow()
    numbers = BookSnapshot.objects.order_by("journal_number")
    before = list(numbers.values_list("journal_number", flat=True))
    for _ in range(2):
        place(contract)
    pair.follow()
    newest = numbers.last()
    assert newest.journal_number not in before
    assert newest.journal_number == pair.standby._followers[0].number
    assert open_books(0).engine.digest() == books.owner.books[0].engine.digest()


def test_rows_that_are_not_the_journals_stop_a_new_follower(books, pair, contract):
    place(contract, "sell", 5_000, 3)
    order = Order.objects.get()
    Order.objects.update(open_quantity=2, filled_quantity=1)
    pair.follow()
    [state] = pair.standby.states()
    assert state.differs == f"order {order.pk}: open quantity 2 in the rows, 3 in the journal"
    stop(books)
    pair.look()
    assert pair.owner.books == {}
    assert Shard.objects.get().stopped.startswith("books differ\n")


def test_books_that_somebody_waits_for_are_opened_first(settings):
    settings.BOOK_SHARDS = 3
    inbox.put([inbox.new_row(command_id=1, shard=1, command={"type": "Tick", "time": 1})])
    standby = Standby()
    membership = Membership(range(3), label="a")
    owner = BooksOwner(range(3), membership=membership, standby=standby)
    taken = []
    for _ in range(4):
        list(owner.step())
        owner.look_around()
        standby.step()
        taken += [shard for shard in owner.books if shard not in taken]
    list(owner.step())
    assert [*taken, *(owner.books.keys() - set(taken))] == [1, 0, 2]
