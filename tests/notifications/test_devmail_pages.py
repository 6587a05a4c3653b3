"""The mailbox page."""

import pytest

from notifications import devmail

pytestmark = pytest.mark.django_db
MAIL = b"""\
From: Likely <likely@localhost>
To: anna@example.com
Subject: Confirm <b>your</b> address
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=x

--x
Content-Type: text/plain; charset=utf-8

Open http://localhost:8000/accounts/confirm-email/key/
<script>alert(1)</script>
--x
Content-Type: text/html; charset=utf-8

<html><head></head><body><a href="http://localhost:8000/">Confirm</a><script>alert(1)</script></body></html>
--x--
"""


@pytest.fixture(autouse=True)
def _mailbox(settings, tmp_path):
    settings.DEV_MAIL = True
    settings.DEV_MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def name():
    return devmail.keep(MAIL)


def test_empty_mailbox_says_what_to_do(client):
    page = client.get("/dev/mail/").content.decode()
    assert "No mail yet" in page
    assert 'href="/accounts/signup/"' in page


def test_list_shows_subject_recipient_and_link(client, name):
    page = client.get("/dev/mail/").content.decode()
    assert "Confirm &lt;b&gt;your&lt;/b&gt; address" in page
    assert "anna@example.com" in page
    assert f'href="/dev/mail/{name}/"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_nothing(client, count, django_assert_num_queries):
    for _ in range(count):
        devmail.keep(MAIL)
    with django_assert_num_queries(0):
        client.get("/dev/mail/")


def test_filter_keeps_what_was_typed_and_finds_nothing_kindly(client, name):
    assert name in client.get("/dev/mail/?to=ANNA").content.decode()
    page = client.get("/dev/mail/", {"to": '"><b>nobody'}).content.decode()
    assert "No mail to that address" in page
    assert 'value="&quot;&gt;&lt;b&gt;nobody"' in page


def test_letter_shows_text_with_links_and_the_html_in_a_sandbox(client, name):
    page = client.get(f"/dev/mail/{name}/").content.decode()
    assert '<a href="http://localhost:8000/accounts/confirm-email/key/"' in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert (
        f'src="/dev/mail/{name}/html/" title="The mail as HTML" '
        'sandbox="allow-popups allow-top-navigation-by-user-activation"' in page
    )


def test_html_may_do_nothing_but_show_itself_in_our_frame(client, name):
    response = client.get(f"/dev/mail/{name}/html/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-popups allow-top-navigation-by-user-activation" in policy
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert '<head><base target="_top">' in response.content.decode()


def test_letter_without_html_has_no_frame(client):
    name = devmail.keep(b"To: anna@example.com\nSubject: Plain\n\ntext\n")
    assert "<iframe" not in client.get(f"/dev/mail/{name}/").content.decode()
    assert client.get(f"/dev/mail/{name}/html/").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/dev/mail/00000000000000000000-00000000/",
        "/dev/mail/00000000000000000000-00000000/html/",
        "/dev/mail/..%2f..%2fsecret_key/",
        "/dev/mail/nonsense/",
    ],
)
def test_unknown_letter_is_a_404(client, path):
    assert client.get(path).status_code == 404


def test_nothing_is_reachable_where_dev_mail_is_off(client, name, settings):
    settings.DEV_MAIL = False
    for path in ("/dev/mail/", f"/dev/mail/{name}/", f"/dev/mail/{name}/html/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_pages_are_for_reading_only(client, name):
    for path in ("/dev/mail/", f"/dev/mail/{name}/", f"/dev/mail/{name}/html/"):
        assert client.post(path).status_code == 405


def test_pages_are_never_cached(client, name):
    assert "no-store" in client.get(f"/dev/mail/{name}/")["Cache-Control"]
