"""Following members and markets."""

import pytest

from accounts.models import Audience, Follow
from core.errors import Code, Problem
from core.notices import noticed
from social.activities.models import Activity
from social.following.models import MarketFollow
from social.following.services import (
    follow_market,
    follow_member,
    unfollow_market,
    unfollow_member,
)
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices():
    heard = []

    def listen(notices, **_):
        heard.extend(notices)

    noticed.connect(listen)
    yield heard
    noticed.disconnect(listen)


def test_member_is_followed_once_and_told(notices):
    alice, bob = make_user("alice"), make_user("bob")

    assert follow_member(follower=alice, followed=bob)
    assert not follow_member(follower=alice, followed=bob)

    assert list(Follow.objects.values_list("follower", "followed")) == [(alice.pk, bob.pk)]
    activity = Activity.objects.get()
    assert (activity.verb, activity.actor, activity.target_user) == ("followed", alice, bob)
    assert [(notice.user_id, notice.kind, notice.actor_id) for notice in notices] == [
        (bob.pk, "followed", alice.pk)
    ]


def test_member_who_hides_whom_they_follow_is_not_given_away(notices):
    alice, bob = make_user("alice", follows_audience=Audience.NOBODY), make_user("bob")

    follow_member(follower=alice, followed=bob)

    assert Follow.objects.count() == 1
    assert notices == []


def test_member_cannot_follow_themselves():
    alice = make_user("alice")

    with pytest.raises(Problem) as refused:
        follow_member(follower=alice, followed=alice)

    assert refused.value.code == Code.CANNOT_FOLLOW_YOURSELF


def test_member_is_unfollowed_and_it_never_was():
    alice, bob = make_user("alice"), make_user("bob")
    follow_member(follower=alice, followed=bob)

    assert unfollow_member(follower=alice, followed=bob)
    assert not unfollow_member(follower=alice, followed=bob)

    assert not Follow.objects.exists()
    assert not Activity.objects.exists()


def test_market_is_followed_once_and_unfollowed():
    alice, market = make_user("alice"), make_market()

    assert follow_market(follower=alice, market=market)
    assert not follow_market(follower=alice, market=market)
    assert MarketFollow.objects.count() == Activity.objects.count() == 1
    assert unfollow_market(follower=alice, market=market)
    assert not unfollow_market(follower=alice, market=market)

    assert not MarketFollow.objects.exists()
    assert not Activity.objects.exists()
