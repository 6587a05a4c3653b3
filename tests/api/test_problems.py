"""Every error is a problem with a code, whatever raised it."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InternalError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions

from core.api.problems import problem_of
from core.errors import MEANINGS, Code, Problem
from exchange.engine.enums import RejectReason
from exchange.markets import selectors
from exchange.trading.reasons import code_of
from tests.api.conftest import problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_meaning_and_is_documented(code, client):
    meaning = MEANINGS[code]
    page = client.get("/api/docs/problems/").content.decode()

    assert 400 <= meaning.status < 600
    assert meaning.title
    assert meaning.hint.endswith((".", "?"))
    assert f'id="{code}"' in page
    assert Problem(code).as_json()["type"] == f"/api/docs/problems/#{code}"


@pytest.mark.parametrize("reason", RejectReason)
def test_every_reason_of_the_engine_has_a_code(reason):
    assert code_of(str(reason)) in Code


def test_a_word_that_is_no_reason_has_no_code():
    with pytest.raises(ValueError, match="nonsense"):
        code_of("nonsense")


@pytest.mark.parametrize(
    ("exc", "code", "status"),
    [
        (Problem(Code.MARKET_HALTED), Code.MARKET_HALTED, 409),
        (Problem(Code.INVALID_PRICE, status=409), Code.INVALID_PRICE, 409),
        (exceptions.ParseError("x"), Code.MALFORMED, 400),
        (exceptions.ValidationError("x"), Code.INVALID, 400),
        (exceptions.NotAuthenticated(), Code.NOT_AUTHENTICATED, 401),
        (exceptions.AuthenticationFailed(), Code.NOT_AUTHENTICATED, 401),
        (exceptions.PermissionDenied(), Code.PERMISSION_DENIED, 403),
        (PermissionDenied(), Code.PERMISSION_DENIED, 403),
        (Http404("no table x"), Code.NOT_FOUND, 404),
        (exceptions.NotFound(), Code.NOT_FOUND, 404),
        (exceptions.MethodNotAllowed("PUT"), Code.METHOD_NOT_ALLOWED, 405),
        (exceptions.NotAcceptable(), Code.NOT_ACCEPTABLE, 406),
        (RequestDataTooBig(), Code.BODY_TOO_LARGE, 413),
        (exceptions.UnsupportedMediaType("x"), Code.UNSUPPORTED_MEDIA_TYPE, 415),
        (exceptions.Throttled(0.2), Code.THROTTLED, 429),
        (SuspiciousOperation("secret"), Code.MALFORMED, 400),
        (UnreadablePostError("x"), Code.MALFORMED, 400),
        (OperationalError("server closed"), Code.UNAVAILABLE, 503),
        (InternalError("idle-in-transaction timeout"), Code.UNAVAILABLE, 503),
        (ZeroDivisionError("secret"), Code.INTERNAL_ERROR, 500),
    ],
)
def test_exception_becomes_a_problem_without_its_secrets(exc, code, status):
    found = problem_of(exc)

    assert (found.code, found.status) == (code, status)
    assert "secret" not in str(found.as_json())
    if status in {429, 503}:
        assert found.retry_after_s >= 1


def test_validation_errors_are_flattened_with_their_paths():
    found = problem_of(exceptions.ValidationError({"a": ["x"], "b": [{"c": ["y"]}, {}]}))

    assert found.errors == (
        {"field": "a", "code": "invalid", "detail": "x"},
        {"field": "b.c", "code": "invalid", "detail": "y"},
    )
    assert found.detail == "a: x b.c: y"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["", "v1/", "v1/nothing/", "v2/markets/", "v1/markets"])
def test_unknown_address_is_404_by_every_method(client, method, path):
    response = client.generic(method.upper(), f"/api/{path}")

    assert problem(response) == (404, "not_found")


def test_unknown_address_without_its_slash_says_so(client):
    told = client.get("/api/v1/markets").json()

    assert told["detail"].endswith("Addresses end with a slash: /api/v1/markets/.")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png"])
def test_representation_that_is_not_offered_is_406(anonymous, accept):
    response = anonymous.get("markets/", Accept=accept)

    assert problem(response) == (406, "not_acceptable")


def test_format_that_is_not_offered_is_406_and_json_is(anonymous):
    assert problem(anonymous.get("markets/?format=xml")) == (406, "not_acceptable")
    assert anonymous.get("markets/?format=json").status_code == 200
    assert anonymous.get("markets/", Accept="text/html,*/*;q=0.8").status_code == 200


def test_error_nobody_expected_is_500_and_logged(anonymous, monkeypatch, caplog):
    def break_down(**_):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("exchange.marketdata.figures.api.list_markets", break_down)

    response = anonymous.get("markets/")

    assert problem(response) == (500, "internal_error")
    assert b"secret" not in response.content
    assert "secret" in caplog.text
    assert selectors.list_markets is not break_down


def test_database_that_is_away_is_503_with_retry_after(anonymous, monkeypatch):
    def be_away(**_):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr("exchange.marketdata.figures.api.list_markets", be_away)

    response = anonymous.get("markets/")

    assert problem(response) == (503, "unavailable")
    assert response["Retry-After"] == "1"


def test_every_answer_has_a_request_id(anonymous):
    assert anonymous.get("nothing/")["X-Request-ID"]
