"""session.set, and orders that end with their socket."""

import asyncio
import signal
import threading
import time

from django.db.models import F

from accounts.keys.services import create_key
from exchange.realtime import limits, order_sessions
from exchange.trading.models import Order, OrderSession, SessionHost, SessionOrder
from exchange.trading.order_sessions import services
from tests.factories import first_contract, make_market, make_member, make_user
from tests.realtime.asking import placing, replies, send
from tests.realtime.conftest import in_sync
from tests.realtime.servers import ask


@in_sync
def statuses():
    return list(Order.objects.order_by("pk").values_list("status", flat=True))


@in_sync
def rows():
    return OrderSession.objects.count(), SessionOrder.objects.count()


async def until(condition, timeout_s=10):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, (statuses(), rows())
        await asyncio.sleep(0.02)


async def place(client, contract, **changes):
    await send(client, placing(contract, **changes))
    reply = (await replies(client, 1))["q"]
    assert reply["ok"], reply
    return reply["order"]["id"]


async def set_session(client, **terms):
    reply = await client.ask(op="session.set", **terms)
    assert reply["ok"], reply
    return reply["session"]


async def test_session_is_told_and_null_changes_nothing(trader, working):
    client = await trader()
    told = await set_session(client, conflate_ms=250)
    assert told == {
        "id": None, "cancel_on_disconnect": False, "dead_man_ms": 0, "conflate_ms": 250,
    }  # fmt: skip
    first = await set_session(client, cancel_on_disconnect=True, dead_man_ms=30_000)
    second = await set_session(client, dead_man_ms=None, conflate_ms=0)
    assert second == first | {"conflate_ms": 0}
    assert first["id"].isdecimal()
    assert await set_session(client, cancel_on_disconnect=False, dead_man_ms=0) == second | {
        "cancel_on_disconnect": False, "dead_man_ms": 0,
    }  # fmt: skip


async def test_closed_socket_cancels_its_orders_where_it_said_so(trader, contract, working):
    client, other = await trader(), await trader()
    await place(client, contract)  # before: it belongs to the session too
    await set_session(client, cancel_on_disconnect=True)
    await place(client, contract)
    await place(other, contract)
    await client.leave()
    await until(lambda: statuses() == ["cancelled", "cancelled", "new"])
    assert rows() == (0, 0)


async def test_order_may_say_so_for_itself(trader, contract, working):
    client = await trader()
    await place(client, contract, cancel_on_disconnect=True)
    await place(client, contract, cancel_on_disconnect=False)
    batch = [
        {"contract": str(contract.pk), "side": "buy", "price": "0.45", "quantity": 1} | more
        for more in ({"cancel_on_disconnect": True}, {}, {"cancel_on_disconnect": "yes"})
    ]
    await send(client, {"id": "b", "op": "order.batch", "orders": batch})
    results = (await replies(client, 1))["b"]["results"]
    assert [one["status"] for one in results] == [201, 201, 400]
    await client.leave()
    await until(lambda: statuses() == ["cancelled", "new", "cancelled", "new"])


async def test_orders_still_on_their_way_are_cancelled_too(trader, contract, working):
    client = await trader()
    await set_session(client, cancel_on_disconnect=True)
    await send(client, *[placing(contract, n, price="0.01") for n in range(30)])
    await client.leave()  # nobody waits for the answers
    await until(lambda: rows() == (0, 0))
    await until(lambda: set(statuses()) <= {"cancelled"})


async def test_silence_cancels_is_told_and_the_socket_goes_on(
    trader, contract, working, monkeypatch
):
    client = await trader()
    await place(client, contract)
    told = await set_session(client, dead_man_ms=1_000)
    order_sessions_before = rows()
    for _ in range(4):  # whoever says something is not dead
        await asyncio.sleep(0.3)
        await client.ask(op="ping")
    assert statuses() == ["new"]
    frame = await client.next_frame()
    assert frame.pop("time").endswith("Z")
    assert frame == {
        "type": "dead_man", "session": told["id"], "dead_man_ms": 1_000, "orders": 1,
    }  # fmt: skip
    await until(lambda: statuses() == ["cancelled"])
    assert order_sessions_before == (1, 1)
    await place(client, contract)
    assert (await client.next_frame())["orders"] == 1
    await until(lambda: statuses() == ["cancelled", "cancelled"])


