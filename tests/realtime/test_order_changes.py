"""order.replace and order.cancel_all over the WebSocket."""

import pytest

from exchange.trading.models import Order, OrderSession, SessionOrder
from exchange.trading.serializers import OrderSerializer
from tests.factories import first_contract, make_member
from tests.realtime.asking import placing, replies, send
from tests.realtime.conftest import in_sync


async def ask(client, **request):
    await send(client, {"id": "r"} | request)
    return (await replies(client, 1))["r"]


@in_sync
def row(order_id):
    return OrderSerializer(Order.objects.get(pk=order_id)).data


async def place(client, contract, **changes):
    await send(client, placing(contract, **changes))
    return (await replies(client, 1))["q"]["order"]


async def test_order_is_replaced_and_told_as_the_api_tells_it(trader, contract, working):
    client = await trader()
    order = await place(client, contract)
    told = await ask(client, op="order.replace", order=order["id"], price="0.46", quantity=12)
    assert (told["ok"], told["status"]) == (True, 200)
    new = told["order"]
    assert (new["replaces"], new["price"], new["open_quantity"]) == (order["id"], "0.4600", 12)
    assert new == row(new["id"])
    assert row(order["id"])["status"] == "cancelled"


async def test_reduced_order_keeps_its_place_and_its_id(trader, contract, working):
    client = await trader()
    order = await place(client, contract)
    for asked, left in (({"reduce_by": 3}, 7), ({"quantity": 5}, 5), ({"quantity": 5}, 5)):
        told = await ask(client, op="order.replace", order=order["id"], **asked)
        assert (told["order"]["id"], told["order"]["open_quantity"]) == (order["id"], left)


async def test_pipelined_place_replace_and_cancel_are_judged_in_that_order(
    trader, contract, working
):
    client = await trader()
    await send(
        client,
        placing(contract, 1, client_order_id="a"),
        {
            "id": 2, "op": "order.replace", "client_order_id": "a", "price": "0.47",
            "new_client_order_id": "b",
        },
        {"id": 3, "op": "order.cancel", "client_order_id": "b"},
    )  # fmt: skip
    told = await replies(client, 3)
    assert [told[n]["ok"] for n in (1, 2, 3)] == [True, True, True], told
    assert told[3]["order"]["id"] != told[1]["order"]["id"]
    assert row(told[3]["order"]["id"])["status"] == "cancelled"


async def test_replacement_sent_again_by_its_name_is_the_same(trader, contract, working):
    client = await trader()
    order = await place(client, contract)
    asked = {
        "op": "order.replace", "order": order["id"], "price": "0.48", "new_client_order_id": "n",
    }  # fmt: skip
    first = await ask(client, **asked)
    assert (await ask(client, **asked))["order"] == first["order"]


BAD = [
    ({"order": "12", "price": "0.5"}, "not_found"),
    ({"price": "0.5"}, "invalid"),
    ({"order": "mine"}, "invalid"),
    ({"order": "mine", "reduce_by": 1, "price": "0.5"}, "invalid"),
    ({"order": "mine", "quantity": 0}, "invalid_quantity"),
    ({"order": "mine", "price": "0.45555"}, "invalid"),
    ({"order": "mine", "price": 0.5}, "invalid"),
    ({"order": "mine", "price": None}, "invalid"),
    ({"order": "mine", "price": "0.5", "quantity": 1_000_000}, "insufficient_funds"),
    ({"order": "mine", "price": "0.5", "new_client_order_id": "a b"}, "invalid"),
]


async def test_bad_change_says_why_and_changes_nothing(trader, contract, working):
    client = await trader()
    order = await place(client, contract)
    for asked, code in BAD:
        named = asked | ({"order": order["id"]} if asked.get("order") == "mine" else {})
        told = await ask(client, op="order.replace", **named)
        assert (told["ok"], told["error"]["code"]) == (False, code), (asked, told)
    assert row(order["id"])["open_quantity"] == 10


async def test_order_of_another_is_not_found(trader, contract, working):
    order = await place(await trader(), contract)
    stranger = await trader(in_sync(make_member)("stranger"))
    told = await ask(stranger, op="order.replace", order=order["id"], price="0.5")
    assert told["error"]["code"] == "not_found"
    assert (await ask(stranger, op="order.cancel_all"))["cancelled"] == []
    assert row(order["id"])["status"] == "new"


async def test_replacement_ends_with_the_socket_as_the_order_did(trader, contract, working):
    client = await trader()
    await ask(client, op="session.set", cancel_on_disconnect=True)
    order = await place(client, contract)
    new = (await ask(client, op="order.replace", order=order["id"], price="0.46"))["order"]
    bound = in_sync(lambda: set(SessionOrder.objects.values_list("order_id", flat=True)))()
    assert int(new["id"]) in bound
    assert in_sync(OrderSession.objects.count)() == 1


async def test_all_that_fits_is_cancelled_what_is_on_its_way_included(
    trader, contract, working, exchange
):
    client = await trader()
    await send(
        client,
        *[placing(contract, n, price="0.01", side="buy") for n in range(10)],
        {"id": "sell", "op": "order.cancel_all", "side": "sell"},
        {"id": "buy", "op": "order.cancel_all", "contract": str(contract.pk), "side": "buy"},
    )
    told = await replies(client, 12)
    placed = {told[n]["order"]["id"] for n in range(10)}
    assert told["sell"]["cancelled"] == []
    assert {one["id"] for one in told["buy"]["cancelled"]} == placed
    assert {one["status"] for one in told["buy"]["cancelled"]} == {"cancelled"}
    again = await ask(client, op="order.cancel_all")
    assert (told["buy"]["status"], again["status"], again["cancelled"]) == (200, 200, [])
    assert told["buy"]["account_seq"] == again["account_seq"]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ({"market": "no-such"}, "unknown_market"),
        ({"contract": "999999"}, "unknown_contract"),
        ({"side": "up"}, "invalid"),
        ({"group": "x"}, "invalid"),
    ],
)
async def test_cancel_of_what_there_is_not_says_so(trader, contract, named, code):
    told = await ask(await trader(), op="order.cancel_all", **named)
    assert (told["ok"], told["error"]["code"]) == (False, code)
    assert in_sync(first_contract)(contract.market) == contract


async def test_replacement_counts_with_the_orders_and_a_reduction_does_not(
    trader, contract, working, settings
):
    client = await trader()
    order = await place(client, contract)
    rates = {"orders": "2/h", "cancels": "9/h"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    for price in ("0.46", "0.47"):
        told = await ask(client, op="order.replace", order=order["id"], price=price)
        order = told["order"]
    told = await ask(client, op="order.replace", order=order["id"], price="0.48")
    assert told["error"]["code"] == "throttled"
    told = await ask(client, op="order.replace", order=order["id"], reduce_by=1)
    assert told["ok"]


async def test_cancel_all_costs_what_it_costs_over_http(trader, working, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | {"cancels": "15/min"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    client = await trader()
    assert (await client.ask(op="order.cancel_all"))["ok"]
    assert (await client.ask(op="order.cancel_all"))["error"]["code"] == "throttled"
