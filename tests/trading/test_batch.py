"""The way of an order through the inbox, the batch and the tables, on the connected database."""

import pytest

from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.amendments import Change, carry_out
from exchange.trading.checks import run_checks
from exchange.trading.gateway import (
    OrderRequest,
    cancel_order,
    place_order,
    submit_lifecycle,
)
from exchange.trading.models import InboxCommand, Order, Position, Trade
from tests.factories import make_account, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(books):
    return books.open(make_market(outcomes=["Yes"], status="draft"))


@pytest.fixture(autouse=True)
def _exchange_is_whole():
    yield
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def place(account, market, side, price_ticks, quantity, **more):
    contract = market.contracts.select_related("market").get(position=more.pop("outcome", 0))
    request = OrderRequest(
        contract=contract, side=side, price_ticks=price_ticks, quantity=quantity, **more
    )
    return place_order(account=account, user=None, order=request)


def state_of(answer):
    order = Order.objects.get(pk=answer.command_id)
    return order.status, order.filled_quantity, order.open_quantity, order.cancelled_quantity


def money(account):
    account.refresh_from_db()
    return account.balance_ticks, account.exposure_ticks


def test_order_rests_and_holds_its_cost(market):
    alice = make_account(balance_credits=100)
    answer = place(alice, market, "buy", 4_500, 10)
    assert (answer.pending, answer.reason) == (False, "")
    assert state_of(answer) == ("new", 0, 10, 0)
    assert money(alice) == (1_000_000, 45_000)
    assert InboxCommand.objects.count() == 0


def test_orders_meet_at_the_makers_price(market):
    alice, bob = make_account(), make_account()
    resting = place(alice, market, "buy", 4_500, 10)
    taking = place(bob, market, "sell", 4_000, 4)
    assert state_of(resting) == ("partially_filled", 4, 6, 0)
    assert state_of(taking) == ("filled", 4, 0, 0)
    trade = Trade.objects.get()
    assert (trade.price_ticks, trade.quantity, trade.taker_side) == (4_500, 4, "sell")
    assert sorted(Position.objects.values_list("account", "quantity", "cash_ticks")) == sorted(
        [(alice.pk, 4, -18_000), (bob.pk, -4, 18_000)]
    )
    assert money(bob) == (10_000_000, 22_000)
    market.refresh_from_db()
    assert (market.volume, market.trade_count, market.seq) == (4, 1, 4)


def test_settlement_pays_the_winners_from_the_losers(market):
    alice, bob = make_account(balance_credits=100), make_account(balance_credits=100)
    place(alice, market, "buy", 4_500, 10)
    place(bob, market, "sell", 4_500, 10)
    resting = place(alice, market, "buy", 1_000, 5)
    winner = market.contracts.get()
    assert submit_lifecycle(user=None, market=market, action="settle", winner=winner).reason == ""
    assert money(alice) == (1_055_000, 0)
    assert money(bob) == (945_000, 0)
    assert state_of(resting) == ("cancelled", 0, 0, 5)
    assert set(Position.objects.values_list("account", "settled_ticks")) == {
        (alice.pk, 55_000),
        (bob.pk, -55_000),
    }
    market.refresh_from_db()
    assert (market.status, market.winner) == ("settled", winner)


def test_void_moves_no_money(market):
    alice, bob = make_account(balance_credits=100), make_account(balance_credits=100)
    place(alice, market, "buy", 4_500, 10)
    place(bob, market, "sell", 4_500, 10)
    submit_lifecycle(user=None, market=market, action="void")
    assert money(alice) == money(bob) == (1_000_000, 0)


def test_order_without_money_is_rejected_and_listed(market):
    alice = make_account(balance_credits=1)
    answer = place(alice, market, "buy", 5_000, 3)
    assert answer.reason == "insufficient_funds"
    assert state_of(answer) == ("rejected", 0, 0, 3)
    assert money(alice) == (10_000, 0)


def test_cancel_frees_the_money(market):
    alice = make_account()
    order = place(alice, market, "buy", 5_000, 3)
    assert cancel_order(account=alice, user=None, order_id=order.command_id).reason == ""
    assert state_of(order) == ("cancelled", 0, 0, 3)
    assert money(alice) == (10_000_000, 0)
    again = cancel_order(account=alice, user=None, order_id=order.command_id)
    assert again.reason == "unknown_order"


def test_reduce_keeps_the_rest_open(market):
    alice = make_account()
    order = place(alice, market, "buy", 5_000, 3)
    row = Order.objects.get(pk=order.command_id)
    carry_out(Change(by=1), account=alice, user=None, order=row)
    assert state_of(order) == ("new", 0, 2, 1)
    assert money(alice) == (10_000_000, 10_000)


def test_stranger_cannot_cancel(market):
    order = place(make_account(), market, "buy", 5_000, 3)
    with pytest.raises(Problem) as refused:
        cancel_order(account=make_account(), user=None, order_id=order.command_id)
    assert refused.value.code is Code.NOT_FOUND


def test_same_client_order_id_gets_the_same_answer(market):
    alice = make_account()
    first = place(alice, market, "buy", 5_000, 3, client_order_id="a")
    again = place(alice, market, "buy", 5_000, 3, client_order_id="a")
    assert again == first
    assert Order.objects.count() == 1


def test_same_client_order_id_with_another_body_is_refused(market):
    alice = make_account()
    place(alice, market, "buy", 5_000, 3, client_order_id="a")
    with pytest.raises(Problem) as refused:
        place(alice, market, "buy", 5_000, 4, client_order_id="a")
    assert refused.value.code is Code.CLIENT_ORDER_ID_REUSED


def test_restart_restores_every_order_with_its_place(market, books):
    first, second, taker = make_account(), make_account(), make_account()
    place(first, market, "buy", 4_500, 2)
    place(second, market, "buy", 4_500, 2)
    digest = books.owner.books[0].engine.digest()
    books.restart()
    assert books.owner.books[0].engine.digest() == digest
    place(taker, market, "sell", 4_500, 3)
    assert list(Trade.objects.order_by("id").values_list("maker_account", "quantity")) == [
        (first.pk, 2),
        (second.pk, 1),
    ]


def test_market_closes_when_its_time_has_come(market, books):
    alice = make_account()
    order = place(alice, market, "buy", 4_500, 2)
    Market.objects.filter(pk=market.pk).update(closes_at="2020-01-01T00:00:00Z")
    late = place(alice, market, "buy", 4_500, 2)
    assert late.reason == "market_closed"
    assert state_of(order) == ("cancelled", 0, 0, 2)
    market.refresh_from_db()
    assert market.status == "closed"


def test_market_closes_with_nothing_but_its_time_to_close_it(market, books):
    alice = make_account()
    order = place(alice, market, "buy", 4_500, 2)
    Market.objects.filter(pk=market.pk).update(closes_at="2020-01-01T00:00:00Z")
    books.pump()
    market.refresh_from_db()
    assert market.status == "closed"
    assert state_of(order) == ("cancelled", 0, 0, 2)


def test_exposure_is_held_over_exclusive_outcomes(books):
    market = books.open(make_market(outcomes=["A", "B", "C"], status="draft"))
    alice = make_account()
    for outcome in range(3):
        place(alice, market, "buy", 3_000, 10, outcome=outcome)
    assert Account.objects.get(pk=alice.pk).exposure_ticks == 60_000
