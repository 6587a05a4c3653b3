"""Which activities each feed has."""

import pytest

from accounts.models import Audience, Follow, User
from social.activities.models import Activity, Verb
from social.activities.selectors import (
    list_home,
    list_of_market,
    list_of_member,
    list_public,
)
from social.activities.services import NewActivity, record_activity
from social.activities.visibility import visible_to
from social.following.models import MarketFollow
from social.following.selectors import list_followed_ids
from tests.factories import make_market, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_badges")]


def do(actor, market=None, verb=Verb.COMMENTED, key=""):
    key = key or f"x{Activity.objects.count()}"
    activity = NewActivity(
        verb=verb, key=key, actor_id=actor and actor.pk, market_id=market and market.pk
    )
    record_activity(activity)
    return key


def keys(rows):
    return [row.key for row in rows]


def test_home_feed_has_whom_and_what_is_followed_and_oneself_newest_first():
    reader, alice, stranger = make_user("reader"), make_user("alice"), make_user("stranger")
    rain, snow = make_market(title="Rain?"), make_market(title="Snow?")
    Follow.objects.create(follower=reader, followed=alice)
    MarketFollow.objects.create(follower=reader, market=rain)
    mine = do(reader)
    hers = do(alice, snow)
    do(stranger, snow)
    his = do(stranger, rain)
    both = do(alice, rain)
    halted = do(None, rain, Verb.HALTED)
    do(None, snow, Verb.HALTED)

    assert keys(list_home(reader, limit=10)) == [halted, both, his, hers, mine]


def test_home_feed_of_who_follows_nothing_has_only_their_own():
    reader, alice = make_user("reader"), make_user("alice")
    do(alice, make_market())
    mine = do(reader)

    assert keys(list_home(reader, limit=10)) == [mine]
    assert not list_followed_ids(reader)


def test_home_feed_of_nothing_is_empty():
    assert keys(list_home(make_user("reader"), limit=10)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8, 40])
def test_home_feed_by_pages_is_the_feed_of_the_plain_query(limit):
    """Sources of every pace: the pages joined are what one query without tricks gives."""
    reader, people, markets = make_user("reader"), [], []
    for number in range(6):
        audience = (Audience.PUBLIC, Audience.FOLLOWERS, Audience.NOBODY)[number % 3]
        people.append(make_user(f"member{number}", trades_audience=audience))
        markets.append(make_market())
    for number in range(4):
        Follow.objects.create(follower=reader, followed=people[number])
    for market in markets[:2]:
        MarketFollow.objects.create(follower=reader, market=market)
    for number in range(40):
        verb = (Verb.TRADED, Verb.COMMENTED, Verb.TRADED)[number % 3]
        do(people[number * number % 6], markets[number % 5], verb)
    expected = [
        row
        for row in Activity.objects.filter(visible_to(reader)).order_by("-id")
        if row.actor in people[:4] or row.market in markets[:2]
    ]

    found, before = [], 2**63 - 1
    while page := list(list_home(reader, before=before, limit=limit)[:limit]):
        found += page
        before = page[-1].pk

    assert found == expected
    assert 15 < len(found) < 40


def test_home_feed_leaves_out_what_is_hidden_at_once():
    reader, alice = make_user("reader"), make_user("alice")
    Follow.objects.create(follower=reader, followed=alice)
    do(alice, make_market(), Verb.TRADED)
    assert len(list_home(reader, limit=10)) == 1

    User.objects.filter(pk=alice.pk).update(trades_audience=Audience.NOBODY)

    assert keys(list_home(reader, limit=10)) == []


def test_nobody_sees_what_a_closed_account_did():
    alice, market = make_user("alice"), make_market()
    do(alice, market)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert keys(list_public(None)) == keys(list_of_market(market, None)) == []


def test_feeds_of_member_and_market_have_their_own_as_far_as_it_is_shown():
    alice, bob = make_user("alice"), make_user("bob", trades_audience=Audience.NOBODY)
    rain, snow = make_market(), make_market()
    first, second = do(alice, rain), do(bob, rain)
    hidden, third = do(bob, rain, Verb.TRADED), do(alice, snow)

    assert keys(list_of_member(alice, None)) == [third, first]
    assert keys(list_of_member(bob, None)) == [second]
    assert keys(list_of_member(bob, bob)) == [hidden, second]
    assert keys(list_of_market(rain, alice)) == [second, first]
    assert keys(list_public(None)) == [third, second, first]


@pytest.mark.parametrize("count", [1, 3])
def test_feeds_take_the_same_queries_however_long(django_assert_num_queries, count):
    reader = make_user("reader")
    for _ in range(count):
        member, market = make_user(), make_market()
        Follow.objects.create(follower=reader, followed=member)
        MarketFollow.objects.create(follower=reader, market=market)
        do(member, market)

    with django_assert_num_queries(4):
        assert len(list(list_home(reader, limit=31)[:31])) == count
    with django_assert_num_queries(2):
        assert len(list(list_public(reader)[:31])) == count
