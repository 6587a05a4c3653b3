"""What an account's trading has come to."""

import pytest

from exchange.markets.models import Market
from exchange.trading.figures import Figures, get_figures
from exchange.trading.models import Position
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_order,
    make_position,
    make_trade,
)

pytestmark = pytest.mark.django_db


def hold(account, *, status="open", last=None, quantity=10, cash_ticks=-40_000, settled=None):
    market = make_market(status=status)
    position = make_position(
        account, first_contract(market), quantity=quantity, cash_ticks=cash_ticks
    )
    market.contracts.update(last_price_ticks=last)
    Position.objects.filter(pk=position.pk).update(settled_ticks=settled)
    return market


def test_figures_without_an_account_or_a_trade_are_nothing():
    assert get_figures(None) == get_figures(make_account()) == Figures()
    assert Figures().win_percent is None


def test_trades_count_for_both_sides():
    maker, taker = make_account(), make_account()
    contract = first_contract(make_market())
    resting = make_order(maker, contract, filled=10)
    make_trade(resting, make_order(taker, contract, side="sell", filled=7), quantity=7)
    for account in (maker, taker):
        figures = get_figures(account)
        assert (figures.trade_count, figures.volume) == (1, 7)


def test_open_positions_are_valued_at_the_last_price():
    account = make_account()
    hold(account, last=4_500)
    hold(account, last=4_000, quantity=-5, cash_ticks=25_000)
    hold(account, last=None)
    figures = get_figures(account)
    assert (figures.unrealised_ticks, figures.realised_ticks) == (5_000 + 5_000, 0)
    assert figures.markets_traded == 3


def test_markets_are_won_by_what_they_brought_in_all():
    account = make_account()
    hold(account, status="settled", settled=60_000)
    hold(account, status="settled", settled=-40_000)
    market = hold(account, status="settled", settled=-1)
    second = market.contracts.create(name="B", position=1)
    row = make_position(account, second, quantity=1, cash_ticks=-1)
    Position.objects.filter(pk=row.pk).update(settled_ticks=5)
    figures = get_figures(account)
    assert (figures.markets_settled, figures.markets_won, figures.win_percent) == (3, 2, 67)
    assert figures.profit_ticks == figures.realised_ticks == 20_004


def test_voided_market_is_neither_won_nor_lost():
    account = make_account()
    market = hold(account, status="voided", quantity=0, cash_ticks=0, settled=0)
    assert Market.objects.get(pk=market.pk).status == "voided"
    figures = get_figures(account)
    assert (figures.markets_traded, figures.markets_settled, figures.profit_ticks) == (1, 0, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_take_two_queries(rows, django_assert_num_queries):
    account = make_account()
    for _ in range(rows):
        hold(account, last=4_500)
    with django_assert_num_queries(2):
        get_figures(account)
