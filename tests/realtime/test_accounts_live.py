"""Private pushes: complete, in order, and to nobody else."""

import asyncio
import random
import time
from itertools import pairwise

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client as Browser

from exchange.ledger import services
from exchange.ledger.models import Account
from exchange.realtime import limits
from exchange.realtime.accounts import AccountFeed
from exchange.realtime.private import AccountState, Told, load_account
from tests import factories
from tests.realtime.conftest import in_sync
from tests.realtime.replica import AccountReplica

make_account = in_sync(factories.make_account)
make_member = in_sync(factories.make_member)
make_user = in_sync(factories.make_user)
grant = in_sync(services.grant)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market(exchange):
    return exchange.market(outcomes=["Red", "Blue"])


@pytest.fixture
def alice(exchange):
    return factories.make_member("alice")


@in_sync
def is_told(account):
    account.refresh_from_db()
    seq = account.account_seq
    return lambda replica: replica.seq is not None and replica.seq >= seq


@in_sync
def truth(account):
    account.refresh_from_db()
    orders = account.orders.filter(open_quantity__gt=0).values_list("pk", "open_quantity")
    positions = account.positions.exclude(quantity=0).values_list("contract_id", "quantity")
    return (
        {str(key): quantity for key, quantity in orders},
        {str(key): quantity for key, quantity in positions},
        f"{account.balance_ticks // 10_000}.{account.balance_ticks % 10_000:04d}",
        f"{account.exposure_ticks // 10_000}.{account.exposure_ticks % 10_000:04d}",
    )


@in_sync
def fills_of(account):
    sides = ("maker_trades", "taker_trades")
    return {str(trade.pk) for side in sides for trade in getattr(account, side).all()}


def told(replica):
    return (
        replica.open_orders(),
        {key: quantity for key, quantity in replica.positions.items() if quantity},
        replica.balance["balance"],
        replica.balance["exposure"],
    )


async def test_snapshot_then_changes(connect, login, exchange, market, alice):
    first = exchange.place(alice.account, market, "buy", 4_500, 10)
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    replica = await client.follow(AccountReplica(), is_told(alice.account))
    assert told(replica) == truth(alice.account)
    bob = make_account()
    exchange.place(bob, market, "sell", 4_500, 4)
    await exchange.publish()
    frame = await client.next_frame()
    assert (frame["type"], frame["prev_account_seq"]) == ("delta", replica.seq)
    assert [(o["id"], o["status"], o["filled_quantity"]) for o in frame["orders"]] == [
        (str(first), "partially_filled", 4)
    ]
    (fill,) = frame["fills"]
    assert (fill["order"], fill["side"], fill["price"], fill["quantity"]) == (
        str(first), "buy", "0.4500", 4,
    )  # fmt: skip
    replica.take(frame)
    exchange.cancel(alice.account, first)
    await exchange.publish()
    await client.follow(replica, is_told(alice.account))
    assert told(replica) == truth(alice.account)


async def test_no_fill_is_lost_or_doubled_in_a_storm(connect, login, exchange, market, alice):
    chance = random.Random(3)
    others = [make_account(balance_credits=10_000) for _ in range(3)]
    clients = [await connect(headers=login(alice)) for _ in range(2)]
    for client in clients:
        await client.subscribe("account")
    replicas = [AccountReplica() for _ in clients]
    for client, replica in zip(clients, replicas, strict=True):
        await client.follow(replica, is_told(alice.account))
    for number in range(30):
        who = chance.choice([alice.account, *others])
        exchange.place(
            who, market, chance.choice(["buy", "sell"]), 4_000 + 100 * chance.randrange(10),
            1 + chance.randrange(5), outcome=chance.randrange(2),
        )  # fmt: skip
        if number % 5:
            await exchange.publish()
        else:
            exchange.take_publications()  # lost
        await asyncio.sleep(chance.random() / 50)
    await exchange.publish()
    fills = fills_of(alice.account)
    for client, replica in zip(clients, replicas, strict=True):
        await client.follow(replica, is_told(alice.account))
        assert told(replica) == truth(alice.account)
        assert {fill["id"] for fill in replica.fills} == fills
    assert fills


