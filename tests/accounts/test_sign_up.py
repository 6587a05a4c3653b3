"""Signing up: what is taken, what is refused, and what nobody can find out by it."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection

from accounts.forms import SignupForm
from accounts.models import User
from exchange.ledger.models import Account
from tests.accounts.conftest import PASSWORD, link_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def errors(response):
    assert response.status_code == 200
    return {field: list(texts) for field, texts in response.context["form"].errors.items()}


def test_sign_up_makes_a_user_without_account_and_sends_one_link(sign_up):
    response = sign_up()
    assert (response.status_code, response["Location"]) == (302, "/accounts/confirm-email/")
    user = User.objects.get()
    assert (user.handle, user.email, user.is_bot, user.is_staff) == (
        "anna",
        "anna@example.com",
        False,
        False,
    )
    assert not EmailAddress.objects.get(user=user).verified
    assert not Account.objects.filter(owner=user).exists()
    assert [message.to for message in mail.outbox] == [["anna@example.com"]]


def test_sign_up_does_not_log_in_before_the_address_is_confirmed(client, sign_up):
    sign_up()
    assert "_auth_user_id" not in client.session


def test_sign_up_page_says_handle_and_names_each_field_for_a_password_manager(client):
    page = client.get("/accounts/signup/").content.decode()
    assert '<label for="id_username">Handle</label>' in page
    assert "3 to 30 letters, digits, _ or -. Everybody sees it." in page
    assert 'aria-describedby="id_username_helptext"' in page
    for name in ("nickname", "email", "new-password"):
        assert f'autocomplete="{name}"' in page
    assert "placeholder" not in page.partition("<main")[2]


def test_mail_has_text_and_html_and_links_on_site_url_whatever_the_host(sign_up, settings):
    settings.ALLOWED_HOSTS = ["*"]
    sign_up()
    (message,) = mail.outbox
    assert message.subject == "Confirm your address for Likely"
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert f'href="http://localhost:8000{link_in(message)}"' in html
    assert "testserver" not in message.body + html


@pytest.mark.parametrize(
    ("handle", "message"),
    [
        ("", "This field is required."),
        ("   ", "This field is required."),
        ("ab", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("a" * 31, "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("a" * 5000, "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("-anna", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("an na", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("anna\n", None),
        ("an\nna", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("änna", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("аnna", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("anna１", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("<b>anna</b>", "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit."),
        ("an\x00na", "Null characters are not allowed."),
        ("admin", "This handle is reserved."),
        ("ADMIN", "This handle is reserved."),
        ("Likely", "This handle is reserved."),
        ("taken", "This handle is taken."),
        ("TaKeN", "This handle is taken."),
    ],
)
def test_handle_is_checked(sign_up, handle, message):
    make_user("taken")
    response = sign_up(username=handle)
    if message is None:
        assert response.status_code == 302
    else:
        assert errors(response)["username"][0] == message
        assert User.objects.count() == 1
        assert mail.outbox == []


@pytest.mark.parametrize(
    "email",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@example",
        "anna@exam ple.com",
        "ännä@example.com",
        "anna@example.com\nBcc: all@example.com",
        "an\x00na@example.com",
        "anna@example.com, b@example.com",
        f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.com",
        "a" * 6000 + "@example.com",
    ],
)
def test_address_is_checked(sign_up, email):
    assert list(errors(sign_up(email=email))) == ["email"]
    assert not User.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("password", ["", "short1", "password", "1234567890123", "anna@example"])
def test_password_is_checked(sign_up, password):
    assert list(errors(sign_up(password1=password))) == ["password1"]
    assert not User.objects.exists()


def test_address_is_kept_in_lower_case(sign_up):
    sign_up(email="Anna@Example.COM")
    assert User.objects.get().email == "anna@example.com"


@pytest.mark.parametrize("email", ["anna@example.com", "ANNA@example.com"])
@pytest.mark.parametrize("confirmed", [True, False])
def test_existing_address_gets_the_same_answer_and_a_mail_that_says_so(
    client, sign_up, email, confirmed
):
    make_user("anna", confirmed=confirmed)
    taken = sign_up(username="somebody", email=email)
    taken_page = client.get(taken["Location"]).content
    client.logout()
    new = sign_up(username="another", email="new@example.com")
    assert (taken.status_code, taken["Location"]) == (new.status_code, new["Location"])
    assert len(taken_page) == len(client.get(new["Location"]).content)
    assert not User.objects.filter(handle="somebody").exists()
    assert [message.subject for message in mail.outbox] == [
        "You have an account at Likely",
        "Confirm your address for Likely",
    ]
    assert "http://localhost:8000/accounts/password/reset/" in mail.outbox[0].body


def test_answer_for_an_existing_address_takes_as_many_hashes_as_for_a_new_one(
    client, sign_up, monkeypatch
):
    hashed = []
    encode = MD5PasswordHasher.encode

    def count(hasher, password, salt):
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    make_user("anna")
    sign_up(username="somebody")
    client.logout()
    sign_up(username="another", email="new@example.com")
    assert hashed == [PASSWORD, PASSWORD]


def test_extra_fields_of_the_form_change_nothing(sign_up):
    sign_up(is_staff="on", is_superuser="on", is_bot="on", balance="1000000")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.is_bot) == (False, False, False)


@pytest.mark.parametrize(
    ("rival", "subject"),
    [
        ({"handle": "Anna", "email": "rival@example.com"}, None),
        ({"handle": "rival", "email": "anna@example.com"}, "You have an account at Likely"),
    ],
)
def test_lost_race_is_answered_like_a_taken_name(sign_up, monkeypatch, rival, subject):
    """Somebody else's INSERT comes between the check of the form and ours."""
    save = SignupForm.save

    def save_after_rival(form, request):
        monkeypatch.setattr(SignupForm, "save", save)
        User.objects.create_user(**rival)
        return save(form, request)

    monkeypatch.setattr(SignupForm, "save", save_after_rival)
    response = sign_up()
    assert User.objects.count() == 1
    if subject:
        assert response["Location"] == "/accounts/confirm-email/"
        assert [message.subject for message in mail.outbox] == [subject]
    else:
        assert errors(response) == {"username": ["This handle is taken."]}


def test_user_and_address_are_saved_together(client, sign_up, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("the address could not be saved")

    monkeypatch.setattr("allauth.account.forms.setup_user_email", refuse)
    with pytest.raises(ValueError, match="could not be saved"):
        sign_up()
    assert not User.objects.exists()
    assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_mail_server_away_is_said_and_loses_nothing(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    form = {"username": "anna", "email": "anna@example.com", "password1": PASSWORD}
    page = client.post("/accounts/signup/", form, follow=True).content.decode()
    assert "The mail could not be sent just now." in page
    assert User.objects.get().handle == "anna"


def test_sign_up_for_a_member_leads_on(client):
    client.force_login(make_user("anna"))
    response = client.get("/accounts/signup/?next=/portfolio/")
    assert (response.status_code, response["Location"]) == (302, "/portfolio/")


def test_sign_up_twice_for_the_same_handle_keeps_the_first(sign_up):
    sign_up()
    response = sign_up(email="other@example.com", password1=PASSWORD + "x")
    assert errors(response) == {"username": ["This handle is taken."]}


def test_sign_up_is_throttled_per_address_of_the_network(client):
    answers = [client.post("/accounts/signup/", {}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert b"A little slower, please" in client.post("/accounts/signup/", {}).content
