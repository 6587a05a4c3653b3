"""Figures against the same formulas written plainly, in fractions, over the rows themselves."""

import random
from collections import defaultdict
from fractions import Fraction

import pytest

from core.clock import now_ms
from exchange.ledger.models import Transfer
from exchange.ledger.services import grant
from exchange.markets.models import Market
from exchange.trading.models import Trade
from exchange.trading.times import to_datetime, to_ms
from social.leaderboards.figures import Figures, compute_figures
from social.leaderboards.models import LeaderboardBuild, Standing
from social.leaderboards.services import build_leaderboards, check_leaderboards
from social.tasks import build_leaderboards as build_leaderboards_task
from tests.factories import make_market, make_member
from tests.notifications.scenes import lifecycle, place

pytestmark = pytest.mark.django_db
EVER = {"starts_at_ms": 0, "as_of_ms": 4_000_000_000_000}


def naive(start_ms, end_ms):
    """The formulas of docs/leaderboards.md, one row at a time."""
    start, end = to_datetime(start_ms), to_datetime(end_ms)
    profit, volume, stake = defaultdict(int), defaultdict(int), defaultdict(int)
    sides = defaultdict(list)
    for one in Transfer.objects.filter(kind="settlement").select_related("credit", "debit"):
        if start < one.created_at <= end:
            profit[one.credit.owner_id] += one.amount_ticks
            profit[one.debit.owner_id] -= one.amount_ticks
    for trade in Trade.objects.select_related("maker_account", "taker_account", "market"):
        p, q = Fraction(trade.price_ticks, 10_000), trade.quantity
        maker_side = "sell" if trade.taker_side == "buy" else "buy"
        for account, side in (
            (trade.maker_account, maker_side),
            (trade.taker_account, trade.taker_side),
        ):
            if start < trade.executed_at <= end:
                volume[account.owner_id] += q
            market = trade.market
            if market.status == "settled" and start < market.settled_at <= end:
                is_buy = side == "buy"
                stake[account.owner_id] += q * (p if is_buy else 1 - p)
                forecast = (1 + p) / 2 if is_buy else p / 2
                won = int(market.winner_id == trade.contract_id)
                sides[account.owner_id, trade.contract_id, won].append((q, forecast))
    errors = defaultdict(list)
    for (owner, _, won), found in sides.items():
        mean = sum(q * f for q, f in found) / sum(q for q, _ in found)
        errors[owner].append((mean - won) ** 2)
    members = ({*profit} | {*volume} | {*errors}) - {None}
    return dict.fromkeys(members, (profit, volume, stake, errors))


def assert_as_naive(start_ms, end_ms):
    found = compute_figures(starts_at_ms=start_ms, as_of_ms=end_ms)
    expected = naive(start_ms, end_ms)
    assert found.keys() == expected.keys()
    for member, figures in found.items():
        profit, volume, stake, errors = expected[member]
        assert (figures.profit_ticks or 0) == profit[member]
        assert (figures.volume or 0) == volume[member]
        if stake[member] < 10:
            assert figures.return_basis_points is None
        else:
            assert figures.return_basis_points == round(profit[member] / stake[member])
        if len(errors[member]) < 5:
            assert figures.brier_millionths is None
        else:
            mean = sum(errors[member]) / len(errors[member])
            assert abs(figures.brier_millionths - mean * 1_000_000) <= 2
    return found


@pytest.fixture
def history(books):
    """Eight markets traded at random by four members; six settled, one void, one open."""
    chance = random.Random(7)
    members = [make_member(f"m{n}", balance_credits=100_000) for n in range(4)]
    markets = [
        books.open(make_market(outcomes=("A", "B") if n % 3 else ("Yes",), status="draft"))
        for n in range(8)
    ]
    for market in markets:
        for contract in market.contracts.all():
            for _ in range(12):
                member, side = chance.choice(members), chance.choice(("buy", "sell"))
                price, quantity = chance.randint(20, 80) * 100, chance.randint(1, 60)
                place(member, market, side, price, quantity, contract=contract)
    for n, market in enumerate(markets[:6]):
        lifecycle(market, "settle", None if market.has_other else market.contracts.all()[n % 2])
    lifecycle(markets[6], "void")
    return members


def test_figures_are_what_the_formulas_say(history):
    found = assert_as_naive(0, now_ms() + 1_000)
    assert sum(figures.profit_ticks for figures in found.values()) == 0
    assert any(figures.brier_millionths is not None for figures in found.values())
    assert any(figures.return_basis_points for figures in found.values())


def test_figures_of_a_period_count_what_happened_in_it(history):
    settled = sorted(
        to_ms(one)
        for one in Market.objects.filter(status="settled").values_list("settled_at", flat=True)
    )
    first, last = settled[0], settled[-1]
    Market.objects.filter(status="settled", settled_at__lt=to_datetime(last)).update(
        settled_at=to_datetime(first - 86_400_000)
    )
    assert_as_naive(first - 3_600_000, last)
    assert compute_figures(starts_at_ms=last + 10_000, as_of_ms=last + 20_000) == {}


def test_grants_are_no_profit(db):
    member = make_member("rich")
    grant(account=member.account, amount_ticks=10**9, reference="test")
    assert compute_figures(**EVER) == {}


def test_small_stakes_and_few_forecasts_have_no_figure(books):
    alice, bob = make_member("alice"), make_member("bob")
    market = books.open(make_market(status="draft"))
    place(alice, market, "sell", 5_000, 10)
    place(bob, market, "buy", 5_000, 10)
    lifecycle(market, "settle", market.contracts.get())
    found = compute_figures(**EVER)
    assert found[bob.pk] == Figures(profit_ticks=50_000, volume=10)


def test_building_twice_keeps_one_build_and_checks_are_green(history):
    build_leaderboards()
    build_leaderboards_task()
    assert LeaderboardBuild.objects.count() == 3
    assert list(check_leaderboards()) == []


def test_check_names_what_was_changed_and_what_is_missing(history):
    build_leaderboards()
    LeaderboardBuild.objects.update(as_of_ms=now_ms() + 1_000)
    LeaderboardBuild.objects.exclude(period="all").delete()
    assert len(list(check_leaderboards())) == 4
    build = LeaderboardBuild.objects.get()
    found = compute_figures(starts_at_ms=0, as_of_ms=build.as_of_ms)
    Standing.objects.all().delete()
    for member, figures in found.items():
        values = {name: getattr(figures, name) for name in Figures.__slots__}
        Standing.objects.create(build=build, member_id=member, **values)
    assert list(check_leaderboards()) == []
    one = Standing.objects.first()
    Standing.objects.filter(pk=one.pk).update(profit_ticks=1)
    (line,) = check_leaderboards()
    assert line.startswith(f"all: member {one.member_id} stands at")
