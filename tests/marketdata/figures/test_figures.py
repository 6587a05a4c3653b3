"""Figures of the last day: from candles and positions, made again as the day moves on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.clock import MachineClock, now_ms, set_clock
from exchange.marketdata.candles.bars import Print
from exchange.marketdata.candles.services import count_prints
from exchange.marketdata.figures.models import ContractFigures, MarketFigures
from exchange.marketdata.figures.selectors import Day, get_day, get_day_closes, get_figures
from exchange.marketdata.figures.services import TURN, move_the_day_on, refresh_figures
from exchange.marketdata.tasks import move_the_day_on as move_the_day_on_task
from tests.factories import first_contract, make_account, make_market, make_order, make_position

pytestmark = pytest.mark.django_db
HOUR_S = 3_600


class LaterClock(MachineClock):
    def __init__(self, hours: int) -> None:
        self.hours = hours

    def now_ms(self) -> int:
        return super().now_ms() + self.hours * HOUR_S * 1_000


@pytest.fixture
def later():
    """Puts the clock forward by hours."""
    yield lambda hours: set_clock(LaterClock(hours))
    set_clock(MachineClock())


def trade(contract, *, hours_ago, price_ticks, quantity=1):
    number = trade.numbers = getattr(trade, "numbers", 0) + 1
    one = Print(
        market=contract.market_id,
        contract=contract.pk,
        trade=number,
        seq=number,
        price_ticks=price_ticks,
        quantity=quantity,
        time_s=now_ms() // 1_000 - hours_ago * HOUR_S,
    )
    count_prints(prints=[one])


def figures_of(contract):
    kept = ContractFigures.objects.get(pk=contract.pk)
    return kept.volume_24h, kept.move_24h_ticks, kept.open_interest


@pytest.mark.parametrize(
    ("trades", "volume", "move_ticks"),
    [
        ([], 0, 0),
        ([(1, 4_000, 3)], 3, 0),
        ([(5, 4_000, 3), (1, 4_600, 2)], 5, 600),
        ([(30, 5_000, 9), (5, 4_000, 3), (1, 4_600, 2)], 5, -400),
        ([(90, 3_000, 9), (30, 5_000, 9)], 0, 0),
    ],
)
def test_volume_and_move_are_of_the_last_day(trades, volume, move_ticks):
    contract = first_contract(make_market())
    for hours_ago, price_ticks, quantity in trades:
        trade(contract, hours_ago=hours_ago, price_ticks=price_ticks, quantity=quantity)

    refresh_figures(contracts=[contract.pk])

    assert figures_of(contract) == (volume, move_ticks, 0)


def test_open_interest_is_what_buyers_hold():
    contract = first_contract(make_market())
    for quantity in (7, 5, -12):
        make_position(make_account(), contract, quantity=quantity, cash_ticks=-quantity * 4_000)

    refresh_figures(contracts=[contract.pk])

    assert figures_of(contract) == (0, 0, 12)


def test_market_has_the_sum_of_volumes_and_the_greatest_move():
    market = make_market(outcomes=("A", "B", "C"))
    for contract, now_ticks in zip(market.contracts.all(), (4_100, 3_200, 4_000), strict=True):
        trade(contract, hours_ago=3, price_ticks=4_000, quantity=2)
        trade(contract, hours_ago=1, price_ticks=now_ticks, quantity=3)

    refresh_figures(contracts=[contract.pk for contract in market.contracts.all()])

    kept = MarketFigures.objects.get(pk=market.pk)
    assert (kept.volume_24h, kept.move_24h_ticks) == (15, 800)
    assert get_day(market) == Day(volume=15, open_interest=0)


def test_day_moves_on_without_a_trade(later):
    contract = first_contract(make_market())
    trade(contract, hours_ago=20, price_ticks=4_000, quantity=5)
    trade(contract, hours_ago=2, price_ticks=4_400, quantity=3)
    assert move_the_day_on() == 1
    assert figures_of(contract) == (8, 400, 0)

    later(10)
    assert move_the_day_on() == 1
    assert figures_of(contract) == (3, 400, 0)

    later(30)
    move_the_day_on_task()
    assert figures_of(contract) == (0, 0, 0)
    assert move_the_day_on() == 0  # nothing is left that a day could let go of


@pytest.mark.parametrize("count", [1, 3])
def test_refreshing_takes_a_fixed_number_of_queries(django_assert_num_queries, count):
    market = make_market(outcomes=("A", "B", "C")[:count])
    contracts = [contract.pk for contract in market.contracts.all()]

    # savepoint, turn, contracts, markets, release
    with django_assert_num_queries(5 if connection.vendor == "postgresql" else 4):
        refresh_figures(contracts=contracts)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="one writes at a time anyway")
@pytest.mark.django_db(transaction=True)
def test_measuring_waits_for_its_turn():
    contract = first_contract(make_market())
    with transaction.atomic():
        trade(contract, hours_ago=1, price_ticks=4_000, quantity=3)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
            measuring = pool.submit(measure_and_close, contract)
            with pytest.raises(TimeoutError):
                measuring.result(0.3)
        measuring.result(10)
    assert figures_of(contract) == (3, 0, 0)


def measure_and_close(contract):
    refresh_figures(contracts=[contract.pk])
    connection.close()


@pytest.mark.parametrize("count", [1, 3])
def test_figures_of_a_list_take_two_queries(django_assert_num_queries, count):
    contracts = [first_contract(make_market()) for _ in range(count)]

    with django_assert_num_queries(2):
        found = get_figures(contracts)

    assert set(found) == {contract.pk for contract in contracts}


@pytest.mark.parametrize(
    ("bid", "ask", "mid", "spread"),
    [(4_400, 4_700, 4_550, 300), (4_401, 4_402, 4_402, 1), (4_400, None, None, None)],
)
def test_mid_and_spread_need_both_sides(bid, ask, mid, spread):
    contract = first_contract(make_market(price_step_ticks=1))
    for side, price_ticks in (("buy", bid), ("sell", ask)):
        if price_ticks is not None:
            make_order(make_account(), contract, side=side, price_ticks=price_ticks)

    found = get_figures([contract])[contract.pk]

    assert (found.bid_ticks, found.ask_ticks) == (bid, ask)
    assert (found.mid_ticks, found.spread_ticks) == (mid, spread)


def test_closes_of_the_day_are_by_hour_oldest_first():
    contract = first_contract(make_market())
    for hours_ago, price_ticks in ((40, 1_000), (5, 4_000), (3, 4_500), (1, 4_200)):
        trade(contract, hours_ago=hours_ago, price_ticks=price_ticks)

    closes = get_day_closes([contract.pk])[contract.pk]

    assert [ticks for _, ticks in closes] == [4_000, 4_500, 4_200]
