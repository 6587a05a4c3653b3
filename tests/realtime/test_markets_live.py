"""Real orders through the real books to a client's copy, over the channel layer in use."""

import asyncio
import random
import time

import pytest
from channels.layers import get_channel_layer

from exchange.marketdata.selectors import get_book
from exchange.realtime.endings import SESSIONS_GROUP
from exchange.trading.channels import market_group
from exchange.trading.publisher import publish
from tests.factories import make_account
from tests.realtime.conftest import in_sync
from tests.realtime.replica import BookReplica, TradeReplica

pytestmark = pytest.mark.django_db(transaction=True)


@in_sync
def truth(market):
    return {
        str(book.contract): (list(book.bids), list(book.asks))
        for book in get_book(market).contracts
    }


@in_sync
def is_at(market):
    seq = get_book(market).seq
    return lambda replica: replica.seq == seq


async def send(batch):
    await get_channel_layer().group_send(market_group(batch["market"]), batch)


@pytest.fixture
def market(exchange):
    market = exchange.market(outcomes=["Yes"], price_step_ticks=1)
    exchange.take_publications()
    return market


@pytest.fixture
def other(exchange):
    return make_account()


@pytest.fixture
def trader(exchange):
    return make_account(balance_credits=100_000)


async def test_snapshot_then_deltas_give_the_book(connect, exchange, market, trader, other):
    exchange.place(trader, market, "buy", 4_500, 10)
    exchange.take_publications()
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    assert replica.state() == truth(market)
    for price in (4_400, 4_300, 4_500):
        exchange.place(trader, market, "buy", price, 5)
        await exchange.publish()
    exchange.place(other, market, "sell", 4_500, 12)
    await exchange.publish()
    await client.follow(replica, is_at(market))
    assert (replica.state(), replica.snapshots) == (truth(market), 1)


