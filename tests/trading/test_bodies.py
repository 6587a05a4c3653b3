"""The quick way of reading orders says what the serializers say, of whatever is sent."""

import json
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from core.api.parsers import StrictJSONParser
from core.api.problems import problem_of
from core.api.serializers import read
from exchange.trading.batch_api import OrdersParser
from exchange.trading.bodies import OrderBody, decode_orders, order_requests
from exchange.trading.known_contracts import find_contract
from exchange.trading.requests import OrderRequest
from exchange.trading.serializers import BatchSerializer, PlaceOrderSerializer
from tests.factories import first_contract, make_market

GOOD = {
    "contract": "7", "side": "buy", "type": "limit", "price": "0.45", "quantity": 10,
    "time_in_force": "IOC", "client_order_id": "mine-1",
}  # fmt: skip
ODD = [
    None, True, False, 0, -1, -0.0, 1, 10, 10.0, 1.5, 1e30, 2**63 - 1, 2**63, 10**40, "", " ", "7",
    "-7", "7 ", "07", "9" * 19, "9" * 20, "x" * 64, "x" * 65, "a b", "é", "٣", "\t", "\u2028", "\0",
    "buy", "sell", "Buy", "limit", "market", "GTC", "IOC", "FOK", "0.45", "0.4500", "0.45000",
    ".45", "0.", "1e-1", "+0.4", "-0.4", "0,45", "0.45 ", "0.45\n", "NaN", "123456789012.1234",
    "1234567890123", [], {}, ["0.45"], {"contract": "7"}, "quantity", '"price"', "\\",
]  # fmt: skip


def carefully(body: bytes):
    """What the API has always said: the strict parser, then a serializer for each order."""
    try:
        items = read(BatchSerializer, StrictJSONParser().parse(BytesIO(body)))["orders"]
    except Exception as error:  # noqa: BLE001 -- compared
        return problem_of(error).as_json()
    return told([by_serializer(item) for item in items])


def by_serializer(item):
    try:
        body = read(PlaceOrderSerializer, item)
        return OrderRequest(
            contract=find_contract(body["contract"]),
            side=body["side"],
            price_ticks=body["price"],
            quantity=body["quantity"],
            kind=body["type"],
            time_in_force=body["time_in_force"],
            client_order_id=body.get("client_order_id", ""),
        )
    except Exception as error:  # noqa: BLE001 -- compared
        return problem_of(error)


def by_conversion(body: bytes):
    """Decoded strictly, then one by one: what an order alone and a socket's go through."""
    try:
        items = read(BatchSerializer, StrictJSONParser().parse(BytesIO(body)))["orders"]
    except Exception as error:  # noqa: BLE001 -- compared
        return problem_of(error).as_json()
    return told(order_requests(items))


def quickly(body: bytes):
    try:
        parsed = OrdersParser().parse(BytesIO(body), None, {"encoding": "utf-8"})
        items = read(BatchSerializer, parsed)["orders"]
    except Exception as error:  # noqa: BLE001 -- compared
        return problem_of(error).as_json()
    return told(order_requests(items))


def told(asked):
    return [one.as_json() if hasattr(one, "as_json") else one for one in asked]


@pytest.fixture
def contract(db):
    return first_contract(make_market())


def as_body(*orders) -> bytes:
    return json.dumps({"orders": orders}).encode()


@pytest.mark.parametrize("name", [*GOOD, "colour"])
def test_every_odd_value_of_every_member_is_told_alike(contract, name):
    good = GOOD | {"contract": str(contract.pk)}
    for value in ODD:
        body = as_body(good, good | {name: value}, good)
        assert quickly(body) == by_conversion(body) == carefully(body), value
        raw = json.dumps({"orders": [good | {name: value}]}, ensure_ascii=False).encode()
        assert quickly(raw) == by_conversion(raw) == carefully(raw), value


@pytest.mark.parametrize("name", GOOD)
def test_missing_member_is_told_alike(contract, name):
    good = GOOD | {"contract": str(contract.pk)}
    body = as_body({key: value for key, value in good.items() if key != name})
    assert quickly(body) == by_conversion(body) == carefully(body)


ORDER = json.dumps(GOOD)[1:-1]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b'{"orders":null}', b'{"orders":[]}', b'{"orders":{}}',
        b'{"orders":[null]}', b'{"orders":["x"]}', b'{"orders":[[]]}', b'{"orders":[{}]}',
        b'{"orders":[{}],"more":1}', b'{"orders":[{}],"orders":[{}]}', b'{"orders":[{}]} x',
        b'\xef\xbb\xbf{"orders":[{}]}', b'{"orders":[{"price":NaN}]}', b"{'orders':[]}",
        b'{"orders":[{"price":"\xff"}]}', b'{"orders":[{"price":"\xed\xa0\x80"}]}',
        b'{"orders":[{"client_order_id":"\\ud800"}]}', b"[" * 5_000,
        f'{{"orders":[{{{ORDER},"quantity":11}}]}}'.encode(),
        f'{{"orders":[{{{ORDER},"quantit\\u0079":11}}]}}'.encode(),
        f'{{"orders":[{{{ORDER}}}],"orders":[{{{ORDER}}}]}}'.encode(),
        f'{{"orders":[{{{ORDER}}},{{{ORDER},"side":"sell"}}]}}'.encode(),
        f'{{"orders":[{{{ORDER.replace("mine-1", "price")}}}]}}'.encode(),
        f'{{"orders":[{{{ORDER.replace("10", "1" + "0" * 5_000)}}}]}}'.encode(),
        f'{{"orders":[{{{ORDER.replace("10", "-0")}}}]}}'.encode(),
        f'{{"orders" :\n[{{ {ORDER} }}\t]}}'.encode(),
    ],
)  # fmt: skip
def test_odd_body_is_told_alike(db, body):
    assert quickly(body) == by_conversion(body) == carefully(body)


values = st.one_of(st.sampled_from(ODD), st.text(max_size=4), st.integers(), st.floats())
orders = st.fixed_dictionaries(
    {}, optional={name: st.one_of(st.just(good), st.just(good), values)
                  for name, good in GOOD.items()}
)  # fmt: skip


@given(st.lists(st.one_of(orders, st.just(GOOD), values), max_size=4), st.booleans())
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bodies_are_told_alike(db, items, is_ascii):
    text = json.dumps({"orders": items}, ensure_ascii=is_ascii)
    body = text.encode(errors="surrogatepass")
    assert quickly(body) == by_conversion(body) == carefully(body)


def test_usual_orders_are_read_the_quick_way():
    body = as_body(*[GOOD, {key: GOOD[key] for key in ("contract", "side", "price", "quantity")}])
    read_orders = decode_orders(body)
    assert read_orders is not None
    assert [type(order) for order in read_orders] == [OrderBody, OrderBody]


def test_as_many_as_may_be_sent_and_one_more(db):
    assert len(quickly(as_body(*[GOOD] * 500))) == 500
    refused = quickly(as_body(*[GOOD] * 501))
    assert refused == carefully(as_body(*[GOOD] * 501))
    assert (refused["code"], refused["errors"][0]["field"]) == ("invalid", "orders")


def test_body_in_another_charset_is_read_by_it():
    with pytest.raises(ParseError):
        OrdersParser().parse(BytesIO(as_body(GOOD)), None, {"encoding": "utf-16"})
