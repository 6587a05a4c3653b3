"""Who hears what of a member over sockets: the same answer as everywhere, within a second.

A feed says nothing of what was done, only that its reader should look; so a leak would be to be
told at all. What a reset makes the reader look at is in the matrix of test_privacy_matrix.py.
"""

import asyncio
from itertools import count, product

import pytest

from accounts.models import Audience
from social.activities.models import KINDS, Verb
from social.activities.services import NewActivity, record_activities
from tests.accounts.privacy import FEED, VIEWERS, World
from tests.accounts.test_privacy_matrix import SEEN_BY
from tests.realtime.conftest import connect, in_sync, login  # noqa: F401 -- fixtures

VERBS = {KINDS[verb]: verb for verb in (Verb.TRADED, Verb.WON, Verb.FOLLOWED)}
numbers = count(1)


@pytest.fixture
def world(transactional_db):
    return World()


@pytest.fixture
async def sockets(world, connect, login):  # noqa: F811 -- fixtures
    """A socket of each viewer that shows every feed she could be in, and a leaderboard."""
    opened = {}
    for viewer in VIEWERS:
        headers = login(world.users[viewer]) if viewer in world.users else ()
        socket = opened[viewer] = await connect(headers=headers)
        for about in ({}, {"member": "olga"}, {"market": world.traded.slug}):
            await socket.subscribe("feed", **about)
            assert (await socket.next_frame())["type"] == "reset"
        await socket.subscribe("leaderboard", name="profit")
        assert (await socket.next_frame())["type"] == "reset"
    return opened


async def heard(socket):
    """Return the feeds in which a viewer is told of something by now."""
    found = set()
    while socket.frames or not await socket.socket.receive_nothing(timeout=0.05):
        frame = await socket.next_frame()
        found.add((frame["channel"], frame.get("member"), frame.get("market")))
    return found


@in_sync
def act(world, kind):
    fields = {"actor_id": world.owner.pk, "market_id": world.traded.pk}
    key = f"socket-{next(numbers)}"
    record_activities([NewActivity(verb=VERBS[kind], key=key, **fields)])


@pytest.mark.parametrize(("kind", "audience"), list(product(FEED, Audience)))
async def test_feeds_tell_whom_the_member_lets_see_it_and_nobody_else(
    world, sockets, kind, audience
):
    in_sync(world.keep)(kind, audience)
    act(world, kind)
    await asyncio.sleep(0.5)
    told = {viewer: await heard(socket) for viewer, socket in sockets.items()}
    feeds = {
        ("feed", None, None), ("feed", "olga", None), ("feed", None, world.traded.slug),
    }  # fmt: skip
    assert told == {viewer: feeds if viewer in SEEN_BY[audience] else set() for viewer in VIEWERS}


async def test_what_only_some_may_see_is_told_without_a_word_about_it(world, sockets):
    kind = FEED[0]
    in_sync(world.keep)(kind, Audience.FOLLOWERS)
    act(world, kind)
    frame = await sockets["follower"].next_frame()
    assert frame.keys() <= {"channel", "type", "prev_seq", "seq", "member", "market"}
    assert (frame["type"], frame["prev_seq"]) == ("reset", None)
