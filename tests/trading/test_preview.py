"""The figures of a preview, and that the book then does what the preview said."""

import random

import pytest

from core.errors import Code, Problem
from exchange.ledger.models import Account
from exchange.markets.models import Market
from exchange.trading.gateway import place_order
from exchange.trading.models import Order
from exchange.trading.requests import OrderRequest
from exchange.trading.selectors import preview_order
from tests.factories import first_contract, make_account, make_market, make_order, make_position

pytestmark = pytest.mark.django_db


def ask(contract, *, side="buy", price_ticks=4_500, quantity=10, **more):
    return OrderRequest(
        contract=contract, side=side, price_ticks=price_ticks, quantity=quantity, **more
    )


def test_preview_of_a_first_buy_in_an_empty_yes_no_market():
    contract, account = first_contract(make_market()), make_account(balance_credits=100)

    preview = preview_order(account=account, order=ask(contract))

    assert preview.cost_ticks == 45_000
    assert preview.available_ticks == 1_000_000
    assert (preview.worst_outcome_before, preview.worst_before_ticks) == ("Yes", 0)
    assert (preview.worst_outcome_after, preview.worst_after_ticks) == ("No", -45_000)
    assert (preview.payout_ticks, preview.profit_ticks, preview.fee_ticks) == (100_000, 55_000, 0)
    assert (preview.queue_ahead, preview.fills_now_quantity) == (0, 0)
    assert (preview.crosses_own_order, preview.affordable) == (False, True)
    assert preview.explanation == "Worst outcome: No wins, you lose 4.50."


def test_preview_of_a_sale_names_the_contract_as_the_worst_outcome():
    contract, account = first_contract(make_market(outcomes=("Brazil",))), make_account()

    preview = preview_order(account=account, order=ask(contract, side="sell"))

    assert preview.cost_ticks == 55_000
    assert preview.profit_ticks == 45_000
    assert preview.explanation == "Worst outcome: Brazil wins, you lose 5.50."


@pytest.mark.parametrize(
    ("outcomes", "name"),
    [(("Yes",), "No"), (("Brazil",), "not Brazil"), (("A", "B"), "another outcome")],
)
def test_preview_names_the_outcome_without_a_book(outcomes, name):
    market = make_market(outcomes=outcomes, has_other=True)
    account = make_account()
    for contract in market.contracts.all()[1:]:
        make_position(account, contract, quantity=100, cash_ticks=0)

    preview = preview_order(account=account, order=ask(first_contract(market)))

    assert preview.worst_outcome_after == name


def test_preview_of_selling_one_leg_of_a_complete_set_says_what_can_be_lost():
    market, account = make_market(outcomes=("A", "B", "C")), make_account()
    for contract in market.contracts.all():
        make_position(account, contract, quantity=10, cash_ticks=-30_000)

    preview = preview_order(
        account=account, order=ask(first_contract(market), side="sell", price_ticks=2_000)
    )

    assert (preview.worst_before_ticks, preview.worst_after_ticks) == (10_000, -70_000)
    assert preview.cost_ticks == 70_000


def test_preview_of_a_locked_in_gain_says_so():
    contract, account = first_contract(make_market()), make_account()
    make_position(account, contract, quantity=10, cash_ticks=10_000)

    preview = preview_order(account=account, order=ask(contract, quantity=1))

    assert preview.cost_ticks == 0
    assert preview.explanation == "Worst outcome: No wins, you still gain 0.55."


def test_preview_that_cannot_be_paid_says_what_is_missing():
    contract, account = first_contract(make_market()), make_account(balance_credits=2)

    preview = preview_order(account=account, order=ask(contract))

    assert not preview.affordable
    assert preview.explanation == (
        "Worst outcome: No wins, you lose 4.50. It needs 4.50 and you have 2.00 available."
    )


def test_preview_counts_the_queue_and_what_fills_now():
    contract, account, other = first_contract(make_market()), make_account(), make_account()
    for price in (4_400, 4_500, 4_600):
        make_order(other, contract, price_ticks=price, quantity=3)
    for price in (4_700, 4_800, 4_900):
        make_order(other, contract, side="sell", price_ticks=price, quantity=5)

    resting = preview_order(account=account, order=ask(contract, price_ticks=4_500))
    crossing = preview_order(account=account, order=ask(contract, price_ticks=4_800))
    selling = preview_order(account=account, order=ask(contract, side="sell", price_ticks=4_500))

    assert (resting.queue_ahead, resting.fills_now_quantity) == (6, 0)
    assert (crossing.queue_ahead, crossing.fills_now_quantity) == (0, 10)
    assert (selling.queue_ahead, selling.fills_now_quantity) == (0, 6)
    assert (resting.rests_quantity, crossing.rests_quantity) == (10, 0)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"time_in_force": "IOC"}, (3, 0)),
        ({"time_in_force": "FOK"}, (0, 0)),
        ({"kind": "market"}, (3, 0)),
        ({"kind": "stop", "stop_ticks": 6_000}, (0, 10)),
        ({"min_quantity": 4}, (0, 0)),
        ({"min_quantity": 3}, (3, 7)),
    ],
)
def test_preview_says_what_rests_by_the_terms(terms, expected):
    contract, account = first_contract(make_market()), make_account()
    make_order(make_account(), contract, side="sell", price_ticks=4_500, quantity=3)

    preview = preview_order(account=account, order=ask(contract, **terms))

    assert (preview.fills_now_quantity, preview.rests_quantity) == expected


