"""Every kind of order, from the gateway to the rows: books read back are those of the journal."""

import json

import pytest

from core.clock import MachineClock, now_ms, set_clock
from core.errors import Code, Problem
from exchange.trading.amendments import replace_sending
from exchange.trading.books import load_books
from exchange.trading.cancelling import (
    OrderFilter,
    cancel_all,
    cancel_orders,
)
from exchange.trading.checks import run_checks
from exchange.trading.gateway import OrderRequest, place_order, submit_lifecycle, submit_one
from exchange.trading.models import JournalBatch, Order, Trade
from tests.factories import first_contract, make_account, make_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(books):
    return books.open(make_market(outcomes=["Yes"], status="draft"))


@pytest.fixture
def contract(market):
    return first_contract(market)


@pytest.fixture(autouse=True)
def _exchange_is_whole():
    yield
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


class LaterClock(MachineClock):
    """The machine's clock, some time later."""

    later_ms = 0

    def now_ms(self):
        return super().now_ms() + self.later_ms


@pytest.fixture
def later():
    """Let the wall clock go forward by so many milliseconds."""
    clock = LaterClock()
    set_clock(clock)
    yield lambda by_ms: setattr(clock, "later_ms", by_ms)
    set_clock(MachineClock())


def place(account, contract, side="buy", price_ticks=4_500, quantity=10, **terms):
    order = OrderRequest(
        contract=contract, side=side, price_ticks=price_ticks, quantity=quantity, **terms
    )
    return place_order(account=account, user=None, order=order)


def state(answer):
    order = Order.objects.get(pk=answer.command_id)
    return order.status, order.filled_quantity, order.open_quantity, order.reason


def book_of(contract):
    engine = load_books(contract.market.shard, epoch=0).engine
    depth = engine.depth(contract.pk)
    return depth.bids, depth.asks


def test_fill_or_kill_fills_whole_or_not_at_all(contract):
    maker, taker = make_account(), make_account()
    place(maker, contract, "sell", 4_500, 10)
    killed = place(taker, contract, quantity=11, time_in_force="FOK")
    filled = place(taker, contract, quantity=10, time_in_force="FOK")
    assert state(killed) == ("cancelled", 0, 0, "fok")
    assert state(filled) == ("filled", 10, 0, "")


def test_market_order_takes_what_there_is_and_never_rests(contract):
    maker, taker = make_account(), make_account()
    place(maker, contract, "sell", 4_500, 4)
    answer = place(taker, contract, price_ticks=9_900, kind="market")
    assert state(answer) == ("cancelled", 4, 0, "ioc_remainder")
    assert book_of(contract) == ([], [])


def test_post_only_is_refused_where_it_would_match(contract):
    maker, other = make_account(), make_account()
    place(maker, contract, "sell", 4_500, 4)
    assert place(other, contract, post_only=True).reason == "post_only"
    resting = place(other, contract, price_ticks=4_400, post_only=True)
    assert state(resting) == ("new", 0, 10, "")
    assert Order.objects.get(pk=resting.command_id).terms == '{"post_only":true}'


def test_stop_waits_outside_the_book_until_the_last_price_reaches_it(contract):
    maker, taker, stopper = make_account(), make_account(), make_account()
    stop = place(
        stopper, contract, "buy", 5_500, 5, kind="stop_limit", stop_ticks=5_000, time_in_force="GTC"
    )
    waiting = Order.objects.get(pk=stop.command_id)
    assert (waiting.status, waiting.is_waiting, waiting.open_quantity) == ("new", True, 5)
    assert book_of(contract) == ([], [])
    place(maker, contract, "sell", 5_000, 1)
    place(taker, contract, "buy", 5_000, 1)
    triggered = Order.objects.get(pk=stop.command_id)
    assert (triggered.is_waiting, triggered.open_quantity) == (False, 5)
    assert triggered.accepted_seq > waiting.accepted_seq
    assert book_of(contract) == ([(5_500, 5)], [])
    place(maker, contract, "sell", 5_500, 5)
    assert state(stop) == ("filled", 5, 0, "")


