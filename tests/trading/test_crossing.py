"""Trades beside the book: both sides' money, the last price, and whoever claims one."""

from contextlib import suppress

import pytest

from core.clock import now_ms
from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.markets.models import Contract, Market
from exchange.trading.checks import run_checks
from exchange.trading.gateway import (
    OrderRequest,
    cross_accounts,
    place_order,
    submit_lifecycle,
)
from exchange.trading.models import InboxCommand, JournalBatch, Order, Outcome, Position, Trade
from exchange.trading.requests import CrossRequest
from tests.factories import first_contract, make_account, make_market

pytestmark = pytest.mark.django_db
LATER_MS = 3_600_000


@pytest.fixture
def contract(books):
    return first_contract(books.open(make_market(status="draft")))


@pytest.fixture(autouse=True)
def _exchange_is_whole():
    yield
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def cross(contract, buyer, seller, *, price_ticks=4_500, quantity=10, late=False, claim=None):
    request = CrossRequest(
        contract=contract,
        buyer=buyer,
        seller=seller,
        price_ticks=price_ticks,
        quantity=quantity,
        valid_until_ms=now_ms() + (-LATER_MS if late else LATER_MS),
    )
    return cross_accounts(cross=request, user=None, claim=claim or (lambda _: None))


def money(account):
    account.refresh_from_db()
    return account.balance_ticks, account.exposure_ticks


def place(account, contract, side, price_ticks, quantity):
    order = OrderRequest(contract=contract, side=side, price_ticks=price_ticks, quantity=quantity)
    return place_order(account=account, user=None, order=order)


def test_cross_moves_both_positions_and_holds_both_stakes(contract):
    buyer, seller = make_account(balance_credits=100), make_account(balance_credits=100)
    answer = cross(contract, buyer, seller)
    assert (answer.pending, answer.reason) == (False, "")
    trade = Trade.objects.get()
    assert (trade.kind, trade.price_ticks, trade.quantity) == ("cross", 4_500, 10)
    assert (trade.maker_order, trade.taker_order) == (None, None)
    assert (trade.maker_account, trade.taker_account) == (buyer, seller)
    held = Position.objects.values_list("account", "quantity", "cash_ticks")
    assert set(held) == {(buyer.pk, 10, -45_000), (seller.pk, -10, 45_000)}
    assert money(buyer) == (1_000_000, 45_000)
    assert money(seller) == (1_000_000, 55_000)
    assert not Order.objects.exists()


def test_cross_counts_as_volume_but_sets_no_last_price(contract):
    place(make_account(), contract, "buy", 3_000, 5)
    place(make_account(), contract, "sell", 3_000, 5)
    cross(contract, make_account(), make_account(), price_ticks=9_000)
    contract = Contract.objects.select_related("market").get(pk=contract.pk)
    assert contract.last_price_ticks == 3_000
    assert (contract.market.volume, contract.market.trade_count) == (15, 2)


def test_cross_leaves_the_book_alone(contract):
    maker = make_account()
    place(maker, contract, "sell", 2_000, 5)
    cross(contract, make_account(), make_account(), price_ticks=5_000)
    assert Order.objects.get().open_quantity == 5


@pytest.mark.parametrize("poor", ["buyer", "seller"])
def test_cross_without_money_on_either_side_moves_nothing(contract, poor):
    buyer = make_account(balance_credits=1 if poor == "buyer" else 100)
    seller = make_account(balance_credits=1 if poor == "seller" else 100)
    answer = cross(contract, buyer, seller)
    assert answer.reason == "insufficient_funds"
    assert not Trade.objects.exists()
    assert money(buyer)[1] == money(seller)[1] == 0


def test_cross_asks_for_money_that_open_orders_have_left(contract):
    buyer = make_account(balance_credits=5)
    place(buyer, contract, "buy", 1_000, 20)
    assert cross(contract, buyer, make_account()).reason == "insufficient_funds"
    assert cross(contract, buyer, make_account(), quantity=6).reason == ""


def test_cross_that_closes_a_position_needs_no_money(contract):
    first, second = make_account(balance_credits=5), make_account(balance_credits=6)
    assert cross(contract, first, second).reason == ""
    assert cross(contract, second, first).reason == ""
    assert money(first) == (50_000, 0)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("halt", "market_halted"),
        ("close", "market_closed"),
        ("void", "market_voided"),
    ],
)
def test_cross_in_a_market_that_is_not_open_is_refused(contract, action, reason):
    assert not submit_lifecycle(user=None, market=contract.market, action=action).reason
    assert cross(contract, make_account(), make_account()).reason == reason


def test_cross_after_its_time_is_too_late(contract):
    assert cross(contract, make_account(), make_account(), late=True).reason == "too_late"


def test_cross_with_oneself_is_refused(contract):
    account = make_account()
    assert cross(contract, account, account).reason == "self_trade"


def test_cross_of_a_suspended_account_is_refused(contract):
    seller = make_account()
    Account.objects.filter(pk=seller.pk).update(is_suspended=True)
    assert cross(contract, make_account(), seller).reason == "account_suspended"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price_ticks": 0}, Code.INVALID_PRICE),
        ({"price_ticks": 10_000}, Code.INVALID_PRICE),
        ({"price_ticks": 4_550}, Code.PRICE_OFF_TICK),
        ({"quantity": 0}, Code.INVALID_QUANTITY),
    ],
)
def test_cross_that_cannot_be_right_is_refused_at_the_door(contract, changes, code):
    with pytest.raises(Problem) as refused:
        cross(contract, make_account(), make_account(), **changes)
    assert refused.value.code == code
    assert not Outcome.objects.filter(kind="CrossTrade").exists()


def test_claim_that_raises_keeps_the_command_out(contract):
    def refuse(_):
        raise Problem(Code.TOO_LATE)

    with suppress(Problem):
        cross(contract, make_account(), make_account(), claim=refuse)
    assert not InboxCommand.objects.exists()
    assert not Trade.objects.exists()


def test_claim_gets_the_id_that_the_outcome_has(contract):
    claimed = []
    answer = cross(contract, make_account(), make_account(), claim=claimed.append)
    assert claimed == [answer.command_id]
    assert Outcome.objects.get(pk=answer.command_id).reason == ""


def test_cross_survives_a_restart_and_is_settled_like_any_trade(books, contract):
    buyer, seller = make_account(balance_credits=100), make_account(balance_credits=100)
    cross(contract, buyer, seller)
    books.restart()
    market = Market.objects.get(pk=contract.market_id)
    assert not submit_lifecycle(user=None, market=market, action="settle", winner=contract).reason
    assert money(buyer) == (1_055_000, 0)
    assert money(seller) == (945_000, 0)


def test_cross_is_journaled_with_the_facts_of_both_sides(contract):
    buyer, seller = make_account(balance_credits=100), make_account(balance_credits=100)
    cross(contract, buyer, seller)
    facts = JournalBatch.objects.order_by("-number")[0].facts
    assert f'"{buyer.pk}"' in facts or f"[{buyer.pk}," in facts
    assert f'"{seller.pk}"' in facts or f"[{seller.pk}," in facts
