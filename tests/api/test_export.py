"""GET account/export/: all that is kept of a member, as one JSON document."""

import json

import pytest

from exchange.trading.models import Order
from tests.factories import first_contract, make_account, make_market, make_order

pytestmark = pytest.mark.django_db


def problem(response):
    return response.status_code, response.json()["code"]


def test_export_is_the_members_own(alice):
    contract = first_contract(make_market())
    own = make_order(alice.user.account, contract)
    make_order(make_account(), contract)

    response = alice.get("account/export/")

    assert response.status_code == 200
    told = json.loads(b"".join(response))
    assert told["profile"]["handle"] == "alice"
    assert [row["id"] for row in told["orders"]] == [str(own.pk)]
    assert Order.objects.count() == 2


def test_export_is_for_members_and_only_read(alice, anonymous):
    assert problem(anonymous.get("account/export/")) == (401, "not_authenticated")
    assert problem(alice.post("account/export/", {})) == (405, "method_not_allowed")


def test_export_waits_for_what_the_member_was_told(alice):
    answer = alice.get("account/export/?min_account_seq=9")
    assert problem(answer) == (503, "unavailable")
    assert problem(alice.get("account/export/?min_account_seq=x")) == (400, "invalid")
