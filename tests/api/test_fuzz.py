"""Whatever is sent, the answer is an order or a problem, never an error of ours."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import order_of, problem

FIELDS = ["contract", "side", "type", "price", "quantity", "time_in_force", "client_order_id"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["buy", "sell", "limit", "GTC", "IOC", "0.45", "0.4500", "1", "0", "-1"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIXTURES = [HealthCheck.function_scoped_fixture]
ALLOWED = {201, 202, 400, 404, 409, 422}


@pytest.fixture(autouse=True)
def no_budgets(settings):
    """As fast as it can: what is looked for lies behind the throttle."""
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": {}}


@pytest.mark.django_db
@settings(max_examples=100, deadline=None, suppress_health_check=FIXTURES)
@given(
    changes=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3),
    extra=st.dictionaries(st.text(max_size=8), VALUES, max_size=1),
)
def test_any_json_object_as_an_order_gets_an_answer(alice, open_market, changes, extra):
    body = order_of(open_market.contracts.get(), quantity=1) | changes | extra

    response = alice.post("orders/", json.dumps(body))

    assert response.status_code in ALLOWED
    if response.status_code >= 400:
        problem(response)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(body=st.binary(max_size=60))
def test_any_bytes_as_an_order_are_malformed_or_invalid(alice, body):
    response = alice.http.post("/api/v1/orders/", body, content_type="application/json")

    assert response.status_code == 400
    problem(response)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=FIXTURES)
@given(
    path=st.sampled_from(
        ["events/", "markets/", "markets/x/book/", "orders/", "account/positions/"]
    ),
    name=st.sampled_from(
        ["cursor", "limit", "status", "q", "category", "depth", "market", "contract", "min_seq",
         "min_account_seq", "format", "metadata"]
    ),
    value=st.text(max_size=20)
    | st.integers().map(str)
    | st.text(max_size=20).map("venue:{}".format),
)  # fmt: skip
def test_any_query_gets_an_answer(alice, path, name, value, settings):
    settings.REPLY_TIMEOUT_S = 0

    response = alice.http.get(f"/api/v1/{path}", {name: value})

    assert response.status_code in {200, 400, 404, 406, 503}
    if response.status_code >= 400:
        problem(response)
