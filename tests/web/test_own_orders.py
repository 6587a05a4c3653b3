"""One's own orders: looked at, changed, cancelled, listed by status; others' are not there."""

import pytest
from django.contrib.messages import get_messages

from exchange.markets.models import Market
from exchange.trading.gateway import place_order
from exchange.trading.models import InboxCommand, Order
from exchange.trading.requests import OrderRequest
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(books) -> Market:
    return books.open(make_market(status="draft", title="Will it rain?"))


def place(account, market: Market, *, side="buy", price_ticks=4_500, quantity=10, **terms) -> Order:
    request = OrderRequest(
        contract=first_contract(market),
        side=side,
        price_ticks=price_ticks,
        quantity=quantity,
        **terms,
    )
    return Order.objects.get(
        pk=place_order(account=account, user=account.owner, order=request).command_id
    )


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def edit(client, order: Order, **changes: object):
    fields = {"price": "0.45", "quantity": "10"}
    return client.post(f"/orders/{order.pk}/edit/", fields | changes)


def test_order_page_says_what_it_is_and_where_it_stands(trader, member, market):
    place(make_account(), market, quantity=100)
    place(make_account(), market, price_ticks=4_600, quantity=20)
    order = place(member.account, market, post_only=True)
    page = trader.get(f"/orders/{order.pk}/").content.decode()
    assert "Buy Yes: 10 at 0.45" in page
    assert "2 ahead of you: 120" in page
    assert "post only" in page
    assert "Nothing of it has been filled yet" in page
    assert 'name="price" value="0.45"' in page


def test_order_page_shows_its_fills(trader, member, market):
    order = place(member.account, market)
    place(make_account(), market, side="sell", quantity=4)
    response = trader.get(f"/orders/{order.pk}/")
    (fill,) = response.context["fills"]
    assert (fill.trade.quantity, fill.how) == (4, "Rested")
    assert response.context["form"]["quantity"].value() == 10


def test_order_page_of_a_received_order_says_to_look_again(trader, member, market, monkeypatch):
    order = make_order(member.account, first_contract(market))
    InboxCommand.objects.create(
        id=order.pk + 1,
        shard=market.shard,
        kind="PlaceOrder",
        payload=(
            f'{{"type":"PlaceOrder","order":{order.pk + 1},"account":{member.account.pk},'
            f'"contract":{order.contract_id},"side":"buy","price_ticks":4500,"quantity":1}}'
        ),
        account=member.account,
        received_at_ms=1,
    )
    assert b"Look again" in trader.get(f"/orders/{order.pk + 1}/").content
    assert edit(trader, Order(pk=order.pk + 1)).url == f"/orders/{order.pk + 1}/"


def test_less_at_the_same_price_keeps_the_place(trader, member, market):
    order = place(member.account, market)
    response = edit(trader, order, quantity="4")
    assert (response.status_code, response.url) == (302, f"/orders/{order.pk}/")
    assert told(response) == ["Order changed; it kept its place in the queue."]
    order.refresh_from_db()
    assert (order.open_quantity, order.status) == (4, "new")


def test_the_same_again_changes_nothing_and_says_so(trader, member, market):
    order = place(member.account, market)
    response = edit(trader, order)
    assert (response.url, told(response)) == (f"/orders/{order.pk}/", ["Nothing was changed."])
    assert Order.objects.get() == order


@pytest.mark.parametrize("changes", [{"price": "0.44"}, {"quantity": "11"}])
def test_another_price_or_more_loses_the_place_and_says_so(trader, member, market, changes):
    order = place(member.account, market)
    response = edit(trader, order, **changes)
    new = Order.objects.get(replaces=order)
    assert response.url == f"/orders/{new.pk}/"
    (message,) = told(response)
    assert message.startswith("Order changed; it went to the back of the queue. Order placed:")
    assert f"/orders/{order.pk}/" in trader.get(response.url).content.decode()
    order.refresh_from_db()
    assert (order.status, order.reason) == ("cancelled", "replaced")


def test_quantity_counts_what_is_filled(trader, member, market):
    order = place(member.account, market)
    place(make_account(), market, side="sell", quantity=4)
    edit(trader, order, quantity="7")
    order.refresh_from_db()
    assert (order.filled_quantity, order.open_quantity) == (4, 3)


def test_price_of_no_is_the_other_side(trader, member, market):
    order = place(member.account, market, side="sell", price_ticks=6_000)
    edit(trader, order, price="0.41")
    assert Order.objects.get(replaces=order).price_ticks == 5_900


def test_waiting_stop_keeps_waiting_at_another_price(trader, member, market):
    order = place(member.account, market, kind="stop_limit", stop_ticks=6_000)
    edit(trader, order, price="0.50")
    new = Order.objects.get(replaces=order)
    assert (new.is_waiting, new.price_ticks) == (True, 5_000)