def test_stop_that_is_reached_when_it_is_placed_is_matched_at_once(contract):
    maker, taker, stopper = make_account(), make_account(), make_account()
    place(maker, contract, "sell", 5_000, 1)
    place(taker, contract, "buy", 5_000, 1)
    place(maker, contract, "sell", 5_100, 3)
    stop = place(stopper, contract, "buy", 9_900, 5, kind="stop", stop_ticks=4_000)
    assert state(stop) == ("cancelled", 3, 0, "ioc_remainder")
    assert not Order.objects.get(pk=stop.command_id).is_waiting


def test_order_with_an_expiry_ends_with_it_and_frees_its_money(contract, books, later):
    alice = make_account()
    answer = place(
        alice, contract, quantity=10, time_in_force="GTD", expires_at_ms=now_ms() + 60_000
    )
    assert state(answer) == ("new", 0, 10, "")
    later(61_000)
    books.pump()
    order = Order.objects.get(pk=answer.command_id)
    assert (order.status, order.open_quantity, order.expired_quantity) == ("expired", 0, 10)
    alice.refresh_from_db()
    assert alice.exposure_ticks == 0
    entries = json.loads(JournalBatch.objects.order_by("-pk")[0].entries)
    assert [events[0]["type"] for _, _, events in entries] == ["OrderExpired"]


def test_reduce_only_trades_no_more_than_the_position(contract):
    alice, bob = make_account(), make_account()
    place(alice, contract, "buy", 4_500, 4)
    place(bob, contract, "sell", 4_500, 4)
    place(bob, contract, "buy", 4_000, 10)
    answer = place(alice, contract, "sell", 4_000, 10, time_in_force="IOC", reduce_only=True)
    assert state(answer) == ("cancelled", 4, 0, "reduce_only")


def test_minimum_and_maximum_cost(contract):
    maker, taker = make_account(), make_account()
    place(maker, contract, "sell", 4_500, 4)
    killed = place(taker, contract, quantity=10, min_quantity=5)
    assert state(killed) == ("cancelled", 0, 0, "min_quantity")
    bounded = place(taker, contract, quantity=4, time_in_force="IOC", max_cost_ticks=2 * 4_500 + 1)
    assert state(bounded) == ("cancelled", 2, 0, "max_cost")
    rests = place(taker, contract, quantity=10, min_quantity=2)
    assert state(rests) == ("partially_filled", 2, 8, "")


def test_order_that_may_not_stand_through_a_halt_is_cancelled_by_it(market, contract):
    alice = make_account()
    fleeting = place(alice, contract, on_halt="cancel")
    lasting = place(alice, contract, price_ticks=4_400)
    submit_lifecycle(user=None, market=market, action="halt")
    assert state(fleeting) == ("cancelled", 0, 0, "market_halted")
    assert state(lasting) == ("new", 0, 10, "")


@pytest.mark.parametrize(
    ("stp", "maker", "taker"),
    [
        ("cancel_newest", ("new", 0, 10, ""), ("cancelled", 0, 0, "self_trade")),
        ("cancel_oldest", ("cancelled", 0, 0, "self_trade"), ("new", 0, 4, "")),
        ("cancel_both", ("cancelled", 0, 0, "self_trade"), ("cancelled", 0, 0, "self_trade")),
        ("decrement", ("new", 0, 6, ""), ("cancelled", 0, 0, "self_trade")),
    ],
)
def test_self_trade_prevention_ends_or_shrinks_the_right_order(contract, stp, maker, taker):
    alice = make_account()
    resting = place(alice, contract, "sell", 4_500, 10)
    coming = place(alice, contract, "buy", 4_500, 4, stp=stp)
    assert (state(resting), state(coming)) == (maker, taker)
    assert Trade.objects.count() == 0


