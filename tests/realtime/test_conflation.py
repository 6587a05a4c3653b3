"""How often a socket is told of a market: as often as it chose, and never less than everything."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from exchange.realtime.feed import MarketFeed
from exchange.realtime.limits import WINDOW_BATCHES
from exchange.trading.channels import market_group
from tests.realtime.batches import Source
from tests.realtime.conftest import in_sync
from tests.realtime.replica import BookReplica, TradeReplica


@pytest.fixture
def feed():
    source = Source()
    feed = MarketFeed(source.market, source.slug)
    feed.load(source.snapshot())
    return feed, source


def contract_of(source):
    return next(iter(source.books))


def take(feed, channel, sent, *, is_raw):
    frames, seq = feed.frames(channel, sent, is_raw=is_raw)
    return [frame.members for frame in frames], seq


def change(feed, source, count, **more):
    for n in range(count):
        feed.receive(source.change((contract_of(source), "bids", 4_000 + n % 7, n + 1), **more))


@pytest.mark.parametrize("is_raw", [False, True])
def test_raw_has_a_frame_for_each_batch_and_both_end_equal(feed, is_raw):
    feed, source = feed
    replica = BookReplica()
    [first], sent = take(feed, "book", None, is_raw=is_raw)
    replica.take(first)
    change(feed, source, 20)
    frames, sent = take(feed, "book", sent, is_raw=is_raw)
    assert len(frames) == (20 if is_raw else 1)
    for frame in frames:
        replica.take(frame)
    assert (replica.seq, replica.state()) == (source.seq, source.state())
    assert take(feed, "book", sent, is_raw=is_raw) == ([], sent)


def test_raw_leaves_out_batches_that_say_nothing_to_the_channel(feed):
    feed, source = feed
    contract = contract_of(source)
    _, sent = take(feed, "book", None, is_raw=True)
    begin = sent
    feed.receive(source.change((contract, "bids", 4_000, 5)))
    feed.receive(source.change(trades=[(contract, 4_000, 1)]))
    feed.receive(source.change((contract, "bids", 4_000, 4)))
    books, sent = take(feed, "book", sent, is_raw=True)
    assert [one["prev_seq"] for one in books] == [begin, books[0]["seq"]]
    replica = TradeReplica(seq=begin)
    trades, _ = take(feed, "trades", begin, is_raw=True)
    for frame in trades:
        replica.take(frame)
    assert len(replica.trades) == 1


def test_raw_is_made_once_for_all_who_lack_the_same(feed):
    feed, source = feed
    sent = source.seq
    change(feed, source, 3)
    assert feed.frames("book", sent, is_raw=True)[0] == feed.frames("book", sent, is_raw=True)[0]


def test_who_lags_behind_the_window_gets_a_snapshot_raw_or_not(feed):
    feed, source = feed
    sent = source.seq
    change(feed, source, WINDOW_BATCHES + 1)
    for is_raw in (False, True):
        [frame], _ = take(feed, "book", sent, is_raw=is_raw)
        assert (frame["type"], frame["prev_seq"]) == ("snapshot", None)


async def frames_of(client, replica, source):
    count = replica.frames
    await client.follow(replica, lambda one: one.seq == source.seq)
    return replica.frames - count


async def test_each_socket_is_told_as_often_as_it_chose(connect, source):
    clients = {conflate_ms: await connect() for conflate_ms in (0, 100, 1_000)}
    replicas = {conflate_ms: BookReplica() for conflate_ms in clients}
    for conflate_ms, client in clients.items():
        reply = await client.ask(op="session.set", conflate_ms=conflate_ms)
        assert reply["session"]["conflate_ms"] == conflate_ms
        await client.subscribe("book", source.slug)
        await frames_of(client, replicas[conflate_ms], source)
    for n in range(40):
        batch = source.change((contract_of(source), "bids", 4_000 + n, n + 1))
        await get_channel_layer().group_send(market_group(source.market), batch)
        await asyncio.sleep(0.01)
    told = {ms: await frames_of(clients[ms], replicas[ms], source) for ms in clients}
    assert told[0] == 40
    assert told[1_000] == 2, "at once, and when the second is over"
    assert told[1_000] < told[100] < 40
    assert all(one.state() == source.state() for one in replicas.values())


async def test_choice_counts_for_what_is_subscribed_already(connect, source):
    client = await connect()
    await client.subscribe("book", source.slug)
    replica = BookReplica()
    await frames_of(client, replica, source)
    await client.ask(op="session.set", conflate_ms=0)
    for n in range(5):
        batch = source.change((contract_of(source), "bids", 4_000 + n, n + 1))
        await get_channel_layer().group_send(market_group(source.market), batch)
    assert await frames_of(client, replica, source) == 5


async def test_market_is_resumed_without_a_word_where_nothing_changed(connect, exchange):
    market = in_sync(exchange.market)()
    client = await connect()
    await client.subscribe("market", market.slug, since=1)
    await client.assert_silent()
    exchange.lifecycle(market, "halt")
    await exchange.publish()
    frame = await client.next_frame()
    assert (frame["type"], frame["prev_seq"], frame["status"]) == ("delta", 1, "halted")
