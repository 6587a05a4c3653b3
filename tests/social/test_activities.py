"""Activities: once each, and hinted at only where everybody may see them."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Audience, Follow, User
from social.activities.models import Activity, Verb
from social.activities.services import (
    NewActivity,
    record_activities,
    record_activity,
    take_back_activities,
)
from social.activities.visibility import visible_to
from tests.factories import make_market, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def pushes(monkeypatch):
    """What is pushed, as it would be after the commit."""
    told = []
    monkeypatch.setattr(
        "social.activities.services.push", lambda topic, payload: told.append((topic, payload))
    )
    return told


def traded(actor, market, key="trade:1", **fields):
    return NewActivity(verb=Verb.TRADED, key=key, actor_id=actor.pk, market_id=market.pk, **fields)


def test_activity_is_recorded_with_the_kind_of_its_verb():
    alice, market = make_user("alice"), make_market()

    record_activity(traded(alice, market, data={"quantity": 10}))

    row = Activity.objects.get()
    assert (row.verb, row.kind, row.actor, row.market) == ("traded", "trades", alice, market)
    assert row.data == {"quantity": 10}


def test_activity_of_a_key_is_recorded_once(pushes):
    alice, market = make_user("alice"), make_market()
    first, second = traded(alice, market), traded(alice, market, key="trade:2")

    assert record_activities([first]) == 1
    assert record_activities([first, second, second]) == 1
    assert list(Activity.objects.order_by("id").values_list("key", flat=True)) == [
        "trade:1",
        "trade:2",
    ]
    assert [topic for topic, _ in pushes].count("feed.all") == 2


def test_activity_of_a_member_needs_the_member():
    with pytest.raises(IntegrityError), transaction.atomic():
        Activity.objects.create(verb=Verb.TRADED, kind="trades", key="x")


def test_activities_are_hinted_at_together(pushes):
    alice, bob, market = make_user("alice"), make_user("bob"), make_market()

    record_activities(
        [
            traded(bob, market),
            traded(alice, market, key="trade:2"),
            NewActivity(verb=Verb.HALTED, key="halt", market_id=market.pk),
        ]
    )

    ids = dict(Activity.objects.values_list("key", "pk"))
    members = [str(member) for member in sorted([alice.pk, bob.pk])]
    everybody = {"id": str(ids["halt"]), "members": members, "markets": [str(market.pk)]}
    assert pushes == [
        ("feed.all", everybody),
        (f"feed.member.{bob.pk}", {"id": str(ids["trade:1"])}),
        (f"feed.member.{alice.pk}", {"id": str(ids["trade:2"])}),
        (f"feed.market.{market.pk}", {"id": str(ids["halt"])}),
    ]


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.NOBODY])
def test_activity_that_not_everybody_may_see_is_told_to_the_hubs_alone(pushes, audience):
    alice, market = make_user("alice", trades_audience=audience), make_market()

    record_activity(traded(alice, market))

    activity = Activity.objects.get()
    row = (activity.pk, alice.pk, None, market.pk)
    assert pushes == [("feed.private", {"activities": [row]})]


def test_activity_is_taken_back():
    alice, market = make_user("alice"), make_market()
    record_activities([traded(alice, market), traded(alice, market, key="trade:2")])

    take_back_activities(["trade:1"])

    assert list(Activity.objects.values_list("key", flat=True)) == ["trade:2"]


@pytest.mark.parametrize(
    ("verb", "column"),
    [
        (Verb.TRADED, "trades_audience"),
        (Verb.CHALLENGED, "trades_audience"),
        (Verb.ACCEPTED, "trades_audience"),
        (Verb.WON, "profit_audience"),
        (Verb.FOLLOWED, "follows_audience"),
    ],
)
@pytest.mark.parametrize(
    ("audience", "seeing"),
    [
        (Audience.PUBLIC, {"owner", "follower", "stranger", None}),
        (Audience.FOLLOWERS, {"owner", "follower"}),
        (Audience.NOBODY, {"owner"}),
    ],
)
def test_activity_is_seen_by_whom_its_actor_allows(verb, column, audience, seeing):
    owner = make_user("owner", **{column: audience})
    follower, stranger = make_user("follower"), make_user("stranger")
    Follow.objects.create(follower=follower, followed=owner)
    record_activity(NewActivity(verb=verb, key="x", actor_id=owner.pk))

    viewers = {"owner": owner, "follower": follower, "stranger": stranger, None: None}
    found = {
        name
        for name, viewer in viewers.items()
        if Activity.objects.filter(visible_to(viewer)).exists()
    }

    assert found == seeing


@pytest.mark.parametrize("verb", [Verb.COMMENTED, Verb.BADGE])
def test_activity_that_is_meant_for_everybody_is_seen_by_everybody(verb):
    shy = dict.fromkeys(
        ("trades_audience", "positions_audience", "profit_audience", "follows_audience"),
        Audience.NOBODY,
    )
    record_activity(NewActivity(verb=verb, key="x", actor_id=make_user("owner", **shy).pk))

    assert Activity.objects.filter(visible_to(None)).exists()


def test_challenge_is_seen_by_others_only_where_both_members_allow_it():
    alice, bob, carol = make_user("alice"), make_user("bob"), make_user("carol")
    record_activity(
        NewActivity(verb=Verb.CHALLENGED, key="x", actor_id=alice.pk, target_user_id=bob.pk)
    )
    assert seen_by_each(alice, bob, carol, None) == [True, True, True, True]

    User.objects.filter(pk=bob.pk).update(trades_audience=Audience.NOBODY)

    assert seen_by_each(alice, bob, carol, None) == [True, True, False, False]


def seen_by_each(*viewers):
    return [Activity.objects.filter(visible_to(viewer)).exists() for viewer in viewers]