def test_request_that_came_too_late_is_refused(contract):
    assert place(make_account(), contract, valid_until_ms=now_ms() - 1_000).reason == "too_late"
    assert place(make_account(), contract, valid_until_ms=now_ms() + 60_000).reason == ""


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"time_in_force": "GTD"}, Code.INVALID_TERMS),
        ({"kind": "stop"}, Code.INVALID_TERMS),
        ({"post_only": True, "time_in_force": "IOC"}, Code.INVALID_TERMS),
        ({"reduce_only": True}, Code.INVALID_TERMS),
        ({"kind": "stop", "stop_ticks": 10_000}, Code.INVALID_STOP_PRICE),
        ({"min_quantity": 11}, Code.INVALID_MIN_QUANTITY),
        ({"max_cost_ticks": 0}, Code.INVALID_MAX_COST),
        ({"time_in_force": "GTD", "expires_at_ms": 1}, Code.INVALID_EXPIRY),
    ],
)
def test_terms_that_cannot_be_right_are_refused_at_the_door(contract, terms, code):
    with pytest.raises(Problem) as caught:
        place(make_account(), contract, **terms)
    assert caught.value.code == code
    assert not Order.objects.exists()


def test_expired_order_that_is_sent_again_is_answered_as_before(contract, later):
    alice, until_ms = make_account(), now_ms() + 5_000
    terms = {"time_in_force": "GTD", "expires_at_ms": until_ms}
    first = place(alice, contract, client_order_id="mine", **terms)
    later(10_000)
    again = place(alice, contract, client_order_id="mine", **terms)
    assert (again.command_id, again.reason) == (first.command_id, "")
    assert place(alice, contract, client_order_id="late", **terms).reason == "invalid_expiry"


def replace(account, market, order_id, price_ticks, quantity, **more):
    return submit_one(
        replace_sending(
            account_id=account.pk,
            user_id=None,
            order_id=order_id,
            market=market,
            price_ticks=price_ticks,
            quantity=quantity,
            **more,
        )
    )


def test_replaced_order_is_cancelled_and_another_stands_in_its_place(market, contract):
    alice, bob = make_account(), make_account()
    old = place(alice, contract, "buy", 4_500, 10, group=7)
    place(bob, contract, "sell", 4_500, 3)
    new = replace(alice, market, old.command_id, 4_600, 5, client_order_id="second")
    assert state(old) == ("cancelled", 3, 0, "replaced")
    assert state(new) == ("new", 0, 5, "")
    order = Order.objects.get(pk=new.command_id)
    assert order.client_order_id == "second"
    assert (order.replaces_id, order.price_ticks, order.order_group) == (old.command_id, 4_600, 7)
    assert book_of(contract) == ([(4_600, 5)], [])
    place(bob, contract, "sell", 4_600, 5)
    assert state(new) == ("filled", 5, 0, "")


def test_replaced_order_that_is_smaller_keeps_its_place(market, contract):
    alice, bob, carol = make_account(), make_account(), make_account()
    old = place(alice, contract, "buy", 4_500, 10)
    behind = place(bob, contract, "buy", 4_500, 10)
    new = replace(alice, market, old.command_id, 4_500, 6)
    place(carol, contract, "sell", 4_500, 7)
    assert state(new) == ("filled", 6, 0, "")
    assert state(behind) == ("partially_filled", 1, 9, "")


def test_waiting_stop_is_replaced_and_waits_on(market, contract):
    alice = make_account()
    old = place(alice, contract, "buy", 5_500, 5, kind="stop_limit", stop_ticks=5_000)
    new = replace(alice, market, old.command_id, 5_600, 7)
    order = Order.objects.get(pk=new.command_id)
    assert (order.is_waiting, order.kind, order.open_quantity) == (True, "stop_limit", 7)
    assert book_of(contract) == ([], [])


