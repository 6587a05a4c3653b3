"""A command that breaks the engine or cannot be written must not stop the book."""

import pytest

from core.ids import new_id
from exchange.engine import Engine
from exchange.trading import inbox
from exchange.trading.answers import find_answer
from exchange.trading.checks import run_checks
from exchange.trading.gateway import OrderRequest, place_order_command, submit_many
from exchange.trading.models import DeadLetter, InboxCommand, Order
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
    assert set(Order.objects.values_list("pk", flat=True)) == {before.pk, after.pk}
    assert InboxCommand.objects.count() == 0
    assert find_answer(row.pk).reason == "internal_error"
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
