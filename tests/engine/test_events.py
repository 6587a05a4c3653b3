"""Events in JSON: shapes that people outside rely on, and back."""

import json

import pytest

from exchange.engine import CancelReason, RejectReason, Side, events

EVERY_EVENT = [
    events.OrderAccepted(1, 1, 11, 5, 7),
    events.OrderRejected(2, 1, 11, 5, 7, RejectReason.INVALID_PRICE),
    events.OrderRejected(None, None, 99, 5, 7, RejectReason.UNKNOWN_CONTRACT),
    events.TradeExecuted(3, 1, 1, "book", 11, 4500, 10, 5, 6, 7, 8, Side.BUY, 0, 2),
    events.OrderCancelled(4, 1, 11, 5, 7, 10, CancelReason.MEMBER),
    events.OrderReduced(5, 1, 11, 5, 7, 3, 7),
    events.CancelRejected(6, 1, 11, 5, 7, RejectReason.NOT_OWNER),
    events.CancelRejected(None, None, None, 5, 7, RejectReason.UNKNOWN_ORDER),
    events.MarketOpened(1, 1),
    events.MarketHalted(1, 1),
    events.MarketResumed(1, 1),
    events.MarketClosed(1, 1),
    events.MarketSettled(1, 1, None),
    events.MarketVoided(1, 1),
    events.AccountSettled(1, 7, 1, -300),
    events.CommandRejected(None, 9, "HaltMarket", RejectReason.UNKNOWN_MARKET),
]


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: type(event).__name__)
def test_encoded_and_decoded_again_is_the_same(event):
    again = events.decode(json.loads(json.dumps(events.encode(event))))
    assert again == event
    assert hash(again) == hash(event)
    assert [type(getattr(again, name)) for name in event.__slots__] == [
        type(getattr(event, name)) for name in event.__slots__
    ]


def test_every_event_is_tried():
    assert {type(event) for event in EVERY_EVENT} == set(events.Event.__args__)


def test_trade_as_people_outside_read_it():
    assert json.dumps(events.encode(EVERY_EVENT[3])) == (
        '{"type": "TradeExecuted", "seq": 3, "market": 1, "trade": 1, "kind": "book", '
        '"contract": 11, "price_ticks": 4500, "quantity": 10, "maker_order": 5, "taker_order": 6, '
        '"maker_account": 7, "taker_account": 8, "maker_side": "buy", "maker_open_quantity": 0, '
        '"taker_open_quantity": 2}'
    )


def test_seq_is_left_out_where_no_market_is_concerned():
    unknown_contract = events.encode(EVERY_EVENT[2])
    assert "seq" not in unknown_contract
    assert unknown_contract["contract"] == 99
    unknown_order = events.encode(EVERY_EVENT[7])
    assert "seq" not in unknown_order
    assert unknown_order["contract"] is None


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"type": "Nothing"},
        {"type": "MarketOpened", "market": 1},
        {"type": "MarketOpened", "seq": 1, "market": 1, "more": 1},
        {**events.encode(EVERY_EVENT[4]), "reason": "boredom"},
    ],
)
def test_what_is_no_event_is_refused(members):
    with pytest.raises(ValueError):
        events.decode(members)
