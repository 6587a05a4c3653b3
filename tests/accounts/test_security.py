"""Second factors, sessions, log-in by a code, and the proof that is asked for once more."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from accounts.mfa import MfaAdapter
from tests.accounts.conftest import PASSWORD
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"
CODES = "/accounts/2fa/recovery-codes/"
SESSIONS = "/accounts/sessions/"
ASK = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"


@pytest.fixture
def dora():
    return make_member("dora", password=PASSWORD)


@pytest.fixture
def page(client, dora, log_in):
    log_in(dora.email)
    return client


def code_of(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def prove(page, path):
    """Show the password once more, and go on to a page."""
    response = page.post(f"/accounts/reauthenticate/?next={path}", {"password": PASSWORD})
    assert response.url == path


@pytest.fixture
def secret(page, commit):
    """The secret of a second factor that was turned on."""
    prove(page, ACTIVATE)
    secret = page.get(ACTIVATE).context["form"].secret
    with commit():
        assert page.post(ACTIVATE, {"code": code_of(secret)}).status_code == 302
    return secret


def is_in(browser):
    return browser.get("/portfolio/").status_code == 200


def test_second_factor_takes_the_password_once_more(page):
    assert page.get(ACTIVATE).url.startswith("/accounts/reauthenticate/")
    refused = page.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert "This is not your password." in refused.content.decode()
    assert page.get(ACTIVATE).status_code == 302


def test_second_factor_is_told_by_mail(page, secret):
    assert [message.subject for message in mail.outbox] == ["Your second factor is on at Likely"]
    assert "set a new password at once" in mail.outbox[0].body


def test_second_factor_is_asked_for_at_log_in(page, dora, secret):
    page.logout()
    assert page.post("/accounts/login/", {"login": dora.email, "password": PASSWORD}).url == (
        "/accounts/2fa/authenticate/"
    )
    assert not is_in(page)
    refused = page.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "This code is not right." in refused.content.decode()
    page.post("/accounts/2fa/authenticate/", {"code": code_of(secret, steps=1)})
    assert is_in(page)


def test_recovery_code_opens_once(page, dora, secret):
    codes = page.get(CODES).context["unused_codes"]
    for expected in (True, False):
        page.logout()
        page.post("/accounts/login/", {"login": dora.email, "password": PASSWORD})
        page.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert is_in(page) is expected


def test_recovery_codes_are_shown_downloaded_and_made_anew(page, secret):
    codes = page.get(CODES).context["unused_codes"]
    download = page.get(f"{CODES}download/")
    assert download.content.decode().split() == codes
    assert "attachment" in download["Content-Disposition"]
    page.post(f"{CODES}generate/")
    assert set(page.get(CODES).context["unused_codes"]).isdisjoint(codes)


def test_secret_is_encrypted_where_it_is_kept(dora, secret):
    row = Authenticator.objects.get(user=dora, type="totp")
    assert secret not in str(row.data)
    assert MfaAdapter().decrypt(row.data["secret"]) == secret


def test_secret_is_read_after_the_sites_key_was_changed(settings):
    kept = MfaAdapter().encrypt("seed")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert MfaAdapter().decrypt(kept) == "seed"


def test_second_factor_is_turned_off(page, dora, secret):
    assert page.get(DEACTIVATE).status_code == 200
    page.post(DEACTIVATE)
    assert not Authenticator.objects.filter(user=dora).exists()
    assert "Off" in page.get("/accounts/settings/security/").content.decode()


@pytest.mark.parametrize(
    "path", ["/accounts/settings/security/", "/accounts/2fa/", ACTIVATE, SESSIONS, CODES]
)
def test_security_is_for_members(client, path):
    assert client.get(path).url.startswith("/accounts/login/")


def test_security_page_says_how_things_stand(page, dora):
    html = page.get("/accounts/settings/security/").content.decode()
    assert "dora@example.com" in html
    assert "1 session" in html
    assert page.post("/accounts/settings/security/").status_code == 405


def log_in_elsewhere(user):
    elsewhere = Client(headers={"user-agent": "Elsewhere/1.0 <b>"})
    elsewhere.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert is_in(elsewhere)
    return elsewhere


def end_of(page, browser_name):
    html = page.get(SESSIONS).content.decode()
    assert browser_name in html
    return re.findall(r'action="(/accounts/sessions/\d+/end/)"', html)


def test_other_session_is_ended_alone(page, dora):
    first, second = log_in_elsewhere(dora), log_in_elsewhere(dora)
    ends = end_of(page, "Elsewhere/1.0 &lt;b&gt;")
    assert len(ends) == 2
    assert page.post(ends[0]).url == SESSIONS
    assert sorted([is_in(first), is_in(second)]) == [False, True]
    assert is_in(page)


def test_all_other_sessions_are_ended_together(page, dora):
    others = [log_in_elsewhere(dora) for _ in range(2)]
    page.post(SESSIONS)
    assert [is_in(browser) for browser in (page, *others)] == [True, False, False]


def test_sessions_of_others_are_not_ones_own_to_end(page, dora):
    other = make_member("erik", password=PASSWORD)
    browser = log_in_elsewhere(other)
    (end,) = end_of(log_in_elsewhere(other), "Elsewhere")[:1]
    page.post(end)
    assert is_in(browser)
    assert page.get(end).status_code == 405


def ask_for_code(client, commit, email):
    with commit():
        response = client.post(ASK, {"email": email})
    assert response.url.startswith(CONFIRM)


def code_in_mail():
    return re.search(r"Your code: (\S+)", mail.outbox[-1].body)[1]


def test_code_of_the_mail_logs_in_once(client, dora, commit):
    ask_for_code(client, commit, "DORA@example.com")
    code = code_in_mail()
    client.post(CONFIRM, {"code": code})
    assert is_in(client)
    assert mail.outbox[-1].subject == "Your code for Likely"
    assert code in mail.outbox[-1].alternatives[0][0]
    stranger = Client()
    stranger.post(CONFIRM, {"code": code})
    assert not is_in(stranger)


def test_wrong_code_is_refused_three_times_then_over(client, dora, commit):
    ask_for_code(client, commit, dora.email)
    code = code_in_mail()
    for _ in range(3):
        client.post(CONFIRM, {"code": "wrong"})
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_code_for_nobody_looks_the_same(client, commit):
    ask_for_code(client, commit, "nobody@example.com")
    page = client.get(CONFIRM).content.decode()
    assert "If <strong>nobody@example.com</strong> has an account" in page


def test_code_does_not_go_around_the_second_factor(page, dora, secret, commit):
    page.logout()
    ask_for_code(page, commit, dora.email)
    response = page.post(CONFIRM, {"code": code_in_mail()})
    assert response.url == "/accounts/2fa/authenticate/"
    assert not is_in(page)


def test_menu_names_the_section_of_every_page(page):
    for path in ("/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", SESSIONS):
        html = page.get(path).content.decode()
        assert '<a href="/accounts/settings/security/" aria-current="page">Security</a>' in html
        assert html.count("aria-current") == 1


def test_member_without_a_confirmed_address_turns_no_factor_on(client, commit):
    user = make_user("new", confirmed=False, password=PASSWORD)
    client.force_login(user)
    prove(client, ACTIVATE)
    with commit():
        assert client.get(ACTIVATE).status_code == 302
    told = [str(one) for one in client.get("/accounts/2fa/").context["messages"]]
    assert told == ["Confirm your e-mail address first."]
    assert not Authenticator.objects.filter(user=user).exists()
