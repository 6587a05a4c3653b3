"""What a visitor is shown when a page fails."""

import pytest
from django.db import InternalError, OperationalError

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing(client, monkeypatch):
    """Get the first page while what it reads raises an error."""
    client.raise_request_exception = False

    def get(error: Exception):
        def fail(*_, **__):
            raise error

        monkeypatch.setattr("exchange.web.views.home.list_cards", fail)
        return client.get("/")

    return get


@pytest.mark.parametrize("error", [OperationalError("gone"), InternalError("idle too long")])
def test_page_without_a_database_is_503_and_says_when_to_come_back(failing, error):
    answer = failing(error)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "out of reach for a moment" in answer.text


def test_page_that_fails_for_another_reason_is_500(failing):
    answer = failing(ZeroDivisionError("secret"))
    assert (answer.status_code, answer.has_header("Retry-After")) == (500, False)
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text
