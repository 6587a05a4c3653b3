"""The load sends what it says it sends, and counts what it is answered."""

import json

from benchmarks.load.batches import Answers, make_batches
from benchmarks.load.singles import Acks
from benchmarks.load.site import People
from exchange.trading.bodies import decode_orders

PEOPLE = People(cookies=["a", "b"], contracts=["7", "8"], slugs=["seven", "eight"])


def test_batches_are_read_the_quick_way_and_are_the_same_each_time():
    bodies = list(make_batches(PEOPLE, bot=1, orders=1_100, size=500))
    orders = [decode_orders(body) for body in bodies]
    assert [len(batch) for batch in orders] == [500, 500, 100]
    assert {order.side for batch in orders for order in batch} == {"buy"}
    assert bodies == list(make_batches(PEOPLE, bot=1, orders=1_100, size=500))


def test_answers_are_counted_by_what_they_say():
    answers = Answers()
    results = [
        {"status": 201, "body": {"market": "seven", "market_seq": 5}},
        {"status": 201, "body": {"market": "seven", "market_seq": 4}},
        {"status": 409, "body": {"code": "insufficient_funds"}},
        {"status": 202, "body": {"status": "pending_new"}},
    ]
    answers.take(json.dumps({"results": results}).encode(), 12.5)
    assert (answers.accepted, answers.seqs, answers.times_ms) == (2, {"seven": 5}, [12.5])
    assert answers.refused == {"insufficient_funds": 1, "pending_new": 1}


def test_acknowledgements_count_from_when_an_order_was_due():
    acks = Acks(2, due_s={1: 0.0, 2: 0.0})
    acks.take('{"type":"heartbeat"}')
    acks.take('{"id":1,"ok":true,"status":201}')
    assert (acks.refused, acks.whole.is_set()) == ({}, False)
    acks.take('{"id":2,"ok":false,"error":{"code":"throttled"}}')
    assert (acks.refused, acks.whole.is_set()) == ({"throttled": 1}, True)
    assert len(acks.times_ms) == 2
