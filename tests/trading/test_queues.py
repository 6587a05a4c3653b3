"""Where orders stand, many at once: the same as one by one."""

import random

import pytest

from core.errors import Problem
from exchange.trading.queues import QueueAhead, get_queue_position, list_queues
from tests.factories import first_contract, make_account, make_market, make_order

pytestmark = pytest.mark.django_db


def test_queue_counts_better_prices_and_earlier_orders():
    contract = first_contract(make_market())
    make_order(make_account(), contract, price_ticks=4_600, quantity=3)
    make_order(make_account(), contract, price_ticks=4_500, quantity=4)
    own = make_order(make_account(), contract, price_ticks=4_500)
    make_order(make_account(), contract, price_ticks=4_500, quantity=5)
    make_order(make_account(), contract, price_ticks=4_400, quantity=6)
    assert list_queues([own]) == {own.pk: QueueAhead(quantity=7, orders=2)}


def test_queue_of_a_sale_counts_lower_prices():
    contract = first_contract(make_market())
    make_order(make_account(), contract, side="sell", price_ticks=4_400, quantity=3)
    own = make_order(make_account(), contract, side="sell", price_ticks=4_500)
    first = make_order(make_account(), contract, side="buy", price_ticks=4_300)
    assert list_queues([own, first]) == {own.pk: QueueAhead(3, 1), first.pk: QueueAhead(0, 0)}


def test_orders_that_rest_in_no_book_have_no_place():
    contract, account = first_contract(make_market()), make_account()
    waiting = make_order(account, contract, kind="stop", is_waiting=True)
    finished = make_order(account, contract, filled=10)
    assert list_queues([waiting, finished]) == {}
    for order in (waiting, finished):
        with pytest.raises(Problem):
            get_queue_position(order)


def test_many_at_once_are_those_of_one_by_one(django_assert_num_queries):
    chance = random.Random(7)
    market, account = make_market(outcomes=("A", "B")), make_account()
    for _ in range(60):
        make_order(
            account,
            chance.choice(market.contracts.all()),
            side=chance.choice(("buy", "sell")),
            price_ticks=chance.randrange(4_000, 5_000, 200),
            quantity=chance.randrange(1, 9),
        )
    orders = list(account.orders.all())
    with django_assert_num_queries(2):
        found = list_queues(orders)
    one_by_one = {order.pk: get_queue_position(order) for order in orders}
    assert found == {
        pk: QueueAhead(position.ahead_quantity, position.ahead_orders)
        for pk, position in one_by_one.items()
    }
