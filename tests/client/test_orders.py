"""An order in one's own words, and as the exchange reads it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from likely_client import NewOrder, UnknownOutcomeError
from likely_client.models import Contract, Market
from likely_client.orders import wire_order


def market(*names: str) -> Market:
    contracts = tuple(Contract(id=str(n), name=name) for n, name in enumerate(names, start=1))
    return Market(
        id="1", slug="m", title="M", event="e", event_title="E", category="", rules="",
        status="open", tick_size=Decimal("0.01"), has_other=False, seq=1, volume=0, trade_count=0,
        contracts=contracts, created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def wire(outcome: str, *names: str, **more: object) -> dict[str, object]:
    order = {"market": "m", "side": "buy", "quantity": 3, "price": "0.40", **more}
    made = wire_order(NewOrder(outcome=outcome, **order), market(*names))
    assert len(made.pop("client_order_id")) == 24 or "client_order_id" in more
    return made


@pytest.mark.parametrize(
    ("price", "side", "expected"),
    [
        ("0.4276", "buy", "0.42"), ("0.4276", "sell", "0.43"), ("0.42", "buy", "0.42"),
        ("-0.5", "buy", "0.01"), ("1.5", "sell", "0.99"),
    ],
)  # fmt: skip
def test_price_is_brought_to_the_grid(price, side, expected):
    found = replace(market("Yes"), tick_size=Decimal("0.0100")).on_tick(Decimal(price), side=side)
    assert found == Decimal(expected)


def test_yes_is_the_contract():
    assert wire("yes", "Yes") == {
        "contract": "1", "side": "buy", "price": "0.40", "quantity": 3, "type": "limit",
    }  # fmt: skip


def test_no_is_the_other_side_of_yes():
    assert wire("No", "Yes") == {
        "contract": "1", "side": "sell", "price": "0.60", "quantity": 3, "type": "limit",
    }  # fmt: skip


def test_no_may_be_an_outcome_of_its_own():
    assert wire("No", "Yes", "No")["contract"] == "2"


def test_outcome_is_found_by_name_before_id():
    assert wire("2", "2", "Blues")["contract"] == "1"
    assert wire("2", "Reds", "Blues")["contract"] == "2"


@pytest.mark.parametrize("outcome", ["", "Maybe", "no"])
def test_unknown_outcome_names_those_there_are(outcome):
    with pytest.raises(UnknownOutcomeError) as error:
        wire(outcome, "Reds", "Blues")
    assert error.value.known == ("Reds", "Blues")


@pytest.mark.parametrize("price", [0.4, True, None.__class__])
def test_float_is_no_price(price):
    with pytest.raises(TypeError, match=r"as \"0.45\""):
        wire("Yes", "Yes", price=price)


def test_small_price_is_written_in_digits():
    assert wire("Yes", "Yes", price=Decimal("1E-2"))["price"] == "0.01"


def test_terms_are_passed_on():
    at = datetime(2027, 1, 1, tzinfo=UTC)
    made = wire("Yes", "Yes", post_only=True, expires_at=at, max_cost=Decimal(5), type="stop")
    assert (made["post_only"], made["max_cost"], made["type"]) == (True, "5", "stop")
    assert made["expires_at"] == "2027-01-01T00:00:00+00:00"


def test_each_order_gets_a_name_of_its_own():
    order = NewOrder(market="m", outcome="Yes", side="buy", quantity=1, price="0.5")
    names = {wire_order(order, market("Yes"))["client_order_id"] for _ in range(100)}
    assert len(names) == 100
