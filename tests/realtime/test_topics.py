"""Topics: pushed from anywhere to those who may have them, in order, with a reset after a loss."""

import asyncio
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.live import push, topic_group
from exchange.realtime import reading
from exchange.realtime.limits import TOPIC_FRAMES_KEPT
from exchange.realtime.topic_names import Address
from exchange.realtime.topics import TopicFeed
from social.leaderboards.services import build_leaderboards
from tests.factories import make_event, make_market, make_user
from tests.realtime.conftest import in_sync

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market():
    return make_market(event=make_event("Cup"), title="Rain?")


@pytest.fixture
def member():
    return make_user("alice")


@pytest.fixture
def stranger():
    return make_user("charlie")


tell = in_sync(push)


async def subscribed(connect, channel, headers=(), **about):
    client = await connect(headers=headers)
    await client.subscribe(channel, **about)
    reset = await client.next_frame()
    client.seq = reset.pop("seq")
    assert reset == {"type": "reset", "channel": channel, **about, "prev_seq": None}
    return client


def topics(market, member):
    return [
        ("feed", {}, "feed.all"),
        ("feed", {"member": "alice"}, f"feed.member.{member.pk}"),
        ("feed", {"member": "ALICE"}, f"feed.member.{member.pk}"),
        ("feed", {"market": market.slug}, f"feed.market.{market.pk}"),
        ("candles", {"market": market.slug}, f"candles.{market.pk}"),
        ("event", {"event": market.event.slug}, f"event.{market.event_id}"),
        ("leaderboard", {"name": "profit"}, "leaderboard.profit"),
    ]


@pytest.mark.parametrize("number", range(7))
async def test_push_reaches_who_subscribed_with_its_address(connect, market, member, number):
    channel, about, topic = topics(market, member)[number]
    client = await subscribed(connect, channel, **about)
    tell(topic, {"type": "added", "id": "5"})
    assert await client.next_frame() == {
        "type": "added",
        "id": "5",
        "channel": channel,
        **about,
        "prev_seq": client.seq,
        "seq": client.seq + 1,
    }


async def test_notifications_go_to_their_owner_alone(connect, login, member, stranger):
    mine = await subscribed(connect, "notifications", login(member))
    other = await subscribed(connect, "notifications", login(stranger))
    tell(f"notifications.{member.pk}", {"unread": 3})
    assert (await mine.next_frame())["unread"] == 3
    await other.assert_silent()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"channel": "notifications"}, "not_authenticated"),
        ({"channel": "notifications", "member": "alice"}, "invalid"),
        ({"channel": "feed", "member": "nobody"}, "not_found"),
        ({"channel": "feed", "member": "alice", "market": "rain"}, "invalid"),
        ({"channel": "feed", "event": "cup"}, "invalid"),
        ({"channel": "feed", "market": "no-such"}, "unknown_market"),
        ({"channel": "feed", "market": "../x"}, "unknown_market"),
        ({"channel": "candles"}, "invalid"),
        ({"channel": "event", "event": "no-such"}, "not_found"),
        ({"channel": "leaderboard", "name": "A b"}, "not_found"),
        ({"channel": "leaderboard", "name": "profits"}, "not_found"),
    ],
)
async def test_refused_subscription_says_why(connect, market, member, request_, code):
    client = await connect()
    reply = await client.ask(op="subscribe", **request_)
    assert (reply["ok"], reply["error"]["code"]) == (False, code)


async def test_closed_member_and_draft_are_unknown(connect, member):
    in_sync(close)(member)
    draft = in_sync(make_market)(status="draft")
    client = await connect()
    reply = await client.ask(op="subscribe", channel="feed", member="alice")
    assert reply["error"]["code"] == "not_found"
    reply = await client.ask(op="subscribe", channel="event", event=draft.event.slug)
    assert reply["error"]["code"] == "not_found"


