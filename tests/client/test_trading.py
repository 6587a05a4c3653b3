"""Trading over the client: on a live site, over REST and over the socket."""

import inspect
import time
from dataclasses import replace
from decimal import Decimal

import pytest
from likely_client import (
    AsyncClient,
    Client,
    ForbiddenError,
    InsufficientFundsError,
    InvalidRequestError,
    NewOrder,
    NotAuthenticatedError,
    NotFoundError,
    OrderRejectedError,
    UnansweredError,
)
from likely_client.errors import ConflictError, ConnectionLostError

pytestmark = pytest.mark.process


@pytest.fixture(params=["rest", "socket"])
def ways(request, client_of):
    """Two members who hand orders in the same way."""
    return client_of("ann", order_entry=request.param), client_of("ben", order_entry=request.param)


@pytest.fixture
def rain(slugs, ann, ben):
    """A market with an empty book."""
    yield slugs["Rain"]
    ann.cancel_all()
    ben.cancel_all()


def test_order_rests_is_hit_and_tells_its_fills(ways, rain):
    ann, ben = ways
    resting = ann.buy(rain, "Yes", price="0.45", quantity=10)
    assert (resting.status, resting.fills, resting.is_open) == ("new", (), True)
    hit = ben.sell(rain, "Yes", price="0.45", quantity=4)
    assert (hit.status, hit.filled_quantity, hit.average_price) == ("filled", 4, Decimal("0.45"))
    [fill] = hit.fills
    assert (fill.order, fill.quantity, fill.side, fill.liquidity) == (hit.id, 4, "sell", "taker")
    assert hit.cost == Decimal("1.80")
    seen = ann.order(resting)
    assert (seen.open_quantity, seen.fills[0].liquidity) == (6, "maker")
    assert [one.id for one in ann.fills(order=resting)] == [fill.id]
    assert rain in {position.market for position in ann.positions()}
    assert ann.trades(rain, "Yes", limit=1)[0].id == fill.id


def test_no_buys_what_yes_sells(ways, rain):
    ann, ben = ways
    ann.buy(rain, "Yes", price="0.55", quantity=2)
    order = ben.buy(rain, "No", price="0.45", quantity=2)
    assert (order.side, order.price, order.status) == ("sell", Decimal("0.55"), "filled")


def test_cancel_reduce_and_cancel_all(ways, rain):
    ann, _ = ways
    order = ann.buy(rain, "Yes", price="0.20", quantity=10)
    reduced = ann.reduce(order, by=4)
    assert (reduced.open_quantity, reduced.status) == (6, "new")
    cancelled = ann.cancel(order)
    assert (cancelled.status, cancelled.open_quantity) == ("cancelled", 0)
    with pytest.raises(ConflictError) as again:
        ann.cancel(order)
    assert again.value.code == "unknown_order"
    for price in ("0.10", "0.11"):
        ann.buy(rain, "Yes", price=price, quantity=1)
    ann.sell(rain, "Yes", price="0.90", quantity=1)
    assert ann.cancel_all(market=rain, outcome="Yes", side="buy") == 2
    assert [order.side for order in ann.orders(status="open", market=rain)] == ["sell"]
    assert ann.cancel_all() == 1


def test_replacement_takes_the_place_of_the_order(ways, rain):
    ann, _ = ways
    order = ann.buy(rain, "Yes", price="0.20", quantity=10)
    other = ann.replace(order, price="0.21", quantity=12)
    assert (other.replaces, other.price, other.open_quantity) == (order.id, Decimal("0.21"), 12)
    assert ann.order(order).status == "cancelled"
    assert ann.replace(other, quantity=5).id == other.id, "less keeps its place"


@pytest.mark.parametrize("order_entry", ["rest", "socket"])
def test_lost_answer_replaces_once(client_of, ann, proxy, rain, order_entry):
    careless = client_of("ann", proxy.url, order_entry=order_entry)
    order = careless.buy(rain, "Yes", price="0.20", quantity=10)
    proxy.lose = 1
    other = careless.replace(order, price="0.22")
    assert proxy.lost == 1
    assert [one.id for one in ann.orders(status="open", market=rain)] == [other.id]


def test_queue_says_what_is_ahead(ann, ben, rain):
    ben.buy(rain, "Yes", price="0.21", quantity=3)
    ben.buy(rain, "Yes", price="0.20", quantity=4)
    queue = ann.queue(ann.buy(rain, "Yes", price="0.20", quantity=1))
    assert (queue.ahead_quantity, queue.ahead_at_price_quantity, queue.ahead_orders) == (7, 4, 2)


def test_queues_say_what_is_ahead_of_each_order(ann, ben, rain):
    ben.buy(rain, "Yes", price="0.23", quantity=3)
    behind = ann.buy(rain, "Yes", price="0.22", quantity=1)
    last = ann.buy(rain, "Yes", price="0.21", quantity=2)

    read = ann.queues(rain)

    ahead = {one.id: (one.ahead_quantity, one.ahead_orders) for one in read.queues}
    assert ahead == {behind.id: (3, 1), last.id: (4, 2)}
    assert read.market_seq >= last.market_seq