async def test_two_members_see_only_their_own(connect, login, exchange, market, alice):
    bob = make_member("bob")
    hers, his = await connect(headers=login(alice)), await connect(headers=login(bob))
    for client, member in ((hers, alice), (his, bob)):
        await client.subscribe("account")
        await client.follow(AccountReplica(), is_told(member.account))
    order = exchange.place(alice.account, market, "buy", 4_500, 10)
    await exchange.publish()
    assert [o["id"] for o in (await hers.next_frame())["orders"]] == [str(order)]
    await his.assert_silent(0.3)


async def test_settlement_tells_money_and_closed_positions(connect, login, exchange, market, alice):
    exchange.place(alice.account, market, "buy", 4_000, 10)
    exchange.place(make_account(), market, "sell", 4_000, 10)
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    replica = await client.follow(AccountReplica(), is_told(alice.account))
    assert truth(alice.account)[1]
    exchange.take_publications()
    exchange.lifecycle(market, "close")
    exchange.lifecycle(market, "settle", winner=in_sync(market.contracts.get)(position=0))
    await exchange.publish()
    await client.follow(replica, is_told(alice.account))
    assert (replica.balance["balance"], replica.balance["exposure"]) == ("1006.0000", "0.0000")
    assert set(replica.positions.values()) == {0}


async def test_grant_without_any_message_is_told(connect, login, exchange, alice, monkeypatch):
    monkeypatch.setattr("exchange.realtime.hub.AUDIT_S", 0.2)
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    replica = await client.follow(AccountReplica(), is_told(alice.account))
    grant(account=alice.account, amount_ticks=50_000, reference="test")
    await client.follow(replica, is_told(alice.account))
    assert replica.balance["available"] == "1005.0000"


async def test_fills_between_two_cursors_are_those_told_between_them(
    connect, login, exchange, market, alice
):
    exchange.place(alice.account, market, "buy", 4_500, 10)
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    frames = [await client.next_frame()]
    bob = make_account()
    for quantity in (4, 3):
        exchange.place(bob, market, "sell", 4_500, quantity)
        await exchange.publish()
        frames.append(await client.next_frame())
    later = exchange.place(alice.account, market, "buy", 4_000, 1)
    await exchange.publish()
    without_fills = await client.next_frame()
    assert [one["id"] for one in without_fills["orders"]] == [str(later)]
    assert "fills_cursor" not in without_fills
    first, second, third = (frame["fills_cursor"] for frame in frames)
    told = {frame["fills_cursor"]: frame["fills"] for frame in frames}
    assert told[first] == []
    read = in_sync(fills_by_rest(alice))
    assert read(since=first, until=second) == told[second]
    assert read(since=second) == told[third]
    assert read(since=first) == [*told[third], *told[second]]
    assert read(until=first) == read(since=third) == []


def fills_by_rest(user):
    browser = Browser()
    in_sync(browser.force_login)(user)
    return lambda **asked: browser.get("/api/v1/account/fills/", asked).json()["results"]


async def test_resuming_from_the_last_seq_gets_no_snapshot(connect, login, exchange, market, alice):
    first, second = [await connect(headers=login(alice)) for _ in range(2)]
    await first.subscribe("account")
    replica = await first.follow(AccountReplica(), is_told(alice.account))
    before = replica.seq
    exchange.place(alice.account, market, "buy", 4_500, 10)
    await exchange.publish()
    await first.follow(replica, is_told(alice.account))
    await second.subscribe("account", since=before)
    frame = await second.next_frame()
    assert (frame["type"], frame["prev_account_seq"]) == ("delta", before)
    assert (await first.ask(op="snapshot", channel="account"))["ok"]
    assert (await first.next_frame())["type"] == "snapshot"


def told_until(seq, *, is_exact=True):
    state = AccountState(seq=seq, next_trades={}, positions={}, is_exact=is_exact)
    return Told(state=state, parts={})


