"""Orders over the WebSocket: sent on in order, many in flight, each answered for itself."""

import json

import pytest

from exchange.trading.models import InboxCommand, Order
from exchange.trading.serializers import OrderSerializer
from tests.factories import first_contract, make_market, make_user
from tests.realtime.asking import placing, replies, send
from tests.realtime.conftest import in_sync


@in_sync
def orders_in_queue():
    return list(Order.objects.order_by("accepted_seq"))


async def test_order_is_placed_and_told_as_the_api_tells_it(trader, contract, working):
    client = await trader()
    await send(client, placing(contract, client_order_id="mine"))
    reply = (await replies(client, 1))["q"]
    [order] = orders_in_queue()
    assert reply == {
        "id": "q", "ok": True, "status": 201,
        "order": in_sync(lambda: OrderSerializer(order).data)(),
    }  # fmt: skip
    assert (order.client_order_id, order.status) == ("mine", "new")


async def test_pipelined_place_and_cancel_are_judged_in_that_order(trader, contract, working):
    client = await trader()
    pairs = [
        [
            placing(contract, f"p{n}", client_order_id=f"o{n}"),
            {"id": f"c{n}", "op": "order.cancel", "client_order_id": f"o{n}"},
        ]
        for n in range(20)
    ]
    await send(client, *[request for pair in pairs for request in pair])
    told = await replies(client, 40)
    assert {message["ok"] for message in told.values()} == {True}
    for n in range(20):
        placed, cancelled = told[f"p{n}"]["order"], told[f"c{n}"]["order"]
        assert (cancelled["id"], cancelled["status"]) == (placed["id"], "cancelled")
    assert {order.status for order in orders_in_queue()} == {"cancelled"}


async def test_cancel_names_the_order_by_its_id_too(trader, contract, working):
    client = await trader()
    await send(client, placing(contract))
    order = (await replies(client, 1))["q"]["order"]
    cancel = {"id": 2, "op": "order.cancel", "order": order["id"]}
    await send(client, cancel)
    assert (await replies(client, 1))[2]["order"]["status"] == "cancelled"
    await send(client, cancel)
    error = (await replies(client, 1))[2]["error"]
    assert (error["code"], error["status"], error["order"]) == ("unknown_order", 409, order["id"])
    other = await trader()  # which did not place it, and asks the database where it is
    await send(other, cancel)
    assert (await replies(other, 1))[2]["error"]["code"] == "unknown_order"


async def test_hundred_in_flight_keep_their_order(trader, contract, working):
    client = await trader()
    await send(client, *[placing(contract, n, price="0.01", quantity=n + 1) for n in range(100)])
    told = await replies(client, 100)
    assert [told[n]["order"]["quantity"] for n in range(100)] == list(range(1, 101))
    assert [order.quantity for order in orders_in_queue()] == list(range(1, 101))


async def test_two_sockets_interleaved_keep_each_its_order(trader, contract, working):
    clients = [await trader(), await trader()]
    for n in range(40):
        await send(clients[n % 2], placing(contract, n, quantity=n + 1))
    for client in clients:
        assert {message["ok"] for message in (await replies(client, 20)).values()} == {True}
    queue = [order.quantity for order in orders_in_queue()]
    assert [quantity for quantity in queue if quantity % 2] == list(range(1, 41, 2))
    assert [quantity for quantity in queue if not quantity % 2] == list(range(2, 41, 2))


async def test_error_of_one_is_told_to_that_one_alone(trader, contract, working):
    client = await trader()
    await send(
        client,
        placing(contract, 1, client_order_id="mine"),
        placing(contract, 2, client_order_id="mine", quantity=11),
        placing(contract, 3, client_order_id="mine"),
        placing(contract, 4, price="0.4555"),
        placing(contract, 5, contract="999999"),
        placing(contract, 6, colour="red"),
        placing(contract, 7, quantity=1_000_000),
        placing(contract, 8),
    )
    told = await replies(client, 8)
    assert [told[n]["ok"] for n in range(1, 9)] == [
        True, False, True, False, False, False, False, True,
    ]  # fmt: skip
    assert told[1]["order"] == told[3]["order"]
    codes = [told[n]["error"]["code"] for n in (2, 4, 5, 6, 7)]
    assert codes == [
        "client_order_id_reused", "price_off_tick", "unknown_contract", "unknown_field",
        "insufficient_funds",
    ]  # fmt: skip
    assert told[2]["error"]["order"] == told[1]["order"]["id"]
    assert told[7]["error"]["need"] == "450000.0000"