def test_replacing_without_the_money_changes_nothing(market, contract):
    alice = make_account(balance_credits=5)
    old = place(alice, contract, "buy", 4_500, 10)
    assert replace(alice, market, old.command_id, 6_000, 10).reason == "insufficient_funds"
    assert state(old) == ("new", 0, 10, "")


def test_replacing_what_has_changed_meanwhile_changes_nothing(market, contract):
    alice = make_account()
    old = place(alice, contract, "buy", 4_500, 10)
    answer = replace(alice, market, old.command_id, 4_600, 10, if_open_quantity=9)
    assert answer.reason == "order_changed"


def test_replacing_sent_again_with_the_same_id_gets_the_same_answer(market, contract):
    alice = make_account()
    old = place(alice, contract, "buy", 4_500, 10)
    first, again = (
        replace(alice, market, old.command_id, 4_600, 10, client_order_id="r-1") for _ in range(2)
    )
    assert (again.command_id, again.reason) == (first.command_id, "")


def test_cancel_all_ends_what_fits_and_says_which(books):
    one, two = (books.open(make_market(status="draft")) for _ in range(2))
    alice, bob = make_account(), make_account()
    mine = [
        place(alice, first_contract(one), price_ticks=4_000),
        place(alice, first_contract(one), "sell", 6_000),
        place(alice, first_contract(two), price_ticks=4_000, group=3),
        place(alice, first_contract(two), "buy", 8_000, 1, kind="stop_limit", stop_ticks=7_000),
    ]
    his = place(bob, first_contract(one), price_ticks=3_000)
    ids = [answer.command_id for answer in mine]

    def cancelled(**wanted):
        answer = cancel_all(account=alice, user=None, wanted=OrderFilter(**wanted))
        assert not answer.is_pending
        return [order.pk for order in answer.orders]

    assert cancelled(side="sell") == [ids[1]]
    assert cancelled(group=3) == [ids[2]]
    assert cancelled(market=one) == [ids[0]]
    assert cancelled() == [ids[3]]
    assert cancelled() == []
    assert state(his) == ("new", 0, 10, "")
    alice.refresh_from_db()
    assert alice.exposure_ticks == 0


def test_several_orders_are_cancelled_each_by_itself(contract):
    alice, bob = make_account(), make_account()
    mine = [place(alice, contract, price_ticks=price).command_id for price in (4_000, 4_100)]
    his = place(bob, contract, price_ticks=3_000).command_id
    first, again, stranger, second = cancel_orders(
        account=alice, user=None, order_ids=[mine[0], mine[0], his, mine[1]]
    )
    assert (first.reason, again.reason, second.reason) == ("", "unknown_order", "")
    assert stranger.code == Code.NOT_FOUND
    assert set(Order.objects.values_list("status", flat=True)) == {"cancelled", "new"}


def test_books_read_back_are_the_same_with_every_kind_in_them(market, contract):
    """The autouse check compares them with the journal's; this one has them all at once."""
    alice, bob = make_account(), make_account()
    place(alice, contract, "buy", 4_000, 10, post_only=True, on_halt="cancel", group=5)
    place(alice, contract, "buy", 4_100, 10, max_cost_ticks=50_000)
    expires_at_ms = now_ms() + 3_600_000
    place(alice, contract, "buy", 4_200, 10, time_in_force="GTD", expires_at_ms=expires_at_ms)
    place(alice, contract, "sell", 3_000, 5, kind="stop", stop_ticks=3_500, reduce_only=True)
    place(bob, contract, "sell", 6_000, 10, stp="cancel_oldest")
    place(bob, contract, "buy", 7_000, 5, kind="stop_limit", stop_ticks=6_000, min_quantity=2)
    place(alice, contract, "buy", 6_000, 3, stp="decrement")
    assert Order.objects.filter(is_waiting=True).count() == 1
    assert Order.objects.filter(open_quantity__gt=0).count() >= 4
