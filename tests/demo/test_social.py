"""What the demo's members do with each other, and its crowd."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Follow, User
from exchange.ledger.models import Account
from exchange.trading.checks import run_checks
from exchange.trading.models import Order, Trade
from social.badges.models import Badge
from social.challenges.models import Challenge
from social.comments.models import Comment
from social.leaderboards.models import LeaderboardBuild

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_demo_members_follow_challenge_and_have_badges(books):
    run()
    alice = User.objects.get(handle="alice")
    assert alice.follows.count() == 2
    statuses = Challenge.objects.order_by("pk").values_list("status", "is_by_link")
    assert list(statuses) == [("accepted", False), ("open", False), ("open", True)]
    assert Trade.objects.filter(kind="cross").count() == 1
    assert Badge.objects.filter(member=alice, name="challenger").exists()
    assert LeaderboardBuild.objects.count() == 3
    assert list(Comment.objects.order_by("pk").values_list("author__handle", flat=True)) == [
        "alice", "bob", "site-admin",
    ]  # fmt: skip
    assert alice.notifications.filter(kind="reply").count() == 1


def test_crowd_trades_follows_and_is_made_once(books):
    assert "20 members, 20 orders of theirs new." in run(members=20)
    crowd = User.objects.filter(handle__startswith="member-")
    assert crowd.count() == 20
    assert not crowd.filter(password="").exists()
    assert Account.objects.filter(owner__in=crowd, balance_ticks__gt=0).count() == 20
    assert Follow.objects.filter(follower__in=crowd).count() >= 40
    assert Order.objects.filter(user__in=crowd, filled_quantity__gt=0).count() >= 10
    models = (User, Account, Follow, Order, Trade, Challenge, Badge, Comment)
    before = [model.objects.count() for model in models]
    assert "20 members, 0 orders of theirs new." in run(members=20)
    assert [model.objects.count() for model in models] == before
    assert {name: wrong for name, wrong in run_checks() if wrong} == {}


@pytest.mark.parametrize("members", [-1, 100_000])
def test_crowd_has_bounds(books, members):
    with pytest.raises(CommandError, match="--members"):
        run(members=members)
