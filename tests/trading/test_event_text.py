"""Events as texts are the JSON of `events.encode`, whichever way they are made."""

import json

import pytest

from exchange.engine import CancelReason, RejectReason, Side, events
from exchange.trading.event_text import event_text

SAMPLES = [
    events.OrderAccepted(1, 2, 3, 4, 5),
    events.OrderRejected(1, 2, 3, 4, 5, RejectReason.INSUFFICIENT_FUNDS, 6, 7),
    events.OrderRejected(None, None, 3, 4, 5, RejectReason.UNKNOWN_CONTRACT),
    events.TradeExecuted(1, 2, 3, "book", 4, 5_000, 6, 7, 8, 9, 10, Side.BUY, 0, 11),
    events.TradeExecuted(1, 2, 3, "cross", 4, 5_000, 6, None, None, 9, 10, Side.SELL, 0, 0),
    events.OrderCancelled(1, 2, 3, 4, 5, 6, CancelReason.MEMBER),
    events.OrderReduced(1, 2, 3, 4, 5, 6, 7),
    events.CancelRejected(None, None, None, 4, 5, RejectReason.UNKNOWN_ORDER),
    events.OrderReplaced(1, 2, 3, 4, 5, 6, 7, 8, 9, True),
    events.MarketSettled(1, 2, None),
    events.AccountSettled(1, 2, 3, -4),
]


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_text_is_the_json_of_the_event(event):
    expected = json.dumps(events.encode(event), separators=(",", ":"))
    assert event_text(event) == expected
    assert events.decode(json.loads(event_text(event))) == event
