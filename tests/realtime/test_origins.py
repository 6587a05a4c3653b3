"""Which pages and programs may open a socket."""

import pytest

from exchange.realtime.origins import is_origin_allowed
from tests.factories import make_member
from tests.realtime.conftest import in_sync

SITE = "https://likely.example"


def allowed(origin, *, site=SITE, host="likely.example", session=True):
    headers = [] if origin is None else [(b"origin", origin.encode("latin1"))]
    return is_origin_allowed([*headers, (b"host", host.encode())], has_session=session)


@pytest.mark.parametrize("session", [True, False])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://likely.example", True),
        ("https://likely.example:443", True),
        ("http://likely.example", False),
        ("https://likely.example:8443", False),
        ("https://www.likely.example", False),
        ("https://likely.example.evil.test", False),
        ("https://evil.test", False),
        ("https://evil.test/likely.example", False),
        ("https://likely.example@evil.test", False),
        ("https://likely.example/", False),
        ("https://likely.example, https://evil.test", False),
        ("https://likely.example\x0b", False),
        ("https://likely\xe9.example", False),
        ("https://likely.example:x", False),
        ("https://[::1", False),
        ("http://localhost:8000", False),
        ("file://", False),
        ("null", False),
        ("", False),
        ("//likely.example", False),
        ("likely.example", False),
    ],
)
def test_origin_of_a_public_site(settings, origin, expected, session):
    settings.SITE_URL = SITE
    assert allowed(origin, session=session) is expected


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://localhost:9000", "localhost:9000", True),
        ("http://127.0.0.1:9000", "127.0.0.1:9000", True),
        ("http://[::1]:9000", "[::1]:9000", True),
        ("http://localhost:3000", "localhost:9000", False),
        ("http://127.0.0.1:9000", "localhost:9000", False),
        ("https://localhost:9000", "localhost:9000", False),
        ("http://evil.test:9000", "evil.test:9000", False),
        ("http://192.168.1.5:8000", "192.168.1.5:8000", False),
    ],
)
def test_origin_in_local_mode(settings, origin, host, expected):
    settings.SITE_URL = "http://localhost:8000"
    assert allowed(origin, host=host) is expected


def test_host_does_not_open_a_public_site(settings):
    settings.SITE_URL = SITE
    assert not allowed("http://localhost:9000", host="localhost:9000")


def test_program_without_origin_may_come_without_a_session(settings):
    settings.SITE_URL = SITE
    assert allowed(None, session=False)
    assert not allowed(None, session=True)


def test_two_origins_are_refused(settings):
    settings.SITE_URL = SITE
    headers = [(b"origin", SITE.encode()), (b"origin", SITE.encode())]
    assert not is_origin_allowed(headers, has_session=False)


@pytest.mark.django_db(transaction=True)
async def test_handshake_of_a_strangers_page_is_refused(connect, login, exchange):
    headers = login(in_sync(make_member)())
    cookie = headers[1]
    assert (await connect(headers=headers)).accepted
    for others in ([cookie], [cookie, (b"origin", b"https://evil.test")], [(b"origin", b"null")]):
        assert not (await connect(headers=others)).accepted
