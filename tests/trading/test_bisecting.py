"""What cannot be written is found by halving, answered, and everybody else is judged in order."""

import math

import pytest

from core.ids import new_id
from exchange.trading import inbox
from exchange.trading.bisecting import judge_next
from exchange.trading.checks import run_checks
from exchange.trading.folding import Folder
from exchange.trading.gateway import OrderRequest, place_order_command
from exchange.trading.models import DeadLetter, InboxCommand, Order, Outcome
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]
COUNT = 64


@pytest.fixture
def waiting(one_shard, books):
    """Ids of many orders that wait, in order."""
    contract = first_contract(books.open(make_market(status="draft")))
    account = make_account()
    rows = []
    for _ in range(COUNT):
        order_id = new_id()
        request = OrderRequest(contract=contract, side="buy", price_ticks=4_500, quantity=1)
        command = place_order_command(request, order_id=order_id, account_id=account.pk)
        rows.append(
            inbox.new_row(command_id=order_id, shard=0, command=command, account_id=account.pk)
        )
    inbox.put(rows)
    yield [row.pk for row in rows]
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def break_on(monkeypatch, *poison):
    """Have every batch fail that holds one of the commands, rejected ones apart."""
    attempts, add = [], Folder.add

    def broken_add(folder, judged):
        if not folder.effects.orders:
            attempts.append(judged.entry.command_id)
        accepted = type(judged.events[0]).__name__ == "OrderAccepted"
        if judged.entry.command_id in poison and accepted:
            raise ValueError("a bug of ours")
        add(folder, judged)

    monkeypatch.setattr(Folder, "add", broken_add)
    return attempts


def drain(books):
    sizes = []
    while batch := judge_next(books, most=COUNT):
        sizes.append(len(batch.judged))
    return sizes


@pytest.mark.parametrize("place", [0, 1, 20, 31, 32, COUNT - 1])
def test_one_poison_is_found_in_few_attempts(books, waiting, monkeypatch, place):
    attempts = break_on(monkeypatch, waiting[place])
    sizes = drain(books.owner.books[0])
    assert sum(sizes) == COUNT
    failed = len(attempts) - len(sizes)
    assert failed <= math.log2(COUNT) + 1
    assert list(DeadLetter.objects.values_list("command_id", "kind", "error")) == [
        (waiting[place], "PlaceOrder", "ValueError('a bug of ours')")
    ]
    rejected = Order.objects.filter(status="rejected", reason="internal_error")
    assert list(rejected.values_list("pk", flat=True)) == [waiting[place]]


def test_others_keep_their_order(books, waiting, monkeypatch):
    break_on(monkeypatch, waiting[20])
    drain(books.owner.books[0])
    accepted = Order.objects.filter(status="new").order_by("accepted_seq")
    assert list(accepted.values_list("pk", flat=True)) == [*waiting[:20], *waiting[21:]]
    assert InboxCommand.objects.count() == 0


def test_several_poisons_are_all_found(books, waiting, monkeypatch):
    poison = {waiting[3], waiting[4], waiting[50]}
    break_on(monkeypatch, *poison)
    drain(books.owner.books[0])
    assert set(DeadLetter.objects.values_list("command_id", flat=True)) == poison
    assert Order.objects.filter(status="new").count() == COUNT - 3


def test_order_that_cannot_even_be_kept_has_its_outcome(books, waiting, monkeypatch):
    add = Folder.add

    def broken_add(folder, judged):
        names = [type(event).__name__ for event in judged.events]
        if judged.entry.command_id == waiting[9] and names != ["CommandRejected"]:
            raise ValueError("a bug of ours")
        add(folder, judged)

    monkeypatch.setattr(Folder, "add", broken_add)
    drain(books.owner.books[0])
    assert not Order.objects.filter(pk=waiting[9]).exists()
    assert Outcome.objects.get(pk=waiting[9]).reason == "internal_error"
    assert Order.objects.filter(status="new").count() == COUNT - 1


def test_cause_that_went_away_harms_nobody(books, waiting, monkeypatch):
    shard_books, failures, add = books.owner.books[0], [1, 2], Folder.add

    def sometimes_broken_add(folder, judged):
        if failures:
            failures.pop()
            raise ValueError("only now and then")
        add(folder, judged)

    monkeypatch.setattr(Folder, "add", sometimes_broken_add)
    drain(shard_books)
    assert DeadLetter.objects.count() == 0
    assert Order.objects.filter(status="new").count() == COUNT
    assert shard_books.suspects == 0
