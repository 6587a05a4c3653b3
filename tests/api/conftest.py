"""Clients of the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from exchange.markets.models import Contract, Market
from tests.factories import first_contract, make_market, make_member

JSON = "application/json"


class Api:
    """A client of the API that speaks JSON, as one user or as nobody."""

    def __init__(self, user: User | None = None, *, csrf: bool = False) -> None:
        self.user = user
        self.http = Client(enforce_csrf_checks=csrf)
        if user is not None:
            self.http.force_login(user)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.http.get(f"/api/v1/{path}", headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.http.post(f"/api/v1/{path}", body, content_type=JSON, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.http.patch(f"/api/v1/{path}", body, content_type=JSON, headers=headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.http.delete(f"/api/v1/{path}", headers=headers)


@pytest.fixture(autouse=True)
def full_budgets() -> None:
    """The tests of a second share an address and often a user's id."""
    cache.clear()


@pytest.fixture
def as_user() -> Callable[..., Api]:
    return Api


@pytest.fixture
def anonymous(db: None) -> Api:
    return Api()


@pytest.fixture
def alice(db: None) -> Api:
    return Api(make_member("alice"))


@pytest.fixture
def bob(db: None) -> Api:
    return Api(make_member("bob"))


@pytest.fixture
def charlie(db: None) -> Api:
    """A stranger: has an account, but nothing to do with what is asked for."""
    return Api(make_member("charlie"))


@pytest.fixture
def market(db: None) -> Market:
    return make_market(title="Will it rain?")


@pytest.fixture
def contract(market: Market) -> Contract:
    return first_contract(market)


@pytest.fixture
def open_market(books: Any) -> Market:
    """A market that the books know of: orders in it are judged."""
    return books.open(make_market(title="Will it rain?", status="draft"))


def order_of(contract: Contract, /, **changes: Any) -> dict[str, Any]:
    """The body of an order."""
    body = {
        "contract": str(contract.pk),
        "side": "buy",
        "type": "limit",
        "price": "0.4500",
        "quantity": 10,
        "time_in_force": "GTC",
    } | changes
    return {name: value for name, value in body.items() if value is not None}


def problem(response: HttpResponse) -> tuple[int, str]:
    """The status and code of an answer that must be a complete problem."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "errors", "hint"} <= set(body)
    assert body["status"] == response.status_code
    assert body["instance"] == response.wsgi_request.path
    return response.status_code, body["code"]
