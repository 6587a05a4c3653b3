"""Sockets by API key: by header or by first message, within the key's scopes, while it lives."""

import pytest

from accounts.keys.services import create_key, revoke_key
from exchange.realtime.limits import CLOSE_LOGGED_OUT
from exchange.realtime.requests import Authenticate
from tests import factories
from tests.realtime.conftest import cookie_of, in_sync

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE_S = 3.0


@pytest.fixture
def alice(exchange):
    return factories.make_member("alice")


def key_of(user, *scopes):
    return create_key(user=user, name="bot", scopes=scopes)


def header(made):
    return [(b"authorization", f"Token {made.secret}".encode())]


async def test_header_opens_the_account(connect, alice):
    made = in_sync(key_of)(alice, "read")
    client = await connect(headers=header(made))
    await client.subscribe("account")
    assert (await client.next_frame())["channel"] == "account"


async def test_first_message_opens_the_account(connect, alice):
    made = in_sync(key_of)(alice, "read")
    client = await connect()
    assert (await client.ask(op="subscribe", channel="account"))["error"][
        "code"
    ] == "not_authenticated"
    assert await client.ask(op="auth", key=made.secret) == {"id": "q", "ok": True}
    await client.subscribe("account")


@pytest.mark.parametrize("secret", ["nonsense", "lk_" + "a" * 43, "é"])
async def test_bad_key_is_refused_and_the_socket_stays(connect, alice, secret):
    client = await connect()
    refused = await client.ask(op="auth", key=secret)
    assert refused["error"]["code"] == "not_authenticated"
    assert secret not in str(refused)
    assert (await client.ask(op="ping"))["ok"]


async def test_bad_key_in_the_header_refuses_the_handshake(connect, alice):
    client = await connect(headers=[(b"authorization", b"Token lk_nonsense")])
    assert not client.accepted


async def test_other_schemes_in_the_header_are_nobodys(connect, alice):
    client = await connect(headers=[(b"authorization", b"Basic eDp5")])
    refused = await client.ask(op="subscribe", channel="account")
    assert refused["error"]["code"] == "not_authenticated"


async def test_socket_never_changes_hands(connect, alice):
    made = in_sync(key_of)(alice, "read")
    client = await connect(headers=header(made))
    assert (await client.ask(op="auth", key=made.secret))["error"]["code"] == "invalid"


async def test_member_by_session_needs_no_key(connect, alice):
    from django.test import Client as Browser

    browser = Browser()
    in_sync(browser.force_login)(alice)
    made = in_sync(key_of)(alice, "read")
    client = await connect(headers=cookie_of(browser))
    assert (await client.ask(op="auth", key=made.secret))["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    ("scope", "op", "fields"),
    [
        ("trade", "subscribe", {"channel": "account"}),
        ("trade", "subscribe", {"channel": "notifications"}),
        ("cancel", "order.place", {}),
        ("read", "order.batch", {}),
        ("read", "order.cancel", {"order": "1"}),
    ],
)
async def test_op_without_its_scope_is_refused(connect, alice, scope, op, fields):
    made = in_sync(key_of)(alice, scope)
    client = await connect(headers=header(made))
    refused = await client.ask(op=op, **fields)
    assert refused["error"]["code"] == "key_scope_missing"


@pytest.mark.parametrize("scope", ["cancel", "trade"])
async def test_op_with_its_scope_gets_further(connect, alice, scope):
    made = in_sync(key_of)(alice, scope)
    client = await connect(headers=header(made))
    refused = await client.ask(op="order.cancel", order="1")
    assert refused["error"]["code"] != "key_scope_missing"


async def test_revoked_key_ends_its_sockets(connect, alice, monkeypatch):
    monkeypatch.setattr("exchange.realtime.hub.SESSION_CHECK_S", 3600)
    made = in_sync(key_of)(alice, "read")
    other = in_sync(key_of)(alice, "read")
    client = await connect(headers=header(made))
    stays = await connect(headers=header(other))
    await client.subscribe("account")
    in_sync(revoke_key)(user=alice, key_id=made.key.pk)
    assert await client.closed_with(AT_ONCE_S) == CLOSE_LOGGED_OUT
    assert (await stays.ask(op="ping"))["ok"]


def test_request_never_shows_its_key():
    assert "secret" not in repr(Authenticate(op="auth", key="secret"))
