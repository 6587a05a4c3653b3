"""What the book's message says of an order is what the database and the serializer say."""

import pytest

from core.ids import new_id
from exchange.trading import inbox
from exchange.trading.answers import Answer
from exchange.trading.gateway import OrderRequest, place_order_command, submit_many
from exchange.trading.models import Order
from exchange.trading.results import order_members
from exchange.trading.serializers import OrderSerializer
from exchange.trading.waiting import Waiters
from tests.factories import first_contract, make_account, make_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_shard")]


@pytest.fixture
def contract(one_shard, books):
    return first_contract(books.open(make_market(status="draft")))


def send(books, *orders) -> dict[int, Answer]:
    """Judge orders as one batch; return the answers as the waiting process gets them."""
    books.publications.clear()
    rows = [
        inbox.new_row(
            command_id=order_id,
            shard=0,
            command=place_order_command(order, order_id=order_id, account_id=account.pk),
            account_id=account.pk,
            reply_to="here",
        )
        for order_id, account, order in orders
    ]
    waiters = Waiters()
    with waiters.expect([order_id for order_id, _, _ in orders]) as wait:
        submit_many(rows)
        for publication in books.publications:
            waiters._receive({"replies": publication.replies["here"]})
        return wait.answers


def order(contract, side, price_ticks, quantity, **more):
    return OrderRequest(
        contract=contract, side=side, price_ticks=price_ticks, quantity=quantity, **more
    )


def test_orders_of_a_batch_are_told_as_they_are_written(books, contract):
    alice, bob = make_account(), make_account()
    sent = [
        (new_id(), account, one)
        for account, one in [
            (alice, order(contract, "buy", 4_000, 10, client_order_id="rests")),
            (alice, order(contract, "buy", 4_500, 7)),
            (bob, order(contract, "sell", 4_500, 3)),  # fills a part of the one before
            (bob, order(contract, "sell", 4_400, 9, time_in_force="IOC")),  # a part is cancelled
            (alice, order(contract, "sell", 4_000, 1)),  # would meet an own order
            (bob, order(contract, "buy", 4_100, 2)),
            (alice, order(contract, "sell", 4_100, 2)),
        ]
    ]
    answers = send(books, *sent)
    told, written = [], []
    for order_id, _, one in sent:
        answer = answers[order_id]
        assert answer.figures is not None
        told.append(order_members(one, answer, answer.figures))
        written.append(OrderSerializer(Order.objects.get(pk=order_id)).data)
    assert told == written
    assert [members["status"] for members in told] == [
        "new", "filled", "filled", "cancelled", "cancelled", "filled", "filled",
    ]  # fmt: skip


def test_rejected_order_has_no_figures(books, contract):
    order_id = new_id()
    answers = send(books, (order_id, make_account(), order(contract, "buy", 9_900, 10**6)))
    assert (answers[order_id].reason, answers[order_id].figures) == ("insufficient_funds", None)


def test_figures_are_those_of_the_batch_whatever_came_after(books, contract):
    alice, bob = make_account(), make_account()
    order_id = new_id()
    answer = send(books, (order_id, alice, order(contract, "buy", 4_000, 10)))[order_id]
    send(books, (new_id(), bob, order(contract, "sell", 4_000, 10)))
    assert Order.objects.get(pk=order_id).status == "filled"
    assert (answer.figures.status, answer.figures.open_quantity) == ("new", 10)