@pytest.mark.parametrize(
    ("changes", "field", "status"),
    [
        ({"price": ""}, "price", 422),
        ({"price": "abc"}, "price", 422),
        ({"price": "NaN"}, "price", 422),
        ({"price": "0.455"}, "price", 422),
        ({"price": "0"}, "price", 422),
        ({"price": "1.5"}, "price", 422),
        ({"quantity": ""}, "quantity", 422),
        ({"quantity": "0"}, "quantity", 422),
        ({"quantity": "-1"}, "quantity", 422),
        ({"quantity": "1.5"}, "quantity", 422),
        ({"quantity": "9" * 30}, "quantity", 422),
    ],
)
def test_bad_edit_is_explained_at_its_field(trader, member, market, changes, field, status):
    order = place(member.account, market)
    response = edit(trader, order, **changes)
    assert response.status_code == status
    assert list(response.context["form"].errors) == [field]
    order.refresh_from_db()
    assert (order.open_quantity, order.price_ticks) == (10, 4_500)


def test_edit_that_cannot_be_paid_is_refused(trader, member, market):
    order = place(member.account, market)
    response = edit(trader, order, quantity="9000")
    assert response.status_code == 409
    problem = response.context["problem"]
    assert (problem["code"], problem["detail"]) == ("insufficient_funds", "Not enough available.")


def test_edit_of_a_finished_order_is_refused(trader, member, market):
    order = place(member.account, market, time_in_force="IOC")
    response = edit(trader, order, quantity="4")
    assert response.status_code == 409
    assert "data-amend" not in response.content.decode()


def test_a_strangers_order_is_not_found(client, member, market):
    order = place(member.account, market)
    client.force_login(make_member("mallory"))
    assert client.get(f"/orders/{order.pk}/").status_code == 404
    assert edit(client, order, quantity="1").status_code == 404
    order.refresh_from_db()
    assert order.open_quantity == 10


@pytest.mark.parametrize("number", ["1", str(2**63), "9" * 40])
def test_order_that_is_not_there_is_not_found(trader, number):
    assert trader.get(f"/orders/{number}/").status_code == 404
    assert trader.post(f"/orders/{number}/edit/", {}).status_code == 404


def test_anonymous_is_sent_to_log_in(client):
    assert client.get("/orders/1/").url == "/accounts/login/?next=/orders/1/"
    assert client.post("/orders/1/edit/").url == "/accounts/login/?next=/orders/1/"
    for method in (client.get, client.post):
        assert method("/orders/cancel-all/").url == "/accounts/login/?next=/portfolio/"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/orders/1/", "/orders/cancel-all/"])
def test_pages_refuse_other_methods(trader, path, method):
    assert getattr(trader, method)(path).status_code == 405


def test_order_page_is_only_read(trader):
    assert trader.post("/orders/1/").status_code == 405


def test_cancel_all_asks_first_and_then_cancels_in_one_market(trader, member, market, books):
    other = books.open(make_market(status="draft", event=market.event))
    orders = [place(member.account, market) for _ in range(2)]
    elsewhere = place(member.account, other)
    asked = trader.get(f"/orders/cancel-all/?market={market.slug}")
    assert asked.context["count"] == 2
    assert Order.objects.filter(open_quantity__gt=0).count() == 3
    done = trader.post("/orders/cancel-all/", {"market": market.slug})
    assert done.url == f"/markets/{market.slug}/#orders"
    assert told(done) == ["2 orders cancelled."]
    assert {Order.objects.get(pk=order.pk).status for order in orders} == {"cancelled"}
    assert Order.objects.get(pk=elsewhere.pk).status == "new"


def test_cancel_all_without_a_market_cancels_everywhere_and_no_strangers(trader, member, market):
    place(member.account, market, kind="stop", stop_ticks=6_000)
    strangers = place(make_account(), market)
    done = trader.post("/orders/cancel-all/")
    assert (done.url, told(done)) == ("/portfolio/#orders", ["1 order cancelled."])
    assert Order.objects.get(pk=strangers.pk).status == "new"


def test_cancel_all_with_nothing_open_says_so(trader):
    assert b"You have no open orders anywhere" in trader.get("/orders/cancel-all/").content
    assert told(trader.post("/orders/cancel-all/")) == ["0 orders cancelled."]


def test_cancel_all_of_an_unknown_market_is_not_found(trader):
    assert trader.get("/orders/cancel-all/?market=none").status_code == 404
    assert trader.post("/orders/cancel-all/", {"market": "none"}).status_code == 404


def test_cancel_all_of_who_may_not_trade_is_explained(client):
    client.force_login(make_user(confirmed=False))
    assert b"Confirm your e-mail address first" in client.get("/orders/cancel-all/").content
    assert len(told(client.post("/orders/cancel-all/"))) == 1


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("", 4),
        ("open", 2),
        ("waiting", 1),
        ("filled", 0),
        ("cancelled", 1),
        ("expired", 0),
        ("rejected", 1),
        ("nonsense", 4),
    ],
)
def test_orders_are_listed_by_status(trader, member, market, status, shown):
    place(member.account, market)
    place(member.account, market, kind="stop", stop_ticks=6_000)
    place(member.account, market, time_in_force="IOC")
    place(member.account, market, quantity=100_000)
    response = trader.get("/portfolio/orders/", {"status": status} if status else {})
    assert len(response.context["orders"]) == shown


def test_orders_of_a_status_keep_it_on_the_next_page(trader, member):
    contract = first_contract(make_market())
    for _ in range(51):
        make_order(member.account, contract, quantity=1)
    page = trader.get("/portfolio/orders/?status=open").context["page"]
    assert page.next_query.startswith("status=open&cursor=")
    assert len(trader.get(f"/portfolio/orders/?{page.next_query}").context["orders"]) == 1
