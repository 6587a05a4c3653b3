"""What counts as a change: pure, on events as the journal has them."""

import pytest

from notifications.changes import MarketChange, OrderChange, TradeChange, changes_of


def accepted(order, seq):
    ids = {"order": order, "account": order * 10, "seq": seq, "market": 1, "contract": 11}
    return {"type": "OrderAccepted", **ids}


def trade(seq, maker, taker, *, left, quantity=5, price=4500):
    maker_left, taker_left = left
    return {
        "type": "TradeExecuted",
        "seq": seq,
        "market": 1,
        "trade": seq,
        "kind": "book",
        "contract": 11,
        "price_ticks": price,
        "quantity": quantity,
        "maker_order": maker,
        "taker_order": taker,
        "maker_account": maker and maker * 10,
        "taker_account": taker and taker * 10,
        "maker_side": "sell",
        "maker_open_quantity": maker_left,
        "taker_open_quantity": taker_left,
    }


def told(*events):
    return [
        (change.order, change.status, change.seq, change.fills, change.quantity)
        for change in changes_of([[7, {"type": "PlaceOrder"}, list(events)]])
    ]


def test_changes_of_resting_order_is_new():
    assert told(accepted(1, 5)) == [(1, "new", 5, (), 0)]


def test_changes_of_trade_tell_both_sides_with_what_is_left():
    assert told(accepted(2, 5), trade(6, 1, 2, left=(3, 0))) == [
        (2, "new", 5, (), 0),
        (1, "partially_filled", 6, ((4500, 5),), 3),
        (2, "filled", 6, ((4500, 5),), 0),
    ]


def test_changes_of_sweep_tell_partial_fills_of_taker_once_and_the_last_one_apart():
    sweep = (
        trade(6, 1, 9, left=(0, 15), price=4100),
        trade(7, 2, 9, left=(0, 10), price=4200),
        trade(8, 3, 9, left=(0, 5), price=4300),
        trade(9, 4, 9, left=(2, 0), price=4400),
    )
    assert [change for change in told(accepted(9, 5), *sweep) if change[0] == 9] == [
        (9, "new", 5, (), 0),
        (9, "partially_filled", 8, ((4100, 5), (4200, 5), (4300, 5)), 5),
        (9, "filled", 9, ((4400, 5),), 0),
    ]


def test_changes_of_one_maker_hit_in_two_commands_are_two():
    first = [1, {}, [trade(6, 1, 2, left=(8, 0))]]
    second = [2, {}, [trade(7, 1, 3, left=(4, 0))]]
    mine = [change for change in changes_of([first, second]) if change.order == 1]
    assert [(change.seq, change.quantity) for change in mine] == [(6, 8), (7, 4)]


@pytest.mark.parametrize(
    ("kind", "status"), [("OrderCancelled", "cancelled"), ("OrderExpired", "expired")]
)
def test_changes_of_end_say_what_did_not_trade(kind, status):
    event = {**accepted(1, 8), "type": kind, "quantity": 4}
    assert told(event) == [(1, status, 8, (), 4)]


def test_changes_of_rejection_without_market_have_a_key_of_their_own():
    event = {"type": "OrderRejected", "order": 1, "account": 10, "contract": 5}
    event["reason"] = "unknown_contract"
    (change,) = changes_of([[1, {}, [event]]])
    assert change == OrderChange(
        order=1, account=10, status="rejected", seq=None, reason="unknown_contract"
    )
    assert change.key == "order:1:rejected"


def test_changes_of_settlement_come_with_all_amounts():
    paid = {"type": "AccountSettled", "seq": 8, "market": 1, "account": 10, "amount_ticks": 55}
    settled = {"type": "MarketSettled", "seq": 9, "market": 1, "winner": 11}
    (change,) = changes_of([[1, {}, [paid, settled]]])
    expected = MarketChange(market=1, status="settled", seq=9, winner=11, amounts_ticks={10: 55})
    assert change == expected
    assert change.key == "market:1:9"


@pytest.mark.parametrize("kind", ["CancelRejected", "AuctionStarted", "NotKnownYet"])
def test_changes_of_what_leaves_the_status_are_none(kind):
    assert told({**accepted(1, 8), "type": kind}) == []


def test_changes_of_cross_without_orders_are_none():
    cross = trade(6, None, None, left=(0, 0))
    assert told({**cross, "maker_account": 10, "taker_account": 20}) == []


def test_changes_of_trigger_reduction_and_replacement():
    more = {"price_ticks": 5_000, "quantity": 8, "new_order": 2, "cancelled_quantity": 10}
    changes = [
        {**accepted(1, 7), "type": "OrderTriggered"},
        {**accepted(1, 8), "type": "OrderReduced", "by": 3, "open_quantity": 7},
        {**accepted(1, 9), "type": "OrderReplaced", **more},
    ]
    assert [
        (change.status, change.seq, change.quantity, change.price_ticks, change.key)
        for change in changes_of([[7, {}, changes]])
    ] == [
        ("triggered", 7, 0, None, "order:1:7"),
        ("reduced", 8, 7, None, "order:1:8"),
        ("replaced", 9, 8, 5_000, "order:1:9"),
    ]


def test_changes_of_voided_trade_tell_both_accounts():
    event = {
        "type": "TradeVoided",
        "seq": 9,
        "market": 1,
        "trade": 5,
        "contract": 11,
        "price_ticks": 4_500,
        "quantity": 3,
        "maker_order": None,
        "taker_order": None,
        "buyer": 70,
        "seller": 80,
    }
    changes = list(changes_of([[7, {}, [event]]]))
    assert all(isinstance(change, TradeChange) for change in changes)
    assert [(change.account, change.side, change.key) for change in changes] == [
        (70, "buy", "trade:5:9:70"),
        (80, "sell", "trade:5:9:80"),
    ]


@pytest.mark.parametrize(
    ("kind", "status", "is_over"),
    [
        ("MarketOpened", "opened", False),
        ("MarketHalted", "halted", False),
        ("MarketResumed", "resumed", False),
        ("MarketClosed", "closed", False),
        ("MarketSettled", "settled", True),
        ("MarketVoided", "voided", True),
    ],
)
def test_changes_of_market_say_where_it_stands(kind, status, is_over):
    [change] = changes_of([[7, {}, [{"type": kind, "seq": 4, "market": 3}]]])
    assert (change.status, change.is_over, change.key) == (status, is_over, "market:3:4")
