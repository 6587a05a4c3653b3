"""An admin's edit and a change of state reach whoever has subscribed to the event."""

import pytest
from django.test import Client as Browser

from exchange.markets.models import Event, Market
from notifications.services import follow_journal
from tests.factories import make_event, make_market, make_user
from tests.realtime.conftest import in_sync

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator():
    browser = Browser()
    browser.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return browser


@pytest.fixture
def market():
    return make_market(event=make_event("Cup"), title="Who wins?")


async def subscribed(connect, event):
    client = await connect()
    await client.subscribe("event", event=event.slug)
    assert (await client.next_frame())["type"] == "reset"
    return client


@in_sync
def edit_event(operator, event, **values):
    data = {"title": event.title, "category": event.category, "metadata": "{}"} | values
    response = operator.post(f"/admin/markets/event/{event.pk}/change/", data)
    assert response.status_code == 302, response.content.decode()


@in_sync
def edit_market(operator, market, **values):
    contract = market.contracts.get()
    data = {
        "closes_at_0": "2030-01-01",
        "closes_at_1": "12:00:00",
        "contracts-TOTAL_FORMS": "1",
        "contracts-INITIAL_FORMS": "1",
        "contracts-0-id": contract.pk,
        "contracts-0-market": market.pk,
        "contracts-0-name": contract.name,
        "contracts-0-position": "0",
    } | values
    response = operator.post(f"/admin/markets/market/{market.pk}/change/", data)
    assert response.status_code == 302, response.content.decode()


async def test_edit_of_an_event_is_pushed(connect, operator, market):
    client = await subscribed(connect, market.event)
    edit_event(operator, market.event, title="The cup")
    frame = await client.next_frame(timeout_s=1)
    assert (frame["type"], frame["event"]) == ("edited", market.event.slug)
    assert in_sync(Event.objects.get)().title == "The cup"


async def test_edit_of_a_market_is_pushed_with_its_name(connect, operator, market):
    client = await subscribed(connect, market.event)
    edit_market(operator, market)
    frame = await client.next_frame(timeout_s=1)
    assert (frame["type"], frame["market"]) == ("edited", market.slug)
    assert in_sync(Market.objects.get)().closes_at is not None


async def test_edit_of_a_draft_is_nobodys_to_know(connect, operator, market):
    draft = in_sync(make_market)(event=market.event, status="draft", title="Secret?")
    client = await subscribed(connect, market.event)
    edit_market(operator, draft, title="Secret!", event=market.event_id, rules="As it is.",
                has_other="on", price_step_ticks="100")  # fmt: skip
    await client.assert_silent()


async def test_change_of_state_is_pushed(exchange, connect):
    market = in_sync(exchange.market)()
    in_sync(follow_journal)()
    client = await subscribed(connect, market.event)
    exchange.lifecycle(market, "halt")
    in_sync(follow_journal)()
    frame = await client.next_frame(timeout_s=1)
    while frame.get("status") == "opened":  # pushed before, and as late as a channel layer may be
        frame = await client.next_frame(timeout_s=1)
    assert (frame["type"], frame["market"], frame["status"]) == ("status", market.slug, "halted")
