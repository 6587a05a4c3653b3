"""The user model and its manager."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_create_user_keeps_the_address_in_lower_case_and_hashes_the_password(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = User.objects.create_user("Anna@Example.COM", "Anna", PASSWORD)
    assert (user.email, user.handle, str(user)) == ("anna@example.com", "Anna", "Anna")
    assert user.password.startswith("argon2")
    assert (user.is_staff, user.is_superuser, user.is_active, user.is_bot) == (
        False,
        False,
        True,
        False,
    )


def test_create_user_without_password_cannot_log_in():
    user = User.objects.create_user("bot@example.com", "bot", is_bot=True)
    assert not user.has_usable_password()
    assert authenticate(username="bot@example.com", password="") is None


@pytest.mark.parametrize(("email", "handle"), [("", "anna"), ("anna@example.com", "")])
def test_create_user_needs_address_and_handle(email, handle):
    with pytest.raises(ValueError, match="needs an e-mail address and a handle"):
        User.objects.create_user(email, handle)


@pytest.mark.parametrize(
    ("email", "handle"),
    [
        ("anna@example.com", "other"),
        ("ANNA@EXAMPLE.COM", "other"),
        ("other@example.com", "anna"),
        ("other@example.com", "ANNA"),
    ],
)
def test_database_refuses_twins_in_any_case(email, handle):
    User.objects.create_user("anna@example.com", "anna")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email=email, handle=handle)


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        ({"email": "ANNA@example.com", "handle": "other"}, {"email"}),
        ({"email": "other@example.com", "handle": "ANNA"}, {"__all__"}),
        ({"email": "other@example.com", "handle": "me"}, {"handle"}),
    ],
)
def test_full_clean_says_which_field_is_taken(fields, texts):
    User.objects.create_user("anna@example.com", "anna")
    with pytest.raises(ValidationError) as error:
        User(password="x", **fields).full_clean()
    assert set(error.value.message_dict) == texts


def test_superuser_is_made_by_the_command_and_found_by_any_case_of_the_address(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", interactive=False, email="Root@example.com", handle="operator")
    user = User.objects.get_by_natural_key("ROOT@example.com")
    assert (user.is_staff, user.is_superuser) == (True, True)
    assert authenticate(username="root@EXAMPLE.com", password=PASSWORD) == user


def test_full_name_is_the_name_else_the_handle():
    assert User(handle="anna").get_full_name() == "anna"
    assert User(handle="anna", name="Anna A.").get_full_name() == "Anna A."
    assert User(handle="anna", name="Anna A.").get_short_name() == "anna"