async def test_lagging_subscriber_gets_every_frame_then_a_snapshot_when_too_far(exchange):
    feed = AccountFeed(1)
    feed.replace(told_until(1))
    for seq in range(2, limits.ACCOUNT_FRAMES_KEPT + 2):
        feed.append(told_until(seq))
    frames, sent = feed.frames("account", 1)
    assert (len(frames), sent) == (limits.ACCOUNT_FRAMES_KEPT, limits.ACCOUNT_FRAMES_KEPT + 1)
    feed.append(told_until(sent + 1))
    assert feed.frames("account", 1) == ([], None)
    assert feed.needs_snapshot


async def test_nobody_resumes_from_where_newer_positions_were_told():
    feed = AccountFeed(1)
    feed.replace(told_until(1, is_exact=False))
    assert not feed.can_resume(1)
    feed.append(told_until(2))
    assert (feed.can_resume(1), feed.can_resume(2)) == (False, True)


@in_sync
def load_while_it_changes(account):
    """Return whether the account's state is exact, read as another change of it commits."""

    def change_before_positions(execute, sql, params, many, context):
        if 'FROM "trading_position"' in sql:
            Account.objects.filter(pk=account.pk).update(account_seq=F("account_seq") + 1)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(change_before_positions):
        return load_account(account.pk).state.is_exact


async def test_state_read_while_it_changes_is_not_exact(exchange, alice):
    assert not load_while_it_changes(alice.account)
    assert in_sync(load_account)(alice.account.pk).state.is_exact


async def test_asking_for_the_whole_account_again_and_again_takes_a_fifth_of_the_time(
    connect, login, exchange, market, alice, hub, monkeypatch
):
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    accounts, spans = hub().accounts, []
    read = accounts._read

    async def slowly(query, *args):
        started = time.monotonic()
        await asyncio.sleep(0.05)
        found = await read(query, *args)
        spans.append((started, time.monotonic()))
        return found

    monkeypatch.setattr(accounts, "_read", slowly)
    for _ in range(20):
        assert (await client.ask(op="snapshot", channel="account"))["ok"]
        await asyncio.sleep(0.05)
    while len(spans) < 4:
        assert (await client.next_frame())["type"] == "snapshot"
        assert (await client.ask(op="snapshot", channel="account"))["ok"]
    for (before, ended), (started, _) in pairwise(spans):
        assert started - ended >= 0.99 * min(1, 4 * (ended - before - 0.01))


async def test_who_comes_back_soon_gets_what_was_missed(connect, login, exchange, market, alice):
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    before = (await client.next_frame())["account_seq"]
    await client.leave()
    order = exchange.place(alice.account, market, "buy", 4_500, 10)
    exchange.take_publications()  # nobody hears of it
    later = await connect(headers=login(alice))
    await later.subscribe("account", since=before)
    frame = await later.next_frame()
    assert (frame["type"], frame["prev_account_seq"]) == ("delta", before)
    assert [one["id"] for one in frame["orders"]] == [str(order)]


async def test_who_missed_nothing_hears_nothing(connect, login, exchange, market, alice):
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    before = (await client.next_frame())["account_seq"]
    await client.leave()
    later = await connect(headers=login(alice))
    await later.subscribe("account", since=before)
    await later.assert_silent()


async def test_account_that_nobody_watches_for_long_is_forgotten(
    connect, login, exchange, market, alice, hub, monkeypatch
):
    monkeypatch.setattr("exchange.realtime.accounts.LINGER_S", 0.01)
    client = await connect(headers=login(alice))
    await client.subscribe("account")
    await client.next_frame()
    await client.leave()
    await asyncio.sleep(0.1)
    assert hub().accounts._feeds == {}


async def test_subscribing_again_goes_on(connect, login, exchange, market, alice):
    client = await connect(headers=login(alice))
    for _ in range(2):
        await client.subscribe("account")
        assert (await client.next_frame())["type"] == "snapshot"
    exchange.place(alice.account, market, "buy", 4_500, 10)
    await exchange.publish()
    assert (await client.next_frame(timeout_s=1))["type"] == "delta"


async def test_unconfirmed_member_is_told_what_to_do(connect, login, exchange):
    client = await connect(headers=login(make_user(confirmed=False)))
    reply = await client.ask(op="subscribe", channel="account")
    assert reply["error"]["code"] == "email_not_confirmed"