def test_kinds_of_orders(ways, rain):
    ann, ben = ways
    ann.sell(rain, "Yes", price="0.60", quantity=5)
    with pytest.raises(OrderRejectedError) as crosses:
        ben.buy(rain, "Yes", price="0.60", quantity=1, post_only=True)
    assert crosses.value.code == "post_only"
    stop = ben.buy(rain, "Yes", price="0.70", quantity=1, type="stop_limit", stop_price="0.65")
    assert (stop.is_waiting, stop.stop_price) == (True, Decimal("0.65"))
    whole = ben.buy(rain, "Yes", price="0.60", quantity=9, min_quantity=9)
    assert (whole.filled_quantity, whole.is_open) == (0, False)
    market = ben.buy(rain, "Yes", quantity=2, type="market")
    assert (market.status, market.average_price) == ("filled", Decimal("0.60"))
    grouped = ben.buy(rain, "Yes", price="0.10", quantity=1, group="77")
    ben.buy(rain, "Yes", price="0.11", quantity=1)
    assert ben.cancel_all(market=rain, group="77") == 1
    assert ben.order(grouped).status == "cancelled"


def test_cancel_batch_answers_each_in_its_place(ann, rain):
    order = ann.buy(rain, "Yes", price="0.20", quantity=1)
    first, second = ann.cancel_batch([order, "1"])
    assert (first.order.status, second.error.code) == ("cancelled", "not_found")


def test_orders_end_with_the_session_that_placed_them(client_of, ann, rain):
    safe = client_of("ann", order_entry="socket")
    safe.session(cancel_on_disconnect=True, dead_man_ms=30_000)
    safe.ping()
    order = safe.buy(rain, "Yes", price="0.20", quantity=1)
    stays = ann.buy(rain, "Yes", price="0.19", quantity=1)
    safe.close()
    until(lambda: [one.id for one in ann.orders(status="open", market=rain)] == [stays.id])
    assert ann.order(order).status == "cancelled"


def test_batch_answers_each_in_its_place(ways, rain):
    ann, _ = ways
    results = ann.batch(
        [
            NewOrder(market=rain, outcome="Yes", side="buy", price="0.10", quantity=1),
            NewOrder(market=rain, outcome="Yes", side="buy", price="0.1001", quantity=1),
            NewOrder(market=rain, outcome="Yes", side="buy", price="0.50", quantity=10**7),
            NewOrder(market=rain, outcome="No", side="buy", price="0.20", quantity=2),
        ]
    )
    assert [one.order and one.order.status for one in results] == ["new", None, None, "new"]
    assert [one.error and one.error.code for one in results] == [
        None, "price_off_tick", "insufficient_funds", None,
    ]  # fmt: skip


def test_refusals_say_what_would_help(ways, rain):
    ann, _ = ways
    with pytest.raises(InsufficientFundsError) as poor:
        ann.buy(rain, "Yes", price="0.50", quantity=10**7)
    assert poor.value.need == Decimal(5_000_000)
    assert poor.value.have < poor.value.need
    assert poor.value.hint != ""
    assert ann.order(poor.value.order_id).status == "rejected"
    with pytest.raises(InvalidRequestError) as off:
        ann.buy(rain, "Yes", price="0.4501", quantity=1)
    assert off.value.code == "price_off_tick"
    with pytest.raises(NotFoundError):
        ann.buy("no-such-market", "Yes", price="0.45", quantity=1)


def test_same_client_order_id_places_once(ways, rain):
    ann, _ = ways
    name = f"once-{id(ann)}"
    first, second = (
        ann.buy(rain, "Yes", price="0.20", quantity=1, client_order_id=name) for _ in range(2)
    )
    assert first.id == second.id


@pytest.mark.parametrize("order_entry", ["rest", "socket"])
@pytest.mark.parametrize("losses", [1, 3])
def test_lost_answer_places_once(client_of, proxy, rain, order_entry, losses):
    ann = client_of("ann", proxy.url, order_entry=order_entry)
    ann.market(rain)
    ann.buy(rain, "Yes", price="0.10", quantity=1)  # connects
    ann.cancel_all()
    proxy.lose = losses
    order = ann.buy(rain, "Yes", price="0.33", quantity=5)
    assert proxy.lost == losses
    assert order.status == "new"
    assert [one.id for one in ann.orders(status="open", market=rain)] == [order.id]


@pytest.mark.parametrize("order_entry", ["rest", "socket"])
def test_lost_answer_of_a_cancel_is_no_error(client_of, proxy, rain, order_entry):
    ann = client_of("ann", proxy.url, order_entry=order_entry)
    order = ann.buy(rain, "Yes", price="0.31", quantity=5)
    proxy.lose = 1
    assert ann.cancel(order).status == "cancelled"
    assert proxy.lost == 1


