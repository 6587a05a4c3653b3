"""Awarding: once, told once, by the journal, by social acts, and by hand."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Audience
from exchange.trading.models import Trade
from social.activities.models import Activity
from social.activities.visibility import visible_to
from social.badges.following import follow_journal
from social.badges.models import Badge
from social.badges.rules import Trigger
from social.badges.selectors import count_badges, list_badges
from social.badges.services import award_badges
from social.following.services import follow_member
from social.tasks import follow_journal_for_badges
from tests.factories import make_member, make_user
from tests.notifications.scenes import lifecycle, open_market, place
from tests.social.badges.test_rules import results, trades
from tests.social.challenges.scenes import heard_notices

pytestmark = pytest.mark.django_db


def names(member):
    return set(Badge.objects.filter(member=member).values_list("name", flat=True))


@pytest.fixture
def traded(books):
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    place(alice, market, "sell", 5_000, 10)
    place(bob, market, "buy", 5_000, 10)
    return alice, bob, market


def test_trades_earn_badges_by_the_journal(traded):
    alice, bob, market = traded
    with heard_notices() as notices:
        assert follow_journal() == 4
        assert follow_journal() == 0
    assert names(alice) == names(bob) == {"first-trade", "early-bird"}
    assert {(one.user_id, one.key) for one in notices} == {
        (member.pk, f"badge:{name}")
        for member in (alice, bob)
        for name in ("first-trade", "early-bird")
    }
    lifecycle(market, "settle", market.contracts.get())
    follow_journal_for_badges()
    assert names(bob) == {"first-trade", "early-bird", "first-win"}
    assert "first-win" not in names(alice)


def test_badge_is_an_activity_of_the_kind_that_it_tells(traded):
    alice, _, _ = traded
    follow_journal()
    activity = Activity.objects.get(key=f"badge:first-trade:{alice.pk}")
    assert (activity.verb, activity.kind) == ("badge", "trades")
    assert activity.data["name"] == "First trade"
    alice.trades_audience = Audience.NOBODY
    alice.save()
    assert not Activity.objects.filter(visible_to(None), actor=alice, verb="badge").exists()


def test_social_acts_earn_badges_at_once():
    alice = make_user("alice")
    for _ in range(5):
        follow_member(follower=alice, followed=make_user())
    assert names(alice) == {"curious"}


def test_awarding_again_awards_and_tells_nothing():
    member = make_member("anna")
    trades(member, 1)
    triggers = (Trigger.TRADED,)
    with heard_notices() as notices:
        assert award_badges(among=[member.pk], triggers=triggers) == 1
        assert award_badges(among=[member.pk], triggers=triggers) == 0
    assert len(notices) == 1
    assert award_badges(among=[], triggers=triggers) == 0


def test_first_trade_of_a_market_counts_when_it_is_new(books):
    alice, bob = make_member("alice"), make_member("bob")
    market = open_market()
    for _ in range(2):
        place(alice, market, "sell", 5_000, 1)
        place(bob, market, "buy", 5_000, 1)
    first, second = Trade.objects.order_by("market_seq")
    ask = {"among": [alice.pk, bob.pk], "triggers": (Trigger.TRADED,)}
    award_badges(**ask, trades=[second.pk])
    assert names(alice) == names(bob) == {"first-trade"}
    award_badges(**ask, trades=[first.pk, second.pk])
    assert names(alice) == names(bob) == {"first-trade", "early-bird"}


def test_database_keeps_a_badge_once():
    member = make_user()
    Badge.objects.create(member=member, name="voice")
    with pytest.raises(IntegrityError), transaction.atomic():
        Badge.objects.create(member=member, name="voice")


def test_back_fill_awards_what_was_earned_and_tells_nobody():
    member = make_member("anna")
    results(member, 1)
    out = StringIO()
    with heard_notices() as notices:
        call_command("award_badges", stdout=out)
        call_command("award_badges", stdout=StringIO())
    assert "first-win: 1 new" in out.getvalue()
    assert names(member) == {"first-win"}
    assert notices == []


def test_badges_that_tell_what_is_hidden_are_hidden():
    member = make_user()
    for name in ("first-trade", "first-win", "voice"):
        Badge.objects.create(member=member, name=name)
    shown = [one.rule.name for one in list_badges(member, seen=())]
    assert shown == ["voice"]
    assert len(list_badges(member, seen=("trades", "profit"))) == 3


def test_counts_name_every_badge_and_whether_it_is_yours():
    member = make_user()
    Badge.objects.create(member=member, name="voice")
    counted = {one.rule.name: (one.holder_count, one.is_held) for one in count_badges(member)}
    assert counted["voice"] == (1, True)
    assert counted["maker"] == (0, False)
