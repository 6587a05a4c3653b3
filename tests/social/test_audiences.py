"""Which members may see what is kept from some."""

import pytest

from accounts.models import Audience, Follow
from social.activities.audiences import PrivateActivity, find_viewers
from social.activities.models import Activity, Verb
from social.activities.services import NewActivity, record_activity
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def done(actor, verb=Verb.TRADED, target=None):
    record_activity(
        NewActivity(verb=verb, key="a", actor_id=actor.pk, target_user_id=target and target.pk)
    )
    row = Activity.objects.get()
    return PrivateActivity(row.pk, row.actor_id, row.target_user_id, row.market_id)


@pytest.fixture
def alice():
    return make_user("alice", trades_audience=Audience.FOLLOWERS)


@pytest.fixture
def follower(alice):
    follower = make_user("follower")
    Follow.objects.create(follower=follower, followed=alice)
    return follower


def test_viewers_are_those_whom_the_policy_lets(alice, follower):
    stranger = make_user("stranger")
    activity = done(alice)
    among = {alice.pk, follower.pk, stranger.pk}
    assert find_viewers(activity, among) == {alice.pk, follower.pk}
    assert find_viewers(activity, {stranger.pk}) == set()
    assert find_viewers(activity, set()) == set()
    alice.trades_audience = Audience.NOBODY
    alice.save()
    assert find_viewers(activity, among) == {alice.pk}


def test_challenge_is_seen_by_its_members_and_whom_both_let(alice, follower):
    bob = make_user("bob", trades_audience=Audience.NOBODY)
    activity = done(alice, Verb.CHALLENGED, target=bob)
    assert find_viewers(activity, {alice.pk, bob.pk, follower.pk}) == {alice.pk, bob.pk}


def test_activity_of_nobody_has_viewers_only_by_the_policy(follower):
    assert find_viewers(PrivateActivity(0, None, None, None), {follower.pk}) == set()
