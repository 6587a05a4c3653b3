"""From orders through the real books and journal to candles, equal to SQL written by hand."""

import pytest

from exchange.marketdata.candles import following
from exchange.marketdata.candles.checks import (
    candles_are_those_of_the_trades,
    long_candles_are_those_of_the_short_ones,
)
from exchange.marketdata.candles.following import follow_journal
from exchange.marketdata.candles.models import Candle, Interval
from exchange.marketdata.candles.services import count_prints
from exchange.trading.subscribing.models import JournalCursor
from tests.marketdata.candles.hand_written import candles_by_hand
from tests.marketdata.candles.scenes import NOON_S, Pair, cross, said, standing_clock, void
from tests.notifications.scenes import open_market

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def clock():
    with standing_clock() as clock:
        yield clock


@pytest.fixture
def pair(books, clock):
    return Pair(open_market("Rain?"), clock)


def kept(interval_s=Interval.FIVE_MINUTES):
    return list(
        Candle.objects.filter(interval_s=interval_s)
        .order_by("contract", "start_s")
        .values_list(
            "contract", "start_s", "open_ticks", "high_ticks", "low_ticks", "close_ticks",
            "price_sum_ticks", "notional_ticks", "volume", "trades",
        )
    )  # fmt: skip


def assert_as_by_hand():
    for interval_s in Interval.values:
        assert kept(interval_s) == candles_by_hand(interval_s)
    assert list(long_candles_are_those_of_the_short_ones()) == []


def test_markets_that_trade_in_turn_are_proved_each_by_itself(pair, clock):
    other = Pair(open_market("Snow?"), clock)
    for second in (0, 300, 600, 900):  # Of both the only contract is the first of its market.
        pair.trade(second, 4_000, 3)
        other.trade(second, 6_000, 1)

    follow_journal()

    assert list(candles_are_those_of_the_trades()) == []
    assert list(long_candles_are_those_of_the_short_ones()) == []


def test_trades_of_windows_become_candles_at_their_time(pair):
    contract = pair.trade(0, 4_000, 3).contract_id
    pair.trade(299, 4_700, 1)
    pair.trade(299, 4_200, 2)
    pair.trade(300, 5_000, 10)
    pair.trade(900, 4_900, 1)  # the window in between has no trade, and no candle

    follow_journal()

    assert kept() == [
        (contract, NOON_S, 4_000, 4_700, 4_000, 4_200, 12_900, 25_100, 6, 3),
        (contract, NOON_S + 300, 5_000, 5_000, 5_000, 5_000, 5_000, 50_000, 10, 1),
        (contract, NOON_S + 900, 4_900, 4_900, 4_900, 4_900, 4_900, 4_900, 1, 1),
    ]
    assert_as_by_hand()


def test_candle_goes_on_with_each_batch(pair):
    for after_s, price_ticks in ((0, 4_000), (1, 4_500), (2, 3_900), (3_700, 4_100)):
        pair.trade(after_s, price_ticks, 5)
        follow_journal()
        assert_as_by_hand()


def test_candles_of_several_contracts_and_shards_keep_apart(books, clock):
    pairs = [Pair(open_market(title, outcomes=("A", "B")), clock) for title in ("One?", "Two?")]
    for after_s, price_ticks in ((0, 3_000), (86_400, 3_100)):
        for pair in pairs:
            for contract in pair.market.contracts.all():
                pair.trade(after_s, price_ticks + contract.position * 100, 2, contract=contract)

    follow_journal()

    assert len(kept(Interval.DAY)) == 8
    assert_as_by_hand()


def test_journal_read_again_counts_nothing_twice(pair):
    pair.trade(0, 4_000, 3)
    pair.trade(400, 4_400, 3)
    follow_journal()
    JournalCursor.objects.filter(subscriber="candles").update(number=0)
    pair.trade(500, 4_500, 3)

    follow_journal()

    assert_as_by_hand()


def test_follower_killed_before_its_commit_counts_everything_once(pair, monkeypatch):
    pair.trade(0, 4_000, 3)

    def die(changed):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(following, "tell_candles", die)
        with pytest.raises(KeyboardInterrupt):
            follow_journal()
    assert kept() == []

    follow_journal()
    assert_as_by_hand()


def test_cross_makes_no_price(pair):
    pair.trade(0, 4_000, 3)
    cross(pair.market, pair.clock, price_ticks=9_000, quantity=50)

    follow_journal()

    assert [row[2:6] for row in kept()] == [(4_000, 4_000, 4_000, 4_000)]
    assert_as_by_hand()


@pytest.mark.parametrize("voided", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("is_late", [False, True], ids=["in one read", "after a read"])
def test_voided_trade_is_taken_out_of_every_candle(pair, voided, is_late):
    trades = [
        pair.trade(after_s, price_ticks, quantity)
        for after_s, price_ticks, quantity in (
            (0, 4_000, 3), (10, 6_000, 1), (20, 5_000, 2), (600, 2_000, 7), (4_000, 4_500, 1)
        )
    ]  # fmt: skip
    if is_late:
        follow_journal()
    void(trades[voided])

    follow_journal()
    assert_as_by_hand()

    # And it stays out, whatever is read again or comes after it.
    JournalCursor.objects.filter(subscriber="candles").update(number=0)
    said(pair.market, pair.clock, kind="book", price_ticks=4_600, quantity=4)
    follow_journal()
    assert_as_by_hand()
    assert sum(row[-2] for row in kept()) == 3 + 1 + 2 + 7 + 1 - trades[voided].quantity + 4


def test_window_whose_only_trade_is_voided_has_no_candle(pair):
    void(pair.trade(0, 4_000, 3))

    follow_journal()

    assert Candle.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_counting_takes_a_fixed_number_of_queries(pair, django_assert_num_queries, count):
    for n in range(count):
        pair.trade(300 * n, 4_000, 1)
    prints = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(following, "count_prints", lambda *, prints: keep(prints))

        def keep(found):
            prints.extend(found)
            return []

        follow_journal()

    with django_assert_num_queries(2):
        count_prints(prints=prints)


def test_check_finds_nothing_when_all_is_well(pair):
    pair.trade(0, 4_000, 3)
    pair.trade(3_000, 4_100, 3)
    follow_journal()

    assert list(candles_are_those_of_the_trades()) == []


@pytest.mark.parametrize("change", ["other", "missing", "extra"])
def test_check_finds_a_candle_that_is_not_what_was_traded(pair, change):
    pair.trade(0, 4_000, 3)
    pair.trade(3_000, 4_100, 3)
    follow_journal()
    first = Candle.objects.filter(interval_s=300).order_by("start_s")[0]
    if change == "other":
        Candle.objects.filter(pk=first.pk).update(volume=4)
    elif change == "missing":
        first.delete()
    else:
        first.pk, first.start_s = None, NOON_S - 300
        first.save()

    (line,) = candles_are_those_of_the_trades()

    assert line.startswith(f"contract {first.contract_id}, 5m from {first.start_s}: candle ")
    assert list(long_candles_are_those_of_the_short_ones()) != []


def test_check_leaves_out_what_the_subscriber_has_not_reached(pair):
    pair.trade(0, 4_000, 3)
    follow_journal()
    pair.trade(3_000, 4_100, 3)

    assert list(candles_are_those_of_the_trades()) == []
