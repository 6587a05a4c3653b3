"""A socket never outlives the session it was opened with."""

import asyncio

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client as Browser

from exchange.realtime import limits, sessions
from exchange.realtime.endings import SESSIONS_GROUP
from exchange.realtime.hub import get_hub
from exchange.realtime.sessions import Visitor
from tests import factories
from tests.realtime.conftest import cookie_of, in_sync

pytestmark = pytest.mark.django_db(transaction=True)
User = get_user_model()
AT_ONCE_S = 3.0  # under load; the look at all sessions is far away in these tests


@pytest.fixture
def alice(exchange):
    return factories.make_member("alice")


@pytest.fixture
def browser(alice):
    browser = Browser()
    browser.force_login(alice)
    return browser


@pytest.fixture
def no_look(monkeypatch):
    monkeypatch.setattr("exchange.realtime.hub.SESSION_CHECK_S", 3600)


async def opened(connect, headers):
    client = await connect(headers=headers)
    await client.subscribe("account")
    assert (await client.next_frame())["channel"] == "account"
    return client


def set_password(alice, browser):
    alice.set_password("another-long-one")
    alice.save()


def close_in_the_admin(alice, browser):
    admin = factories.make_user(is_staff=True, is_superuser=True)
    client = Browser()
    client.force_login(admin)
    answer = client.post(
        "/admin/accounts/user/", {"action": "close_users", "_selected_action": [alice.pk]}
    )
    assert answer.status_code == 302


ENDINGS = {
    "log-out": lambda alice, browser: browser.logout(),
    "password": set_password,
    "ban": close_in_the_admin,
}


@pytest.mark.usefixtures("no_look")
@pytest.mark.parametrize("ending", ENDINGS)
async def test_socket_is_closed_at_once(connect, login, browser, alice, ending):
    client = await opened(connect, cookie_of(browser))
    bystander = await opened(connect, login(in_sync(factories.make_member)("bob")))
    stranger = await connect()
    in_sync(ENDINGS[ending])(alice, browser)
    assert await client.closed_with(AT_ONCE_S) == limits.CLOSE_LOGGED_OUT
    assert (await bystander.ask(op="ping"))["ok"]
    assert (await stranger.ask(op="ping"))["ok"]


async def test_log_out_closes_this_session_and_no_other(connect, login, browser, alice, no_look):
    here = await opened(connect, cookie_of(browser))
    elsewhere = await opened(connect, login(alice))
    in_sync(browser.logout)()
    assert await here.closed_with(AT_ONCE_S) == limits.CLOSE_LOGGED_OUT
    assert (await elsewhere.ask(op="ping"))["ok"]


def deactivate_and_roll_back(alice):
    with transaction.atomic():
        alice.is_active = False
        alice.save()
        transaction.set_rollback(True)
    alice.refresh_from_db()


def rename(alice):
    alice.name = "Alice"
    alice.save()


async def test_what_ends_no_session_closes_nothing(connect, browser, alice, no_look):
    client = await opened(connect, cookie_of(browser))
    in_sync(deactivate_and_roll_back)(alice)
    in_sync(rename)(alice)
    for message in ({"type": "session.ended", "session": ""}, {"type": "user.changed"}):
        await get_channel_layer().group_send(SESSIONS_GROUP, message)
    await asyncio.sleep(0.3)
    assert (await client.ask(op="ping"))["ok"]


async def test_what_no_message_told_is_found_by_looking(connect, login, alice, monkeypatch):
    assert limits.SESSION_CHECK_S < 5
    monkeypatch.setattr("exchange.realtime.hub.SESSION_CHECK_S", 0.05)
    first, second = [await opened(connect, login(alice)) for _ in range(2)]
    keys = [one.visitor.session_key for one in get_hub().sockets]
    in_sync(Session.objects.filter(session_key=keys[0]).delete)()
    closed = [first.closed_with(), second.closed_with()]
    done, left = await asyncio.wait(
        [asyncio.ensure_future(one) for one in closed], return_when=asyncio.FIRST_COMPLETED
    )
    assert ({one.result() for one in done}, len(left)) == ({limits.CLOSE_LOGGED_OUT}, 1)
    in_sync(User.objects.filter(pk=alice.pk).update)(is_active=False)
    assert await left.pop() == limits.CLOSE_LOGGED_OUT


@pytest.mark.parametrize("count", [1, 3])
def test_looking_at_sessions_takes_two_queries(django_assert_num_queries, count):
    visitors = set()
    for _ in range(count):
        browser = Browser()
        browser.force_login(factories.make_user())
        visitors.add(sessions.read_visitor(browser.session.session_key))
    with django_assert_num_queries(2):
        assert sessions.find_ended(visitors) == set()
    stranger = Visitor()
    gone = Visitor(user_id=1, session_key="x" * 32, auth_hash="y")
    assert sessions.find_ended({*visitors, stranger, gone}) == {gone}


def test_visitor_is_shown_without_its_key():
    assert "secret" not in repr(Visitor(user_id=1, session_key="secret", auth_hash="secret"))


@pytest.mark.parametrize("value", ["", '"a\\000b"', "a b", "käse", "../x"])
def test_cookie_that_is_no_session_key_counts_as_none(settings, value):
    cookie = f"{settings.SESSION_COOKIE_NAME}={value}".encode()
    assert sessions.session_key_of([(b"cookie", cookie)]) == ""
