import pytest

from exchange.trading import inbox
from exchange.trading.gateway import place_order_command
from exchange.trading.requests import OrderRequest
from exchange.trading.selectors import (
    PendingOrder,
    get_order,
    list_fills,
    list_orders,
    list_positions,
)
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_order,
    make_position,
    make_trade,
)

pytestmark = pytest.mark.django_db


def test_list_orders_is_newest_first_and_only_ones_own():
    contract, account = first_contract(make_market()), make_account()
    orders = [make_order(account, contract) for _ in range(3)]
    make_order(make_account(), contract)

    assert list(list_orders(account)) == orders[::-1]


@pytest.mark.parametrize(
    ("status", "count"), [("open", 2), ("new", 1), ("partially_filled", 1), ("filled", 1), ("", 4)]
)
def test_list_orders_by_status(status, count):
    contract, account = first_contract(make_market()), make_account()
    for filled, cancelled in ((0, 0), (4, 0), (10, 0), (0, 10)):
        make_order(account, contract, filled=filled, cancelled=cancelled)

    assert len(list_orders(account, status=status)) == count


def test_get_order_knows_an_order_that_is_still_in_the_inbox():
    contract, account = first_contract(make_market()), make_account()
    request = OrderRequest(
        contract=contract, side="sell", price_ticks=4_500, quantity=3, client_order_id="mine"
    )
    row = inbox.new_row(
        command_id=99,
        shard=0,
        command=place_order_command(request, order_id=99, account_id=account.pk),
        account_id=account.pk,
    )
    inbox.put([row])

    found = get_order(account, 99)

    assert found == PendingOrder(id=99, request=request, received_at_ms=row.received_at_ms)
    assert get_order(make_account(), 99) is None


def test_get_order_finds_judged_orders_and_no_strangers_ones(django_assert_num_queries):
    account = make_account()
    order = make_order(account, first_contract(make_market()))

    with django_assert_num_queries(2):
        assert get_order(account, order.pk) == order
    assert get_order(make_account(), order.pk) is None
    assert get_order(account, 1) is None


def test_list_fills_has_both_sides_newest_first():
    contract, alice, bob = first_contract(make_market()), make_account(), make_account()
    maker = make_order(alice, contract, filled=10)
    taker = make_order(bob, contract, side="sell", filled=10)
    first, second = make_trade(maker, taker, quantity=4), make_trade(maker, taker, quantity=6)

    assert list(list_fills(alice)) == list(list_fills(bob)) == [second, first]
    assert list(list_fills(make_account())) == []


def test_list_positions_is_by_market_and_leaves_empty_and_settled_ones_out():
    account, older, newer = make_account(), make_market(outcomes=("A", "B")), make_market()
    first, second = older.contracts.all()
    rows = [
        make_position(account, contract, quantity=quantity, cash_ticks=cash_ticks)
        for contract, quantity, cash_ticks in (
            (second, 1, -4_000),
            (first, 0, 700),
            (first_contract(newer), -2, 8_000),
        )
    ]
    make_position(account, first_contract(make_market()), quantity=0, cash_ticks=0)
    settled = make_position(account, first_contract(make_market()), quantity=1, cash_ticks=-1)
    type(settled).objects.filter(pk=settled.pk).update(settled_ticks=5)

    assert list(list_positions(account)) == [rows[2], rows[1], rows[0]]
