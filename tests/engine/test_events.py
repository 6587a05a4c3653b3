"""Events in JSON: shapes that people outside rely on, and back."""

import json

import pytest

from exchange.engine import CancelReason, RejectReason, Side, events

EVERY_EVENT = [
    events.OrderAccepted(1, 1, 11, 5, 7),
    events.OrderRejected(2, 1, 11, 5, 7, RejectReason.INVALID_PRICE),
    events.OrderRejected(None, None, 99, 5, 7, RejectReason.UNKNOWN_CONTRACT),
    events.OrderRejected(2, 1, 11, 5, 7, RejectReason.INSUFFICIENT_FUNDS, 450, 460),
    events.TradeExecuted(3, 1, 1, "book", 11, 4500, 10, 5, 6, 7, 8, Side.BUY, 0, 2),
    events.TradeExecuted(3, 1, 1, "auction", 11, 4500, 10, 5, 6, 7, 8, Side.SELL, 0, 2),
    events.TradeExecuted(3, 1, 1, "cross", 11, 4500, 10, None, None, 7, 8, Side.BUY, 0, 0),
    events.OrderCancelled(4, 1, 11, 5, 7, 10, CancelReason.MEMBER),
    events.OrderExpired(4, 1, 11, 5, 7, 10),
    events.OrderReduced(5, 1, 11, 5, 7, 3, 7),
    events.OrderReplaced(5, 1, 11, 5, 7, 6, 4500, 8, 10, True),
    events.OrderTriggered(5, 1, 11, 5, 7),
    events.CancelRejected(6, 1, 11, 5, 7, RejectReason.NOT_OWNER),
    events.CancelRejected(6, 1, 11, 5, 7, RejectReason.INSUFFICIENT_FUNDS, 0, 10),
    events.CancelRejected(None, None, None, 5, 7, RejectReason.UNKNOWN_ORDER),
    events.TradeVoided(7, 1, 3, 11, 4500, 10, 5, 6, 7, 8),
    events.TradeVoided(7, 1, 3, 11, 4500, 10, None, None, 7, 8),
    events.MarketOpened(1, 1),
    events.MarketHalted(1, 1),
    events.AuctionStarted(1, 1, 9000),
    events.MarketResumed(1, 1),
    events.MarketClosed(1, 1),
    events.MarketSettled(1, 1, None),
    events.MarketVoided(1, 1),
    events.AccountSettled(1, 7, 1, -300),
    events.CommandRejected(None, 9, "HaltMarket", RejectReason.UNKNOWN_MARKET),
    events.CommandRejected(8, 1, "CrossTrade", RejectReason.INSUFFICIENT_FUNDS, None, 8, 200, 275),
]
TRADE = EVERY_EVENT[4]


@pytest.mark.parametrize("event", EVERY_EVENT, ids=lambda event: type(event).__name__)
def test_encoded_and_decoded_again_is_the_same(event):
    again = events.decode(json.loads(json.dumps(events.encode(event))))
    assert again == event
    assert [type(getattr(again, name)) for name in event.__slots__] == [
        type(getattr(event, name)) for name in event.__slots__
    ]


def test_every_event_is_tried():
    assert {type(event) for event in EVERY_EVENT} == set(events.Event.__args__)


def test_trade_as_people_outside_read_it():
    assert json.dumps(events.encode(TRADE)) == (
        '{"type": "TradeExecuted", "seq": 3, "market": 1, "trade": 1, "kind": "book", '
        '"contract": 11, "price_ticks": 4500, "quantity": 10, "maker_order": 5, "taker_order": 6, '
        '"maker_account": 7, "taker_account": 8, "maker_side": "buy", "maker_open_quantity": 0, '
        '"taker_open_quantity": 2}'
    )


def test_seq_is_left_out_where_no_market_is_concerned():
    unknown_contract = events.encode(
        events.OrderRejected(None, None, 99, 5, 7, RejectReason.UNKNOWN_CONTRACT)
    )
    assert unknown_contract == {
        "type": "OrderRejected",
        "market": None,
        "contract": 99,
        "order": 5,
        "account": 7,
        "reason": "unknown_contract",
    }
    unknown_order = events.encode(
        events.CancelRejected(None, None, None, 5, 7, RejectReason.UNKNOWN_ORDER)
    )
    assert "seq" not in unknown_order
    assert unknown_order["contract"] is None


def test_have_and_need_are_said_where_money_was_missing():
    refused = events.OrderRejected(2, 1, 11, 5, 7, RejectReason.INSUFFICIENT_FUNDS, 0, 10)
    members = events.encode(refused)
    assert (members["have_ticks"], members["need_ticks"]) == (0, 10)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"type": "Nothing"},
        {"type": "MarketOpened", "market": 1},
        {"type": "MarketOpened", "seq": 1, "market": 1, "more": 1},
        {**events.encode(events.OrderCancelled(4, 1, 11, 5, 7, 10, "member")), "reason": "boredom"},
    ],
)
def test_what_is_no_event_is_refused(members):
    with pytest.raises(ValueError):
        events.decode(members)


def test_event_is_equal_only_to_one_of_its_own_kind():
    accepted = events.OrderAccepted(1, 2, 3, 4, 5)
    assert accepted == events.OrderAccepted(1, 2, 3, 4, 5)
    assert accepted != events.OrderAccepted(1, 2, 3, 4, 6)
    assert accepted != events.OrderExpired(1, 2, 3, 4, 5, 6)
    assert accepted != (1, 2, 3, 4, 5)
