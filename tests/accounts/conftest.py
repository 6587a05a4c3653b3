"""What the tests of the account pages share."""

import re

import pytest
from django.core import mail
from django.core.cache import cache

PASSWORD = "a long enough phrase 7"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """A slow hash protects nobody here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as outside of a test: mail goes out then."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def sign_up(client, commit):
    """Send the sign-up form; the fields given replace good ones."""

    def send(**fields):
        good = {"username": "anna", "email": "anna@example.com", "password1": PASSWORD}
        with commit():
            return client.post("/accounts/signup/", good | fields)

    return send


@pytest.fixture
def log_in(client, commit):
    """Send the log-in form."""

    def send(email, password=PASSWORD, **fields):
        with commit():
            form = {"login": email, "password": password} | fields
            return client.post("/accounts/login/", form)

    return send


def link_in(message):
    """Return the path of the link in a mail, having checked that it is on SITE_URL."""
    found = re.search(r"^http://localhost:8000(/accounts/\S+/)$", message.body, re.MULTILINE)
    assert found, message.body
    return found[1]


def last_link():
    """Return the path of the link in the newest mail."""
    return link_in(mail.outbox[-1])