async def test_change_of_a_quiet_market_is_pushed_at_once(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    await client.next_frame()
    await asyncio.sleep(0.15)
    exchange.place(trader, market, "buy", 4_500, 10)
    started = time.monotonic()
    await exchange.publish()
    await client.next_frame()
    assert time.monotonic() - started < 0.08


async def test_burst_is_conflated_to_ten_frames_a_second(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    started = time.monotonic()
    for number in range(25):
        exchange.place(trader, market, "buy", 4_000 + number, 1)
        await exchange.publish()
        await asyncio.sleep(0.01)
    await client.follow(replica, is_at(market))
    elapsed = time.monotonic() - started
    assert replica.state() == truth(market)
    assert replica.frames - 1 <= elapsed * 10 + 2


async def test_trades_and_status_are_pushed(connect, exchange, market, trader, other):
    client = await connect()
    await client.subscribe("trades", market.slug)
    await client.subscribe("market", market.slug)
    first = [await client.next_frame() for _ in range(2)]
    assert [(f["channel"], f["type"]) for f in first] == [
        ("trades", "snapshot"),
        ("market", "snapshot"),
    ]
    trades = TradeReplica()
    trades.take(first[0])
    exchange.place(trader, market, "sell", 4_500, 10)
    exchange.place(other, market, "buy", 4_600, 4)
    await exchange.publish()
    trades.take(await client.next_frame())
    (trade,) = trades.trades
    assert (trade["price"], trade["quantity"], trade["side"]) == ("0.4500", 4, "buy")
    assert isinstance(trade["id"], str)
    exchange.lifecycle(market, "halt")
    await exchange.publish()
    frame = await client.next_frame()
    assert (frame["channel"], frame["type"], frame["status"]) == ("market", "delta", "halted")


async def test_subscriber_resumes_from_its_seq(connect, exchange, market, trader):
    first, second = await connect(), await connect()
    await first.subscribe("book", market.slug)
    replica = await first.follow(BookReplica(), is_at(market))
    for price in (4_400, 4_300):
        exchange.place(trader, market, "buy", price, 5)
    await exchange.publish()
    await first.follow(BookReplica(seq=replica.seq), is_at(market))
    await second.subscribe("book", market.slug, since=replica.seq)
    await second.follow(replica, is_at(market))
    assert (replica.snapshots, replica.state()) == (1, truth(market))


async def test_snapshot_and_unsubscribe(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    await client.next_frame()
    assert (await client.ask(op="snapshot", channel="book", market=market.slug))["ok"]
    assert (await client.next_frame())["type"] == "snapshot"
    assert (await client.ask(op="unsubscribe", channel="book", market=market.slug))["ok"]
    exchange.place(trader, market, "buy", 4_400, 5)
    await exchange.publish()
    await client.assert_silent()


async def test_lost_doubled_and_swapped_messages_heal(
    connect, exchange, market, trader, monkeypatch
):
    """A third of the messages never arrives, others twice or late; the copy ends right."""
    monkeypatch.setattr("exchange.realtime.hub.AUDIT_S", 0.2)
    monkeypatch.setattr("exchange.realtime.markets.RESYNC_INTERVAL_S", 0.2)
    chance = random.Random(7)
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    for number in range(30):
        exchange.place(trader, market, "buy", 4_000 + 10 * (number % 9), 1 + number)
        publications = exchange.take_publications() * chance.choice([0, 1, 2])
        chance.shuffle(publications)
        for publication in publications:
            await publish(get_channel_layer(), publication)
        await asyncio.sleep(0.01)
    await client.follow(replica, is_at(market))
    assert replica.state() == truth(market)


async def test_lost_last_message_is_found_in_the_database(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    exchange.place(trader, market, "buy", 4_500, 10)
    exchange.take_publications()  # lost
    started = time.monotonic()
    await client.follow(replica, is_at(market))
    assert (replica.state(), time.monotonic() - started < 4) == (truth(market), True)


async def test_wrong_checksum_is_healed(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    exchange.place(trader, market, "buy", 4_500, 10)
    for publication in exchange.take_publications():
        batch = publication.markets[market.pk]
        batch["contracts"][0]["checksum"] ^= 1
        await publish(get_channel_layer(), publication)
    await client.follow(replica, is_at(market))
    assert (replica.state(), replica.snapshots) == (truth(market), 2)


async def test_zombie_of_a_lower_epoch_is_ignored(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    exchange.restart()  # epoch + 1
    exchange.place(trader, market, "buy", 4_500, 10)
    publications = exchange.take_publications()
    for publication in publications:
        await publish(get_channel_layer(), publication)
    await client.follow(replica, is_at(market))
    assert replica.epoch == 2
    lie = dict(publications[-1].markets[market.pk])
    lie |= {"epoch": 1, "prev_seq": lie["seq"], "seq": lie["seq"] + 1}
    await send(lie)
    await client.assert_silent()
    assert replica.state() == truth(market)


async def test_malformed_message_does_not_stop_the_hub(connect, exchange, market, trader):
    client = await connect()
    await client.subscribe("book", market.slug)
    replica = await client.follow(BookReplica(), is_at(market))
    await send({"type": "market.batch", "market": market.pk, "epoch": 1})
    exchange.place(trader, market, "buy", 4_500, 10)
    await exchange.publish()
    await client.follow(replica, is_at(market))
    assert replica.state() == truth(market)


async def test_hub_joins_with_the_first_watcher_and_leaves_after_the_last(
    connect, exchange, market, hub, monkeypatch
):
    monkeypatch.setattr("exchange.realtime.markets.LINGER_S", 0.05)
    first, second = await connect(), await connect()
    await first.subscribe("book", market.slug)
    await second.subscribe("trades", market.slug)
    assert hub().groups() == {SESSIONS_GROUP, market_group(market.pk)}
    await first.leave()
    await asyncio.sleep(0.15)
    assert hub().groups() == {SESSIONS_GROUP, market_group(market.pk)}
    await second.leave()
    await asyncio.sleep(0.15)
    assert (hub().groups(), hub().sockets) == ({SESSIONS_GROUP}, set())


async def test_thousands_of_frames_reach_two_hundred_sockets_in_order(
    connect, exchange, market, trader
):
    clients = [await connect() for _ in range(200)]
    for client in clients:
        await client.subscribe("book", market.slug)
    replicas = [BookReplica() for _ in clients]
    started = time.monotonic()
    for number in range(15):
        exchange.place(trader, market, "buy", 4_000 + number, 1)
        await exchange.publish()
        await asyncio.sleep(0.11)
    await asyncio.gather(
        *(
            client.follow(replica, is_at(market), timeout_s=30)
            for client, replica in zip(clients, replicas, strict=True)
        )
    )
    assert all(replica.state() == truth(market) for replica in replicas)
    assert sum(replica.frames for replica in replicas) >= 2_000
    assert time.monotonic() - started < 30