async def test_who_comes_back_takes_the_orders_over(trader, contract, working):
    client = await trader()
    told = await set_session(client, dead_man_ms=60_000)
    await place(client, contract)
    await client.leave()
    await until(lambda: in_sync(OrderSession.objects.get)().host_id is None)
    later = await trader()
    taken = await set_session(later, take_over=told["id"], cancel_on_disconnect=True)
    assert taken["taken_over"] == 1
    again = await later.ask(op="session.set", take_over=told["id"])
    assert again["error"]["code"] == "session_ended"
    stranger = await trader(in_sync(make_member)("stranger"))
    for name in (taken["id"], "nonsense", "0", str(2**63)):
        reply = await stranger.ask(op="session.set", take_over=name)
        assert reply["error"]["code"] == "session_ended"
    assert statuses() == ["new"]
    await later.leave()
    await until(lambda: statuses() == ["cancelled"])


async def test_strangers_the_unconfirmed_and_readers_have_no_session(connect, trader):
    user = in_sync(make_member)("reader")
    key = in_sync(create_key)(user=user, name="r", scopes=["read"]).secret
    reader = await connect(headers=[(b"authorization", f"Token {key}".encode())])
    newcomer = await trader(in_sync(make_user)("newcomer"))
    for client, code in (
        (await connect(), "not_authenticated"),
        (newcomer, "email_not_confirmed"),
        (reader, "key_scope_missing"),
    ):
        reply = await client.ask(op="session.set", cancel_on_disconnect=True)
        assert reply["error"]["code"] == code
    assert rows() == (0, 0)


async def test_process_taken_for_dead_closes_the_sockets_that_relied_on_it(
    trader, contract, working, hub
):
    client, other = await trader(), await trader()
    await set_session(client, cancel_on_disconnect=True)
    await place(client, contract)
    in_sync(SessionHost.objects.update)(expires_at_ms=1)
    await hub().order_sessions.beat()
    assert await client.closed_with() == limits.CLOSE_SESSION_ENDED
    await until(lambda: statuses() == ["cancelled"])  # by the book worker
    assert (await other.ask(op="ping"))["ok"]
    assert await set_session(other, cancel_on_disconnect=True)


async def test_process_lives_while_its_reads_are_late(trader, contract, working, hub):
    client = await trader()
    await set_session(client, cancel_on_disconnect=True)
    in_sync(SessionHost.objects.update)(expires_at_ms=F("expires_at_ms") - 1_000)
    before = in_sync(SessionHost.objects.get)().expires_at_ms
    may_go_on = threading.Event()
    reads = [asyncio.create_task(hub().read(may_go_on.wait)) for _ in range(20)]
    await asyncio.sleep(0)
    try:
        await asyncio.wait_for(hub().order_sessions.beat(), 2)
    finally:
        may_go_on.set()
    await asyncio.gather(*reads)
    assert in_sync(SessionHost.objects.get)().expires_at_ms > before


async def test_process_that_stops_ends_its_sessions(trader, contract, working, hub):
    client = await trader()
    await set_session(client, cancel_on_disconnect=True)
    await place(client, contract)
    await order_sessions.OrderSessions.stop(hub().order_sessions)
    await until(lambda: statuses() == ["cancelled"])
    assert not in_sync(SessionHost.objects.exists)()


async def test_process_that_is_killed_takes_its_orders_with_it(
    start,
    transactional_db,
    member,
    books,
):
    """kill -9: nothing of the web process is left to cancel anything."""
    contract = in_sync(lambda: first_contract(books.open(make_market(status="draft"))))()
    key = in_sync(create_key)(user=member, name="bot", scopes=["trade"]).secret
    server = start()
    headers = {"Authorization": f"Token {key}"}
    async with server.connect(additional_headers=headers) as client:
        assert (await ask(client, op="session.set", cancel_on_disconnect=True))["ok"]
        reply = await ask(client, **placing(contract))
        assert reply["status"] in (201, 202)
        in_sync(books.pump)()
        assert statuses() == ["new"]
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    in_sync(books.pump)()
    assert statuses() == ["new"], "it has not been missed yet"
    in_sync(lambda: SessionHost.objects.update(expires_at_ms=1))()
    in_sync(books.restart)()
    in_sync(books.pump)()
    assert statuses() == ["cancelled"]
    assert services.HOST_TTL_MS == 5_000
