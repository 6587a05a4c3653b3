"""Every kind of order by the ticket, without JavaScript; and which terms go together."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from core.clock import now_ms
from exchange.engine.commands import Terms
from exchange.markets.models import Market
from exchange.trading.models import Order
from exchange.trading.times import to_datetime
from exchange.web.order_terms import describe_terms
from exchange.web.ticket_rules import list_broken
from tests.factories import first_contract, make_account, make_market, make_order, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(books) -> Market:
    return books.open(make_market(status="draft", title="Will it rain?"))


def send(client, market: Market, **changes: object):
    fields = {
        "contract": first_contract(market).pk,
        "side": "buy",
        "price": "0.45",
        "quantity": "10",
        "time_in_force": "GTC",
        "action": "place",
    }
    return client.post(f"/markets/{market.slug}/order/", fields | changes)


def the_order() -> Order:
    return Order.objects.select_related("market").get()


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({}, "limit", []),
        ({"post_only": "on"}, "limit", ["post only"]),
        ({"cancel_on_halt": "on"}, "limit", ["ends if trading halts"]),
        ({"stp": "cancel_both"}, "limit", ["meeting your own: cancels both"]),
        ({"time_in_force": "FOK"}, "limit", ["all or nothing"]),
        ({"time_in_force": "IOC"}, "limit", ["fill now or cancel"]),
        (
            {"time_in_force": "IOC", "min_quantity": "4"},
            "limit",
            ["fill now or cancel", "at least 4"],
        ),
        ({"kind": "market", "max_cost": "12.50"}, "market", ["market", "costs at most 12.50"]),
        ({"kind": "stop", "stop_price": "0.60"}, "stop", ["waits for 0.60, then market"]),
        (
            {"kind": "stop_limit", "stop_price": "0.40", "price": "0.41"},
            "stop_limit",
            ["waits for 0.40, then limit"],
        ),
    ],
)
def test_ticket_places_every_kind(trader, market, fields, kind, words):
    assert send(trader, market, **fields).status_code == 302
    order = the_order()
    assert (order.kind, describe_terms(order, is_yes_no=True)) == (kind, words)


def test_stop_on_no_is_triggered_by_the_other_price(trader, market):
    placed = send(trader, market, side="sell", kind="stop", stop_price="0.70", price="0.80")
    assert told(placed) == ["Order placed: 10 waiting for the trigger price."]
    order = the_order()
    assert (order.side, order.price_ticks, order.is_waiting) == ("sell", 2_000, True)
    assert describe_terms(order, is_yes_no=True) == ["waits for 0.70, then market"]
    for path in (f"/markets/{market.slug}/", "/portfolio/", "/portfolio/orders/"):
        assert "waits for 0.70, then market" in trader.get(path).content.decode()


@pytest.mark.parametrize("kind", ["market", "stop"])
def test_without_a_price_any_is_taken(trader, market, kind):
    trigger = {"stop_price": "0.60"} if kind == "stop" else {}
    assert send(trader, market, kind=kind, price="", **trigger).status_code == 302
    assert the_order().price_ticks == 9_900


def test_until_a_time_is_read_in_the_members_zone(trader, member, market):
    type(member).objects.filter(pk=member.pk).update(time_zone="Asia/Tokyo")
    at = (to_datetime(now_ms()) + timedelta(days=1)).replace(second=0, microsecond=0)
    with timezone.override("Asia/Tokyo"):
        typed = timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")
    send(trader, market, time_in_force="GTD", expires_at=typed)
    order = the_order()
    (line,) = trader.get("/portfolio/").context["orders"]
    assert (order.time_in_force, line.expires_at) == ("GTD", at)
    assert "(Asia/Tokyo)" in trader.get(f"/markets/{market.slug}/").content.decode()


def test_reduce_only_closes_and_no_more(trader, member, market):
    contract = first_contract(market)
    make_position(member.account, contract, quantity=4, cash_ticks=-16_000)
    page = send(
        trader, market, side="sell", kind="market", reduce_only="on", action="preview"
    ).content.decode()
    assert 'data-field="closes">4 Yes<' in page
    assert "open>" in page.partition("data-options")[2][:40]  # what is chosen is not folded away


def test_preview_says_what_fills_what_rests_and_what_is_cancelled(trader, member, market):
    make_order(make_account(), first_contract(market), side="sell", price_ticks=4_500, quantity=3)
    shown = {}
    for terms in ("GTC", "IOC"):
        panel = (
            send(trader, market, time_in_force=terms, action="preview").context["ticket"].preview
        )
        shown[terms] = (panel.fills_now_quantity, panel.rests_quantity, panel.cancelled_quantity)
    assert shown == {"GTC": (3, 7, 0), "IOC": (3, 0, 7)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "iceberg"}, "kind"),
        ({"kind": "stop"}, "stop_price"),
        ({"kind": "stop_limit"}, "stop_price"),
        ({"stop_price": "0.60"}, "stop_price"),
        ({"kind": "stop", "stop_price": "abc"}, "stop_price"),
        ({"kind": "stop", "stop_price": "0.605"}, "stop_price"),
        ({"kind": "stop", "stop_price": "1.5"}, "stop_price"),
        ({"kind": "stop_limit", "stop_price": "0.60", "price": ""}, "price"),
        ({"time_in_force": "GTD"}, "expires_at"),
        ({"time_in_force": "GTD", "expires_at": "tomorrow"}, "expires_at"),
        ({"time_in_force": "GTD", "expires_at": "2020-01-01T12:00"}, "expires_at"),
        ({"time_in_force": "GTD", "expires_at": "0001-01-01T00:00+14:00"}, "expires_at"),
        ({"expires_at": "2035-01-01T12:00"}, "expires_at"),
        ({"kind": "market", "time_in_force": "GTD", "expires_at": "2035-01-01T12:00"},
         "time_in_force"),
        ({"post_only": "on", "time_in_force": "IOC"}, "post_only"),
        ({"post_only": "on", "min_quantity": "1"}, "post_only"),
        ({"reduce_only": "on"}, "reduce_only"),
        ({"reduce_only": "on", "time_in_force": "IOC"}, "reduce_only"),
        ({"min_quantity": "0"}, "min_quantity"),
        ({"min_quantity": "11"}, "min_quantity"),
        ({"min_quantity": "x"}, "min_quantity"),
        ({"max_cost": "lots"}, "max_cost"),
        ({"max_cost": "4.49"}, "max_cost"),
        ({"max_cost": "5", "kind": "stop", "stop_price": "0.60"}, "max_cost"),
        ({"stp": "allow"}, "stp"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_said_at_its_field(trader, market, changes, field):
    response = send(trader, market, **changes)
    form = response.context["ticket"].form
    assert response.status_code in {409, 422}
    assert list(form.errors) == [field]
    assert not form.is_plain  # so the options are open where the error is
    assert not Order.objects.filter(open_quantity__gt=0).exists()


def test_post_only_that_would_fill_is_refused_at_its_field(trader, market):
    make_order(make_account(), first_contract(market), side="sell", price_ticks=4_500, quantity=3)
    response = send(trader, market, post_only="on", action="preview")
    assert response.status_code == 409
    assert list(response.context["ticket"].form.errors) == ["post_only"]


def test_options_are_closed_for_who_chose_none(trader, market):
    form = trader.get(f"/markets/{market.slug}/").context["ticket"].form
    assert form.is_plain


def test_rules_of_the_ticket_are_those_of_the_engine():
    flags = (False, True)
    every = product(
        ("limit", "market", "stop", "stop_limit"),
        ("GTC", "GTD", "IOC", "FOK"),
        flags, flags, (None, 1), (None, 1), (None, 1), (None, 1),
    )  # fmt: skip
    found = 0
    for kind, tif, post_only, reduce_only, least, most, stop, expires in every:
        terms = Terms(
            kind=kind,
            tif=tif,
            post_only=post_only,
            reduce_only=reduce_only,
            min_quantity=least,
            max_cost_ticks=most,
            stop_ticks=stop,
            expires_at=expires,
        )
        assert bool(list(list_broken(terms))) == terms.contradict(), terms
        found += 1
    assert found == 1024


def test_expiry_is_shown_as_a_moment(trader, member, market):
    at = datetime(2035, 1, 1, 12, tzinfo=UTC)
    send(trader, market, time_in_force="GTD", expires_at="2035-01-01T12:00")
    page = trader.get("/portfolio/orders/").content.decode()
    assert f'until <time datetime="{at.isoformat()}" data-local>' in page
