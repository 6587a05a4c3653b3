import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client

from exchange.markets.models import Market
from exchange.trading.models import Order
from exchange.web import api_bridge
from exchange.web.views import orders as order_views
from exchange.web.views import own_orders
from tests.factories import (
    first_contract,
    make_account,
    make_market,
    make_member,
    make_order,
    make_position,
    make_user,
)

pytestmark = pytest.mark.django_db
CLICK = "5f3c2a60-0000-4000-8000-000000000001"


@pytest.fixture
def market(books) -> Market:
    return books.open(make_market(status="draft", title="Will it rain?"))


def ticket(market: Market, **changes: object) -> dict[str, object]:
    return {
        "contract": first_contract(market).pk,
        "side": "buy",
        "price": "0.45",
        "quantity": "10",
        "time_in_force": "GTC",
        "client_order_id": CLICK,
        "action": "place",
    } | changes


def send(client: Client, market: Market, **changes: object):
    return client.post(f"/markets/{market.slug}/order/", ticket(market, **changes))


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_without_scripts_preview_place_see_cancel(trader, member, market):
    previewed = send(trader, market, action="preview")
    panel = previewed.context["ticket"].preview
    assert (panel.held_ticks, panel.payout_ticks, panel.profit_ticks) == (45_000, 100_000, 55_000)
    assert (panel.worst_outcome, panel.worst_ticks) == ("No", -45_000)
    assert panel.available_after_ticks == 9_955_000
    assert not Order.objects.exists()

    placed = send(trader, market)
    assert placed.status_code == 302
    assert told(placed) == ["Order placed: 10 resting in the book."]
    order = Order.objects.get(account=member.account)
    page = trader.get(placed.url).content.decode()
    assert f'data-order="{order.pk}"' in page
    assert "you: 10" in page

    back = f"/markets/{market.slug}/"
    reduced = trader.post(f"/orders/{order.pk}/edit/", {"price": "0.45", "quantity": "6"})
    assert (reduced.status_code, reduced.url) == (302, f"/orders/{order.pk}/")
    assert told(reduced)[-1] == "Order changed; it kept its place in the queue."
    order.refresh_from_db()
    assert order.open_quantity == 6

    cancelled = trader.post(f"/orders/{order.pk}/cancel/", {"next": back})
    assert (cancelled.status_code, cancelled.url) == (302, back)
    order.refresh_from_db()
    assert (order.status, order.open_quantity) == ("cancelled", 0)
    assert f'data-order="{order.pk}"' not in trader.get(back).content.decode()


def test_buying_no_sells_yes_at_the_other_price(trader, member, market):
    send(trader, market, side="sell", price="0.40")
    order = Order.objects.get(account=member.account)
    assert (order.side, order.price_ticks) == ("sell", 6_000)


def test_selling_an_outcome_of_several_keeps_its_price(trader, member, books):
    market = books.open(make_market(status="draft", outcomes=("Reds", "Blues")))
    send(trader, market, side="sell", price="0.40")
    order = Order.objects.get(account=member.account)
    assert (order.side, order.price_ticks) == ("sell", 4_000)


def test_the_same_form_sent_twice_places_one_order(trader, member, market):
    for _ in range(2):
        assert send(trader, market).status_code == 302
    assert Order.objects.filter(account=member.account).count() == 1


def test_fill_is_told_to_both(client, trader, member, market):
    other = make_member("bob")
    client.force_login(other)
    send(client, market, side="sell", price="0.55", quantity="4")
    placed = send(trader, market)
    assert told(placed) == ["Order placed: 4 filled, 6 resting in the book."]
    assert "Buy No" in client.get("/portfolio/fills/").content.decode()


def test_fill_now_or_cancel_with_nothing_to_fill(trader, market):
    placed = send(trader, market, time_in_force="IOC")
    assert told(placed) == ["Nothing could be filled at this price; the order was cancelled."]


def test_too_expensive_is_refused_with_what_was_typed(trader, market):
    response = send(trader, market, quantity="5000")
    page = response.content.decode()
    assert response.status_code == 409
    assert "This order needs 2,250.00 and 1,000.00 is available." in page
    assert 'value="5000"' in page
    # The refused order has this id for ever: another try is another order.
    assert CLICK not in page


def test_preview_keeps_the_click_for_placing(trader, market):
    assert CLICK in send(trader, market, action="preview").content.decode()


def test_off_step_price_is_explained(trader, market):
    response = send(trader, market, price="0.455")
    assert response.status_code == 422
    assert "tick" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": ""}, "price"),
        ({"price": "abc"}, "price"),
        ({"price": "1e-1"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "-0.45"}, "price"),
        ({"price": "0.45000"}, "price"),
        ({"quantity": ""}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"quantity": "1.5"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "9" * 30}, "quantity"),
        ({"side": "hold"}, "side"),
        ({"side": ""}, "side"),
        ({"contract": "999999"}, "contract"),
        ({"contract": "x"}, "contract"),
        ({"time_in_force": "FOREVER"}, "time_in_force"),
        ({"client_order_id": "not-a-uuid"}, "client_order_id"),
    ],
)
def test_bad_ticket_is_shown_again_with_an_error(trader, market, changes, field):
    response = send(trader, market, **changes)
    assert response.status_code == 422
    assert list(response.context["ticket"].form.errors) == [field]
    assert not Order.objects.exists()


