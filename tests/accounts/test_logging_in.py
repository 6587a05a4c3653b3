"""Logging in and out."""

import pytest
from django.core import mail

from tests.accounts.conftest import PASSWORD, last_link
from tests.factories import make_user

pytestmark = pytest.mark.django_db
WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def anna():
    return make_user("anna", password=PASSWORD)


@pytest.mark.parametrize("email", ["anna@example.com", "ANNA@Example.com"])
def test_log_in_by_address_in_any_case(client, anna, log_in, email):
    response = log_in(email)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(anna.pk)


def test_log_in_gives_a_new_session_key(client, anna, log_in):
    client.get("/accounts/login/")
    session = client.session
    session["kept"] = True
    session.save()
    before = session.session_key
    log_in(anna.email)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("anna@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("anna@example.com", PASSWORD + " "),
        ("anna@example.com", PASSWORD.upper()),
    ],
)
def test_wrong_address_and_wrong_password_are_told_alike(client, anna, log_in, email, password):
    response = log_in(email, password)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [WRONG]
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("login", ["", "anna", "an\x00na@example.com", "x" * 9000])
def test_what_is_no_address_is_a_form_error(anna, log_in, login):
    assert list(log_in(login).context["form"].errors) == ["login"]


def test_unconfirmed_member_is_sent_a_new_link_instead(client, log_in):
    make_user("berta", confirmed=False, password=PASSWORD)
    response = log_in("berta@example.com")
    assert response["Location"] == "/accounts/confirm-email/"
    assert "_auth_user_id" not in client.session
    client.post(last_link())
    assert "_auth_user_id" in client.session


def test_closed_account_is_told_so(client, anna, log_in):
    anna.is_active = False
    anna.save()
    response = log_in(anna.email)
    assert response.status_code == 302
    assert response["Location"] == "/accounts/inactive/"
    assert b"This account is closed" in client.get("/accounts/inactive/").content
    assert "_auth_user_id" not in client.session


def test_closing_an_account_ends_its_sessions(client, anna):
    client.force_login(anna)
    anna.is_active = False
    anna.save()
    assert client.get("/accounts/email/").status_code == 302


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("/portfolio/", "/portfolio/"),
        ("/markets/?q=a%20b", "/markets/?q=a%20b"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("https:evil.example", "/"),
        ("http://localhost.evil.example/", "/"),
    ],
)
def test_next_leads_only_to_the_own_site(anna, log_in, asked, led_to):
    assert log_in(anna.email, next=asked)["Location"] == led_to


def test_sixth_failed_attempt_has_to_wait(anna, log_in):
    for _ in range(5):
        log_in(anna.email, "wrong")
    response = log_in(anna.email)
    assert response.context["form"].non_field_errors() == [
        "Too many failed attempts. Wait five minutes, then try again."
    ]


def test_log_out_is_a_post(client, anna):
    client.force_login(anna)
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    response = client.post("/accounts/logout/", follow=True)
    assert [str(message) for message in response.context["messages"]] == ["You are logged out."]
    assert "_auth_user_id" not in client.session


def test_log_in_says_nothing_by_mail(anna, log_in):
    log_in(anna.email)
    assert mail.outbox == []


def test_form_without_csrf_token_is_refused_kindly(anna):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": anna.email})
    assert response.status_code == 403
    assert b"Please try once more" in response.content
