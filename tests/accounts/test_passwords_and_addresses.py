"""Changing and resetting a password, changing the address."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import User
from exchange.ledger.models import Account
from tests.accounts.conftest import PASSWORD, last_link
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
NEW = "another long phrase 8"


@pytest.fixture
def anna(client):
    user = make_member("anna", password=PASSWORD)
    client.force_login(user)
    return user


@pytest.fixture
def send(client, commit):
    def post(path, **fields):
        with commit():
            return client.post(path, fields)

    return post


def texts(client):
    response = client.get("/accounts/email/")
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize(
    "path", ["/accounts/email/", "/accounts/password/change/", "/accounts/password/set/"]
)
def test_account_pages_are_for_members(client, path):
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (
        302,
        f"/accounts/login/?next={path}",
    )


def test_changing_the_password_tells_the_member_by_mail_and_ends_other_sessions(anna, client, send):
    from django.test import Client

    elsewhere = Client()
    elsewhere.force_login(anna)
    send("/accounts/password/change/", oldpassword=PASSWORD, password1=NEW, password2=NEW)
    anna.refresh_from_db()
    assert anna.check_password(NEW)
    assert client.get("/accounts/email/").status_code == 200
    assert elsewhere.get("/accounts/email/").status_code == 302
    assert [message.subject for message in mail.outbox] == ["Your password was changed at Likely"]
    assert "127.0.0.1" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"oldpassword": "wrong", "password1": NEW, "password2": NEW}, "oldpassword"),
        ({"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "x"}, "password2"),
        ({"oldpassword": PASSWORD, "password1": "short", "password2": "short"}, "password1"),
    ],
)
def test_bad_new_password_is_a_form_error(anna, send, fields, field):
    response = send("/accounts/password/change/", **fields)
    assert list(response.context["form"].errors) == [field]
    anna.refresh_from_db()
    assert anna.check_password(PASSWORD)


def test_reset_link_sets_a_new_password_once(client, send, log_in):
    make_user("berta", password=PASSWORD)
    send("/accounts/password/reset/", email="Berta@example.com")
    link = last_link()
    assert mail.outbox[0].subject == "Set a new password for Likely"
    form = client.get(link, follow=True)
    send(form.redirect_chain[-1][0], password1=NEW, password2=NEW)
    assert User.objects.get().check_password(NEW)
    assert b"This link does not work any more" in client.get(link).content
    assert log_in("berta@example.com", NEW)["Location"] == "/"


@pytest.mark.parametrize("key", ["1-nonsense", "zzzzzzzzzzzzz-abc-def", "0-set-password"])
def test_forged_reset_link_does_not_work(client, key):
    response = client.get(f"/accounts/password/reset/key/{key}/")
    assert b"This link does not work any more" in response.content


def test_reset_answers_alike_for_known_and_unknown_addresses(send):
    make_user("berta")
    known = send("/accounts/password/reset/", email="berta@example.com")
    unknown = send("/accounts/password/reset/", email="nobody@example.com")
    assert known["Location"] == unknown["Location"] == "/accounts/password/reset/done/"
    assert [message.subject for message in mail.outbox] == [
        "Set a new password for Likely",
        "No account at Likely with this address",
    ]
    assert "http://localhost:8000/accounts/signup/" in mail.outbox[1].body


def test_reset_is_throttled_per_address(send):
    answers = [
        send("/accounts/password/reset/", email="anna@example.com").status_code for _ in range(6)
    ]
    assert answers == [302] * 5 + [429]


def test_owner_of_an_address_gets_the_account_that_a_stranger_signed_up_with(client, send, log_in):
    """The stranger never saw the mail: a new password ends theirs, a link lets the owner in."""
    user = make_user("berta", confirmed=False, password=PASSWORD)
    send("/accounts/password/reset/", email="berta@example.com")
    form = client.get(last_link(), follow=True)
    send(form.redirect_chain[-1][0], password1=NEW, password2=NEW)
    assert not EmailAddress.objects.get(user=user).verified
    assert log_in("berta@example.com", PASSWORD).status_code == 200
    log_in("berta@example.com", NEW)
    client.post(last_link())
    assert client.session["_auth_user_id"] == str(user.pk)


def test_new_address_takes_the_place_of_the_old_one_when_confirmed(anna, client, send):
    send("/accounts/email/", email="New@example.com", action_add="")
    anna.refresh_from_db()
    assert anna.email == "anna@example.com"
    link = last_link()
    send(link)
    anna.refresh_from_db()
    assert anna.email == "new@example.com"
    assert EmailAddress.objects.filter(user=anna).count() == 1
    assert texts(client) == [
        "We sent a link to new@example.com.",
        "new@example.com is your address now.",
    ]
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["new@example.com"], "Confirm your address for Likely"),
        (["anna@example.com"], "Your address was changed at Likely"),
    ]
    assert Account.objects.filter(owner=anna).count() == 1


def test_change_of_address_can_be_called_off(anna, send):
    send("/accounts/email/", email="new@example.com", action_add="")
    send("/accounts/email/", email="new@example.com", action_remove="")
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["anna@example.com"]


@pytest.mark.parametrize("email", ["", "nope", "anna@example.com", f"{'a' * 250}@example.com"])
def test_bad_new_address_is_a_form_error(anna, send, email):
    response = send("/accounts/email/", email=email, action_add="")
    assert list(response.context["form"].errors) == ["email"]


@pytest.mark.parametrize("confirmed", [True, False])
def test_address_of_another_member_cannot_be_taken(anna, client, send, confirmed):
    make_user("berta", confirmed=confirmed)
    send("/accounts/email/", email="berta@example.com", action_add="")
    link = last_link()
    assert send(link).status_code == 302
    anna.refresh_from_db()
    assert anna.email == "anna@example.com"
    assert texts(client)[-1] == "berta@example.com belongs to another account already."


def test_unknown_action_changes_nothing(anna, send):
    assert send("/accounts/email/", email="anna@example.com", action_dance="").status_code == 302
    assert send("/accounts/email/").status_code == 302
    assert EmailAddress.objects.count() == 1