def test_unanswered_order_names_itself_so_that_it_can_be_asked_for(client_of, proxy, rain):
    ann = client_of("ann", proxy.url, timeout_s=1)
    ann.market(rain)
    proxy.lose = 1_000
    with pytest.raises(UnansweredError) as lost:
        ann.buy(rain, "Yes", price="0.29", quantity=5)
    proxy.lose = 0
    name = lost.value.client_order_id
    order = ann.buy(rain, "Yes", price="0.29", quantity=5, client_order_id=name)
    assert [one.id for one in ann.orders(status="open", market=rain)] == [order.id]


@pytest.mark.parametrize("order_entry", ["rest", "socket"])
def test_batch_says_of_each_order_what_is_known(client_of, proxy, rain, order_entry, monkeypatch):
    monkeypatch.setattr("likely_client.desks.BATCH_MAX", 1)  # each order is a request of its own
    ann = client_of("ann", proxy.url, timeout_s=1, order_entry=order_entry)
    ann.market(rain)
    ann.cancel_all()  # connects
    orders = [
        NewOrder(market=rain, outcome="Yes", side="buy", price=price, quantity=1)
        for price in ("0.27", "0.28")
    ]
    proxy.spare, proxy.lose = 1, 1_000
    first, second = ann.batch(orders)
    proxy.spare = proxy.lose = 0
    assert first.order is not None
    assert isinstance(second.error, UnansweredError)
    found = ann.place(replace(orders[1], client_order_id=second.error.client_order_id))
    assert [one.id for one in ann.orders(status="open", market=rain)] == [found.id, first.order.id]


def test_batch_raises_what_nothing_came_of(client_of, rain, ann):
    order = NewOrder(market=rain, outcome="Yes", side="buy", price="0.27", quantity=1)
    with pytest.raises(ForbiddenError):
        client_of("ann:read").batch([order])
    assert ann.orders(status="open", market=rain) == []


def test_nobody_there_is_said_in_time(client_of):
    nobody = client_of(None, "http://127.0.0.1:9", timeout_s=0.5)
    with pytest.raises(ConnectionLostError, match="does not answer"):
        nobody.markets()


def test_keys_open_what_they_may(client_of, site, rain):
    reader = client_of("ann:read")
    assert reader.balance().available > 0
    with pytest.raises(ForbiddenError) as no:
        reader.buy(rain, "Yes", price="0.45", quantity=1)
    assert no.value.code == "key_scope_missing"
    with Client(site.url, key="lk_wrong") as stranger:
        with pytest.raises(NotAuthenticatedError):
            stranger.balance()
        with pytest.raises(NotAuthenticatedError), stranger.account():
            pass
    anybody = client_of(None)
    assert anybody.market(rain).outcomes == ("Yes", "No")


def test_reading_is_typed_and_paged(ann, ben, slugs):
    cup = slugs["Cup"]
    for price in ("0.30", "0.31", "0.32"):
        ann.buy(cup, "Reds", price=price, quantity=1)
        ben.sell(cup, "Reds", price=price, quantity=1)
    trades = ann.trades(cup, "Reds", limit=2)
    assert [trade.price for trade in trades] == [Decimal("0.32"), Decimal("0.31")]
    assert len(ann.trades(cup, "Reds", limit=None)) == 3
    assert ann.trades(cup, "Blues") == []
    until(lambda: [one.volume for one in ann.candles(cup, "Reds", interval="1d", limit=1)] == [3])
    assert ann.depth(cup, "Blues").bids == ()
    assert "Cup" in {event.title for event in ann.events(limit=None)}
    assert ann.event("cup").markets[0].slug == cup
    assert [market.slug for market in ann.markets(q="who wins the cup")] == [cup]
    assert any(found.slug == cup for found in ann.search("cup"))
    assert ann.ledger(limit=1)[0].amount == Decimal(100_000)
    assert ann.balance().account_seq is not None
    assert "orders" in str(ann.limits())
    preview = ann.preview(cup, "Reds", "buy", price="0.40", quantity=10)
    assert preview.affordable


def until(true, timeout_s=15):
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_both_clients_have_the_same_names():
    def public(kind: type) -> set[str]:
        return {name for name, _ in inspect.getmembers(kind, callable) if name[0] != "_"}

    assert public(Client) == public(AsyncClient)


async def test_asynchronous_client_trades(site, keys, slugs):
    async with AsyncClient(site.url, key=keys["cem"]) as client:
        order = await client.buy(slugs["Snow"], "Yes", price="0.05", quantity=1)
        async with client.book(slugs["Snow"]) as book:
            assert book.best_bid == (Decimal("0.05"), 1)
        assert (await client.cancel(order)).status == "cancelled"