def test_preview_that_crosses_says_the_average_price_and_what_it_will_cost():
    contract, account, other = first_contract(make_market()), make_account(), make_account()
    make_order(other, contract, side="sell", price_ticks=4_000, quantity=5)
    make_order(other, contract, side="sell", price_ticks=4_500, quantity=2)

    preview = preview_order(account=account, order=ask(contract, price_ticks=5_000))

    assert preview.cost_ticks == 50_000
    assert preview.average_fill_price_ticks == 4_143  # 29,000 / 7
    assert preview.expected_cost_ticks == 29_000 + 15_000
    assert (preview.opens_quantity, preview.opening_profit_ticks) == (10, 100_000 - 44_000)


@pytest.mark.parametrize(
    ("side", "held", "cash_ticks", "price_ticks", "proceeds_ticks"),
    [("sell", 10, -40_000, 5_700, 57_000), ("buy", -10, 57_000, 4_300, 57_000)],
)
def test_preview_that_closes_a_position_says_what_comes_back(
    side, held, cash_ticks, price_ticks, proceeds_ticks
):
    contract, account, other = first_contract(make_market()), make_account(), make_account()
    make_position(account, contract, quantity=held, cash_ticks=cash_ticks)
    resting = "buy" if side == "sell" else "sell"
    make_order(other, contract, side=resting, price_ticks=price_ticks, quantity=12)

    preview = preview_order(
        account=account, order=ask(contract, side=side, price_ticks=price_ticks, quantity=12)
    )

    assert (preview.closes_quantity, preview.closing_proceeds_ticks) == (10, proceeds_ticks)
    assert (preview.opens_quantity, preview.opening_payout_ticks) == (2, 20_000)
    assert preview.opening_profit_ticks == 20_000 - 2 * 4_300


def test_preview_stops_filling_before_ones_own_order():
    contract, account, other = first_contract(make_market()), make_account(), make_account()
    for who, price in ((other, 4_700), (other, 4_800), (account, 4_800), (other, 4_800)):
        make_order(who, contract, side="sell", price_ticks=price, quantity=3)

    preview = preview_order(account=account, order=ask(contract, price_ticks=4_800))
    allowed = preview_order(account=account, order=ask(contract, price_ticks=4_800, stp="allow"))

    assert (preview.crosses_own_order, preview.fills_now_quantity) == (True, 6)
    assert (allowed.crosses_own_order, allowed.fills_now_quantity) == (True, 10)


@pytest.mark.parametrize("orders", [1, 3])
def test_preview_takes_four_queries(orders, django_assert_num_queries):
    market, account = make_market(outcomes=("A", "B")), make_account()
    for contract in [*market.contracts.all()] * orders:
        make_order(account, contract)
    contract = first_contract(market)

    with django_assert_num_queries(4):
        preview_order(account=account, order=ask(contract))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("draft", Code.MARKET_NOT_OPEN),
        ("halted", Code.MARKET_HALTED),
        ("closed", Code.MARKET_CLOSED),
        ("settled", Code.MARKET_SETTLED),
        ("voided", Code.MARKET_VOIDED),
    ],
)
def test_preview_in_a_market_that_does_not_trade_is_refused(status, code):
    contract = first_contract(make_market(status=status))

    with pytest.raises(Problem) as refused:
        preview_order(account=make_account(), order=ask(contract))

    assert refused.value.code == code


def test_preview_of_a_suspended_account_is_refused():
    account = make_account()
    account.is_suspended = True

    with pytest.raises(Problem) as refused:
        preview_order(account=account, order=ask(first_contract(make_market())))

    assert refused.value.code == Code.ACCOUNT_SUSPENDED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_book_does_what_the_preview_said(seed, books):
    chance = random.Random(seed)
    market = books.open(make_market(outcomes=("A", "B", "C")[: 1 + seed % 3], status="draft"))
    contracts = list(market.contracts.select_related("market"))
    accounts = [make_account(balance_credits=20) for _ in range(3)]
    for _ in range(60):
        account = Account.objects.get(pk=chance.choice(accounts).pk)
        order = ask(
            chance.choice(contracts),
            side=chance.choice(("buy", "sell")),
            price_ticks=chance.randrange(3_000, 7_001, 500),
            quantity=chance.randrange(1, 9),
            time_in_force="IOC" if chance.random() < 0.2 else "GTC",
        )
        preview = preview_order(account=account, order=order)
        answer = place_order(account=account, user=None, order=order)

        placed = Order.objects.get(pk=answer.command_id)
        assert preview.affordable == (placed.reason != "insufficient_funds")
        if preview.affordable:
            assert placed.filled_quantity == preview.fills_now_quantity
            assert placed.open_quantity == preview.rests_quantity
            after = Account.objects.get(pk=account.pk)
            if placed.open_quantity == placed.quantity:
                assert account.available_ticks - after.available_ticks == preview.cost_ticks
            held = account.available_ticks - after.available_ticks
            assert held == preview.expected_cost_ticks
    assert Market.objects.get(pk=market.pk).trade_count > 5
