"""What is over in the demo: ended markets, and what they bring to pages of members."""

from io import StringIO

import pytest
from django.core.management import call_command

from exchange.ledger.models import Account, Transfer
from exchange.markets.models import Market
from exchange.trading.checks import run_checks
from exchange.trading.models import Order, Trade
from exchange.web.demo.past import make_past
from exchange.web.demo.people import make_people
from social.badges.models import Badge
from social.leaderboards.models import Standing

pytestmark = pytest.mark.django_db
OVER = ("settled", "settled", "voided")


@pytest.fixture
def demo(books):
    call_command("demo", stdout=StringIO())
    return make_people()


def ended():
    return Market.objects.exclude(status="open").order_by("pk")


def test_past_has_two_results_and_a_market_that_was_voided(demo):
    assert tuple(ended().values_list("status", flat=True)) == OVER
    assert list(ended().values_list("winner__name", flat=True)) == ["Lena", "Yes", None]
    assert Trade.objects.filter(market__in=ended()).count() == 16
    assert not Order.objects.filter(market__in=ended(), status="rejected").exists()
    assert not Order.objects.filter(market__in=ended(), open_quantity__gt=0).exists()
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


def test_past_gives_members_profits_standings_and_badges(demo):
    members = {trader.user.pk for trader in (demo.alice, demo.bob, demo.admin)}
    standings = Standing.objects.filter(build__period="week", member__in=members)
    profits = dict(standings.values_list("member__handle", "profit_ticks"))
    assert profits == {"alice": 1_120_000, "bob": -608_000, "site-admin": 138_000}
    assert standings.filter(return_basis_points=None).count() == 0
    assert standings.filter(brier_millionths=None).count() == 0
    assert Transfer.objects.filter(kind="settlement").exists()
    assert Badge.objects.filter(member=demo.alice.user, name="first-win").exists()


def test_past_again_changes_nothing(demo):
    models = (Market, Order, Trade, Transfer, Account)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    make_past(demo)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_past_left_in_the_middle_is_finished(books):
    people = make_people()
    make_past(people)
    whole = Trade.objects.count()
    Market.objects.filter(pk=ended()[0].pk).update(title="Another question?")
    make_past(people)
    assert ended().count() == len(OVER) + 1
    assert Trade.objects.count() == whole + 11