async def test_batch_is_answered_item_by_item(trader, contract, working):
    client = await trader()
    order = {"contract": str(contract.pk), "side": "buy", "price": "0.45", "quantity": 1}
    items = [order, order | {"quantity": 0}, {}, order | {"quantity": 2}]
    await send(client, {"id": 1, "op": "order.batch", "orders": items})
    results = (await replies(client, 1))[1]["results"]
    assert [result["status"] for result in results] == [201, 422, 400, 201]
    assert [order.quantity for order in orders_in_queue()] == [1, 2]
    await send(client, {"id": 2, "op": "order.batch", "orders": []})
    assert (await replies(client, 1))[2]["error"]["code"] == "invalid"


async def test_member_named_twice_is_malformed(trader, contract, working):
    client = await trader()
    text = json.dumps(placing(contract))[:-1] + ',"quantity":11}'
    await client.socket.send_to(text_data=text)
    assert (await replies(client, 1))["q"]["error"]["code"] == "malformed"
    assert orders_in_queue() == []


async def test_strangers_and_the_unconfirmed_place_nothing(connect, trader, contract):
    stranger, newcomer = await connect(), await trader(in_sync(make_user)("newcomer"))
    for client, code in ((stranger, "not_authenticated"), (newcomer, "email_not_confirmed")):
        for op in ("order.place", "order.batch", "order.cancel"):
            await send(client, {"id": 1, "op": op})
            assert (await replies(client, 1))[1]["error"]["code"] == code
    assert not in_sync(InboxCommand.objects.exists)()


@pytest.mark.parametrize(
    "named", [{}, {"order": "1", "client_order_id": "mine"}, {"order": 1}, {"orders": "1"}]
)
async def test_cancel_names_exactly_one_order(trader, contract, named):
    client = await trader()
    await send(client, {"id": 1, "op": "order.cancel"} | named)
    assert (await replies(client, 1))[1]["error"]["code"] in {"invalid", "unknown_field"}


@pytest.mark.parametrize("named", [{"order": "12"}, {"client_order_id": "nobody's"}])
async def test_cancel_of_no_order_of_ones_own_is_not_found(trader, contract, named):
    client = await trader()
    await send(client, {"id": 1, "op": "order.cancel"} | named)
    assert (await replies(client, 1))[1]["error"]["code"] == "not_found"


async def test_cancels_pass_when_the_orders_budget_is_used_up(trader, contract, working, settings):
    rates = {"orders": "3/h", "cancels": "2/h"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    client = await trader()
    await send(client, *[placing(contract, n, client_order_id=f"o{n}") for n in range(3)])
    assert {message["ok"] for message in (await replies(client, 3)).values()} == {True}
    await send(client, placing(contract, 4), placing(contract, 5))
    told = await replies(client, 2)
    assert [told[n]["error"]["code"] for n in (4, 5)] == ["throttled"] * 2
    assert told[4]["error"]["retry_after"] == 1_200
    cancels = [{"id": n, "op": "order.cancel", "client_order_id": f"o{n}"} for n in range(3)]
    other = await trader()  # another socket of the member: the budget is the member's
    await send(other, *cancels)
    told = await replies(other, 3)
    assert [told[n]["ok"] for n in range(3)] == [True, True, False]


@pytest.fixture
def unserved(transactional_db):
    return first_contract(make_market())


async def test_order_not_judged_in_time_is_pending(trader, settings, unserved):
    settings.REPLY_TIMEOUT_S = 0.05
    client = await trader()
    await send(client, placing(unserved))
    reply = (await replies(client, 1))["q"]
    row = in_sync(InboxCommand.objects.get)()
    assert (reply["status"], reply["order"]) == (202, {"id": str(row.pk), "status": "pending_new"})