def close(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


async def test_leaderboard_that_was_rebuilt_is_told(connect):
    client = await subscribed(connect, "leaderboard", name="brier")
    in_sync(build_leaderboards)()
    frame = await client.next_frame()
    assert (frame["type"], frame["name"]) == ("changed", "brier")


async def test_unsubscribed_gets_no_more(connect, market):
    client = await subscribed(connect, "feed")
    assert (await client.ask(op="unsubscribe", channel="feed"))["ok"]
    tell("feed.all", {"id": "1"})
    await client.assert_silent()


async def test_lost_channel_layer_resets_everybody(connect, market, hub):
    client = await subscribed(connect, "candles", market=market.slug)
    hub()._resync_all()
    frame = await client.next_frame()
    assert (frame["type"], frame["seq"]) == ("reset", client.seq + 1)


async def test_snapshot_is_a_reset(connect, market):
    client = await subscribed(connect, "feed")
    assert (await client.ask(op="snapshot", channel="feed"))["ok"]
    assert (await client.next_frame())["type"] == "reset"


async def test_heartbeat_names_the_last_push(connect, market, monkeypatch):
    monkeypatch.setattr("exchange.realtime.sockets.HEARTBEAT_S", 0.05)
    client = await subscribed(connect, "feed", market=market.slug)
    tell(f"feed.market.{market.pk}", {"id": "1"})
    await client.next_frame()
    while (beat := await client.socket.receive_json_from(timeout=5)).get("type") != "heartbeat":
        pass
    assert beat["seqs"] == {f"feed:{market.slug}": client.seq + 1}


async def test_topic_nobody_shows_is_left(connect, market, hub, monkeypatch):
    monkeypatch.setattr("exchange.realtime.topics.LINGER_S", 0.01)
    client = await subscribed(connect, "feed")
    assert topic_group("feed.all") in hub().groups()
    await client.ask(op="unsubscribe", channel="feed")
    await asyncio.sleep(0.1)
    assert topic_group("feed.all") not in hub().groups()
    await client.subscribe("feed")
    assert topic_group("feed.all") in hub().groups()


def test_burst_beyond_what_is_kept_becomes_one_reset():
    feed = TopicFeed("feed.all", Address("feed"))
    begin = feed.seq
    for number in range(TOPIC_FRAMES_KEPT):
        feed.append({"id": str(number)})
    frames, sent = feed.frames("feed", begin)
    assert (len(frames), sent) == (TOPIC_FRAMES_KEPT, begin + TOPIC_FRAMES_KEPT)
    assert [json.loads(frame.text)["prev_seq"] - begin for frame in frames] == list(
        range(TOPIC_FRAMES_KEPT)
    )
    feed.append({"id": "more"})
    (frame,), sent = feed.frames("feed", begin)
    assert json.loads(frame.text) == {
        "type": "reset",
        "channel": "feed",
        "prev_seq": None,
        "seq": begin + TOPIC_FRAMES_KEPT + 1,
    }
    assert feed.frames("feed", sent) == ([], sent)


def test_payload_cannot_speak_for_another_channel():
    feed = TopicFeed("feed.all", Address("feed"))
    begin = feed.seq
    feed.append({"channel": "account", "seq": 99})
    (frame,), _ = feed.frames("feed", begin)
    assert json.loads(frame.text) == {
        "type": "update", "channel": "feed", "prev_seq": begin, "seq": begin + 1,
    }  # fmt: skip


async def test_who_comes_back_soon_gets_what_was_missed(connect, market):
    client = await subscribed(connect, "candles", market=market.slug)
    await client.leave()
    tell(f"candles.{market.pk}", {"id": "1"})
    tell(f"candles.{market.pk}", {"id": "2"})
    later = await connect()
    await later.subscribe("candles", market.slug, since=client.seq)
    frames = [await later.next_frame(), await later.next_frame()]
    assert [(one["id"], one["prev_seq"] - client.seq) for one in frames] == [("1", 0), ("2", 1)]


@pytest.mark.parametrize("seqs_back", [-1, 1, 10**15])
async def test_who_comes_back_from_elsewhere_reads_anew(connect, market, seqs_back):
    client = await subscribed(connect, "feed")
    later = await connect()
    await later.subscribe("feed", since=client.seq - seqs_back)
    assert (await later.next_frame())["type"] == "reset"


def test_seqs_of_two_processes_do_not_meet():
    first = TopicFeed("feed.all", Address("feed"))
    first.append({})
    second = TopicFeed("feed.all", Address("feed"))
    second.seq = max(second.seq, first.seq + 1)  # a millisecond later, at least
    second.append({})
    assert json.loads(second.frames("feed", first.seq - 1)[0][0].text)["type"] == "reset"


def test_member_is_looked_up_as_the_index_has_it(member):
    with CaptureQueriesContext(connection) as asked:
        assert reading.find_member("ALICE") == member.pk
    assert "LOWER(" in asked[0]["sql"]
