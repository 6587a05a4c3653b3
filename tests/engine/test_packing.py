"""Packed events: there and back, whatever the numbers."""

import pytest

from exchange.engine import Side, events
from exchange.engine.enums import CancelReason, RejectReason
from exchange.engine.packing import pack, unpack

EVENTS = [
    events.OrderAccepted(1, 2, 3, 4, 5),
    events.OrderAccepted(1, 2, 3, 2**70, 5),
    events.TradeExecuted(1, 2, 3, "book", 4, 5, 6, 7, 8, 9, 10, Side.SELL, 0, 12),
    events.TradeExecuted(1, 2, 3, "auction", 4, 5, 6, 7, 8, 9, 10, Side.BUY, 11, 0),
    events.TradeExecuted(1, 2, 3, "cross", 4, 5, 6, None, None, 9, 10, Side.BUY, 0, 0),
    *[events.OrderCancelled(1, 2, 3, 4, 5, 6, reason) for reason in CancelReason],
    events.OrderReduced(1, 2, 3, 4, 5, 6, 7),
    events.OrderRejected(None, None, 3, 4, 5, RejectReason.UNKNOWN_CONTRACT),
    events.AccountSettled(1, 2, 3, -4),
    events.MarketOpened(1, 2),
]


def test_events_come_back_as_they_were():
    assert list(unpack(pack(EVENTS))) == EVENTS


@pytest.mark.parametrize("data", [b"\x09", b"\x01\0", b"\x02\0", b"\0\x05\0\0\0{}"])
def test_other_bytes_are_refused(data):
    with pytest.raises(ValueError):
        list(unpack(data))