@pytest.mark.parametrize("price", ["0", "1", "1.5", "999999"])
@pytest.mark.parametrize("side", ["buy", "sell"])
def test_price_out_of_range_is_refused_by_the_api(trader, market, price, side):
    response = send(trader, market, price=price, side=side)
    assert response.status_code == 422
    assert response.context["ticket"].problem["code"] == "invalid_price"


def test_anonymous_is_sent_to_log_in_and_back_to_the_market(client, market):
    response = send(client, market)
    assert response.status_code == 302
    assert response.url == f"/accounts/login/?next=/markets/{market.slug}/"


def test_unconfirmed_is_told_to_confirm(client, market):
    client.force_login(make_user(confirmed=False))
    response = send(client, market)
    assert response.status_code == 403
    assert "Confirm your e-mail address to trade" in response.content.decode()


def test_a_strangers_order_is_not_cancelled(client, trader, member, market):
    send(trader, market)
    order = Order.objects.get(account=member.account)
    client.force_login(make_member("mallory"))
    response = client.post(f"/orders/{order.pk}/cancel/")
    assert response.url == "/portfolio/"
    assert "no such order" in told(response)[0]
    order.refresh_from_db()
    assert order.open_quantity == 10


def test_anonymous_cancels_no_order(client):
    assert client.post("/orders/1/cancel/").url == "/accounts/login/?next=/portfolio/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_cancel_goes_back_to_this_site_only(trader, target):
    assert trader.post("/orders/1/cancel/", {"next": target}).url == "/portfolio/"


@pytest.mark.parametrize("path", ["/markets/{slug}/order/", "/orders/1/cancel/", "/orders/1/edit/"])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_orders_refuse_other_methods(trader, market, path, method):
    assert getattr(trader, method)(path.format(slug=market.slug)).status_code == 405


def test_order_to_a_draft_is_not_found(trader, books):
    assert send(trader, make_market(status="draft")).status_code == 404


def test_order_to_a_closed_market_is_refused(trader, market, books):
    Market.objects.filter(pk=market.pk).update(status="closed")
    response = send(trader, market, action="preview")
    assert response.status_code == 409
    assert "waits to be settled" in response.content.decode()


def test_orders_need_the_csrf_token(member, market):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert send(client, market).status_code == 403
    page = client.get(f"/markets/{market.slug}/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    assert send(client, market, csrfmiddlewaretoken=token).status_code == 302


def test_every_change_goes_through_the_api(trader, member, market, monkeypatch):
    called = []

    def record(request, method, path, body=None):
        called.append((method, path))
        return api_bridge.call_api(request, method, path, body)

    monkeypatch.setattr(order_views, "call_api", record)
    monkeypatch.setattr(own_orders, "call_api", record)
    send(trader, market, action="preview")
    send(trader, market)
    order = Order.objects.get(account=member.account)
    trader.post(f"/orders/{order.pk}/edit/", {"price": "0.45", "quantity": "9"})
    trader.post(f"/orders/{order.pk}/cancel/")
    trader.post("/orders/cancel-all/")
    one = f"/api/v1/orders/{order.pk}/"
    assert called == [
        ("POST", "/api/v1/orders/preview/"),
        ("POST", "/api/v1/orders/"),
        ("PATCH", one),
        ("DELETE", one),
        ("POST", "/api/v1/orders/cancel-all/"),
    ]


def test_pages_that_are_read_write_nothing(trader, member, market):
    send(trader, market)
    paths = ["/", f"/markets/{market.slug}/", f"/events/{market.event.slug}/", "/portfolio/"]
    paths += ["/portfolio/orders/", "/portfolio/fills/", "/portfolio/ledger/"]

    def refuse(execute, sql, params, many, context):
        assert not re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", sql, re.IGNORECASE), sql
        return execute(sql, params, many, context)

    # The first page after a message takes it off the session, which is no write of ours.
    trader.get("/")
    with connection.execute_wrapper(refuse):
        for path in paths:
            assert trader.get(path).status_code == 200
            assert Client().get(path).status_code in {200, 302}


def test_preview_that_closes_says_what_comes_back(trader, member, market):
    contract = first_contract(market)
    make_position(member.account, contract, quantity=10, cash_ticks=-40_000)
    make_order(make_account(), contract, side="buy", price_ticks=5_700, quantity=20)
    page = send(trader, market, action="preview", side="sell", price="0.43").content.decode()
    assert 'data-field="closes">10 Yes<' in page
    assert "about 5.70" in page
    assert 'data-field="average">0.43<' in page
    assert '<div data-row="payout" hidden>' in page
