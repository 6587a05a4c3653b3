"""A command that breaks the engine or cannot be written must not stop the book."""

import pytest
from django.db import InterfaceError, InternalError, OperationalError

from core.ids import new_id
from exchange.engine import Engine
from exchange.markets.models import Market
from exchange.trading import inbox
from exchange.trading.answers import find_answers
from exchange.trading.checks import run_checks
from exchange.trading.folding import Folder
from exchange.trading.gateway import (
    OrderRequest,
    lifecycle_command,
    place_order_command,
    submit_many,
)
from exchange.trading.models import DeadLetter, InboxCommand, Order
from exchange.trading.owner import BooksOwner
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def contract(one_shard, books):
    return first_contract(books.open(make_market(status="draft")))


@pytest.fixture(autouse=True)
def _exchange_is_whole(db):
    yield
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def placing(account, contract, price_ticks=4_500):
    order_id = new_id()
    request = OrderRequest(contract=contract, side="buy", price_ticks=price_ticks, quantity=1)
    command = place_order_command(request, order_id=order_id, account_id=account.pk)
    return inbox.new_row(command_id=order_id, shard=0, command=command, account_id=account.pk)


def submit_around(row, contract):
    account = make_account()
    before, after = placing(account, contract), placing(account, contract)
    submit_many([before, row, after])
    written = Order.objects.exclude(status="rejected").values_list("pk", flat=True)
    assert set(written) == {before.pk, after.pk}
    assert InboxCommand.objects.count() == 0
    [answer] = find_answers([row.pk])
    assert answer.reason == "internal_error"
    return DeadLetter.objects.get(command_id=row.pk)


def test_unreadable_payload_is_answered_and_kept(contract):
    row = placing(make_account(), contract)
    row.id, row.payload = row.pk + 1, '{"type":"PlaceOrder"}'
    letter = submit_around(row, contract)
    assert (letter.payload, letter.error) == ('{"type":"PlaceOrder"}', "unreadable payload")


def test_command_that_cannot_be_written_is_found_among_others(books, contract):
    assert (
        "order_price_range"
        in submit_around(placing(make_account(), contract, price_ticks=20_000), contract).error
    )


def test_command_that_breaks_the_engine_is_left_out(contract, monkeypatch):
    row = placing(make_account(), contract)
    apply = Engine.apply

    def break_on_it(engine, command):
        if getattr(command, "order", None) == row.pk:
            apply(engine, command)  # half done: the books must be rolled back
            raise RuntimeError("a bug of ours")
        return apply(engine, command)

    monkeypatch.setattr(Engine, "apply", break_on_it)
    assert submit_around(row, contract).error == "RuntimeError('a bug of ours')"
    order = Order.objects.get(pk=row.pk)
    assert (order.status, order.reason) == ("rejected", "internal_error")


def test_bug_outside_the_engine_holds_up_no_other_shard(settings, books, monkeypatch):
    settings.BOOK_SHARDS = 2
    stuck, free = (make_market(status="draft") for _ in range(2))
    Market.objects.filter(pk=stuck.pk).update(shard=0)
    Market.objects.filter(pk=free.pk).update(shard=1)
    owner = BooksOwner([0, 1])
    books.owner.stop()
    monkeypatch.setattr(Folder, "add", break_on_shard_of(stuck))
    for number, market in enumerate((stuck, free)):
        row = inbox.new_row(
            command_id=new_id(), shard=number, command=lifecycle_command(market, "open")
        )
        inbox.put([row])
    assert len(list(owner.step())) == 1
    assert list(Market.objects.order_by("shard").values_list("status", flat=True)) == [
        "draft",
        "open",
    ]
    assert InboxCommand.objects.get().shard == 0


def break_on_shard_of(market):
    add = Folder.add

    def broken_add(folder, judged):
        broken = getattr(judged.entry.command, "market", None) == market.pk
        assert not broken, "a bug of ours"
        add(folder, judged)

    return broken_add


@pytest.mark.parametrize(
    "error",
    [OperationalError("lock timeout"), InterfaceError("closed"), InternalError("idle too long")],
)
def test_error_of_the_database_is_no_commands_fault(contract, books, monkeypatch, error):
    row = placing(make_account(), contract)
    inbox.put([row])

    def fail(*_, **__):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "add", fail)
        with pytest.raises(type(error)):
            list(books.owner.step())
    assert InboxCommand.objects.get().pk == row.pk
    books.pump()
    assert Order.objects.get(pk=row.pk).status == "new"
    assert DeadLetter.objects.count() == 0
