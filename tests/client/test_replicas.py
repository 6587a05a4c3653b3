"""Replicas on a live site, over a line that loses, doubles, swaps and cuts."""

import json
import random
import threading
import time
from decimal import Decimal

import pytest
from likely_client._http import Http

from tests.client.proxies import FrameProxy

pytestmark = pytest.mark.process


@pytest.fixture
def line(site):
    proxy = FrameProxy(site.url)
    yield proxy
    proxy.close()


@pytest.fixture
def wind(slugs, ann, ben):
    yield slugs["Wind"]
    ann.cancel_all()
    ben.cancel_all()


@pytest.fixture
def watcher(client_of, line, site, keys):
    """Ann's client, whose live feed goes over the line; REST goes past it."""
    client = client_of("ann", line.url)
    client._client._http = Http(site.url, keys["ann"], timeout_s=30)
    return client


def until(true, timeout_s=15):
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def same(book, client, market):
    """Whether a replica has what the exchange says."""
    return book.depth() == client.depth(market, levels=10_000)


def deltas_of(channel, action):
    """A fate for the deltas of a channel; everything else is passed on."""

    def fate(text):
        frame = json.loads(text)
        is_meant = frame.get("channel") == channel and frame.get("type") == "delta"
        return action(text) if is_meant else [text]

    return fate


def test_book_is_there_at_once_and_follows(ann, wind):
    ann.buy(wind, "Yes", price="0.40", quantity=3)
    with ann.book(wind) as book:
        assert book.is_live
        assert book.best_bid == (Decimal("0.40"), 3)
        assert (book.best_ask, book.mid, book.spread) == (None, None, None)
        ann.sell(wind, "Yes", price="0.50", quantity=2)
        assert book.changed(5)
        until(lambda: book.best_ask == (Decimal("0.50"), 2))
        assert (book.mid, book.spread) == (Decimal("0.45"), Decimal("0.10"))
        assert len(book.depth(10).bids) == 1
        assert not book.changed(0.3)
        assert book.counters.gaps == 0


def test_book_of_several_outcomes_is_read_by_outcome(ann, slugs):
    cup = slugs["League"]
    with ann.book(cup) as book, ann.book(cup, "Blues") as blues:
        ann.buy(cup, "Blues", price="0.22", quantity=2)
        until(lambda: blues.best_bid == (Decimal("0.22"), 2))
        until(lambda: book["blues"].best_bid == blues.best_bid)
        assert book["Reds"].best_bid is None
        with pytest.raises(LookupError, match="Reds, Blues, Greens"):
            book.depth()


def lose_one(seen):
    def action(text):
        seen.append(text)
        return [] if len(seen) == 2 else [text]

    return action


def double(seen):
    def action(text):
        seen.append(text)
        return [text, text]

    return action


def swap(seen):
    def action(text):
        seen.append(text)
        if len(seen) == 2:
            return []
        return [text, seen[1]] if len(seen) == 3 else [text]

    return action


def falsify(seen):
    def action(text):
        seen.append(text)
        return [text.replace('"checksum":', '"checksum":1')] if len(seen) == 2 else [text]

    return action


@pytest.mark.parametrize(
    ("kind", "counter"),
    [(lose_one, "gaps"), (double, "old_frames"), (swap, "gaps"), (falsify, "checksum_errors")],
)
def test_book_heals_and_says_so(client_of, ann, line, wind, kind, counter):
    reader = client_of(None, line.url)
    seen = []
    # Markets are read past the line, which carries the live feed alone.
    reader._client._markets[wind] = ann.market(wind)
    with reader.book(wind) as book:
        line.fate = deltas_of("book", kind(seen))
        for number in range(5):
            ann.buy(wind, "Yes", price=f"0.{20 + number}", quantity=number + 1)
            until(lambda count=number: len(seen) > count)
        until(lambda: book.is_live and same(book, ann, wind))
        assert getattr(book.counters, counter) >= 1
        assert book.counters.reconnects == 0


def test_last_frame_that_is_lost_is_noticed_by_the_heartbeat(client_of, ann, line, wind):
    reader = client_of(None, line.url)
    reader._client._markets[wind] = ann.market(wind)
    with reader.book(wind) as book:
        line.fate = deltas_of("book", lambda _: [])
        ann.buy(wind, "Yes", price="0.27", quantity=1)
        until(lambda: same(book, ann, wind), timeout_s=10)
        assert book.counters.gaps == 1


def test_cut_line_comes_back_and_goes_on_where_it_was(client_of, ann, line, wind):
    reader = client_of(None, line.url)
    reader._client._markets[wind] = ann.market(wind)
    with reader.book(wind) as book:
        for number in range(3):
            line.cut()
            ann.buy(wind, "Yes", price=f"0.3{number}", quantity=1)
            until(lambda: book.is_live and same(book, ann, wind))
        counters = book.counters
        assert counters.reconnects == 3
        assert counters.gaps == counters.resyncs == 0, "what was missed came by since"


def test_subscription_that_is_lost_after_a_cut_is_asked_for_again(client_of, ann, line, wind):
    reader = client_of(None, line.url)
    reader._client._markets[wind] = ann.market(wind)
    lost = []

    def lose_first(text):
        if lost or json.loads(text)["op"] != "subscribe":
            return [text]
        lost.append(text)
        return []

    with reader.book(wind) as book:
        reader._client._connection.timeout_s = 1
        line.fate_up = lose_first
        line.cut()
        ann.buy(wind, "Yes", price="0.28", quantity=1)
        until(lambda: book.is_live and same(book, ann, wind))
        assert len(lost) == 1
        assert book.counters.reconnects == 2


def test_trades_come_once_and_in_order_over_a_bad_line(client_of, ann, ben, line, wind):
    reader = client_of(None, line.url)
    reader._client._markets[wind] = ann.market(wind)
    stream = reader.trades_live(wind)
    first = ann.buy(wind, "Yes", price="0.40", quantity=100)
    opened = line.connections
    got = []

    def trade():
        ben.sell(wind, "Yes", price="0.40", quantity=1)

    collecting = threading.Thread(target=lambda: got.extend(next(stream) for _ in range(8)))
    collecting.start()
    until(lambda: line.connections > opened)
    time.sleep(0.5)
    seen = []
    line.fate = deltas_of("trades", swap(seen))
    for number in range(8):
        trade()
        if number in {4, 6}:
            line.cut()
    collecting.join(20)
    assert not collecting.is_alive()
    stream.close()
    assert [one.id for one in got] == [fill.id for fill in ann.order(first).fills]


def test_account_is_followed_and_heals(watcher, ann, ben, line, wind):
    with watcher.account() as account:
        assert account.orders == []
        before = account.balance.available
        order = ann.buy(wind, "Yes", price="0.40", quantity=10)
        until(lambda: [one.id for one in account.orders] == [order.id])
        assert account.balance.available == before - 4
        held = account.position(order.contract)
        ben.sell(wind, "Yes", price="0.40", quantity=4)
        until(lambda: account.position(order.contract) == held + 4)
        until(lambda: [fill.order for fill in account.fills] == [order.id])
        seen = []
        line.fate = deltas_of("account", lose_one(seen))
        for number in range(3):
            ben.sell(wind, "Yes", price="0.40", quantity=1)
            until(lambda count=number: len(seen) > count)
        until(lambda: account.is_live and account.position(order.contract) == held + 7)
        line.cut()
        ann.cancel(order)
        until(lambda: account.is_live and account.orders == [])
        counters = account.counters
        assert (counters.gaps, counters.reconnects) == (1, 1)
        assert counters.resyncs >= 1


def test_fills_of_a_gap_are_handed_over_once_and_in_order(watcher, ann, ben, line, wind):
    order = ann.buy(wind, "Yes", price="0.40", quantity=100)
    chance, got, told = random.Random(3), [], []
    with watcher.account() as account:
        line.fate = deltas_of("account", lambda text: [text] if chance.random() < 0.6 else [])
        for number in range(40):
            if number % 10 == 5:  # in the midst of a trade: its answer and its frame race the cut
                selling = threading.Thread(
                    target=ben.sell, args=(wind, "Yes"), kwargs={"price": "0.40", "quantity": 1}
                )
                until(lambda: account.is_live)  # else there is nothing to cut
                selling.start()
                line.cut()
                selling.join()
            else:
                ben.sell(wind, "Yes", price="0.40", quantity=1)
            got += account.new_fills()
        line.fate = lambda text: [text]
        told = [fill.id for fill in ann.order(order).fills]
        until(lambda: account.is_live and len(account.fills) == len(told))
        got += account.new_fills()
        assert account.counters.gaps >= 1  # how many frames there are, hence gaps, is chance
        assert account.counters.reconnects == 4
        assert [fill.id for fill in account.fills] == told
    assert len(told) == 40
    assert [fill.id for fill in got] == told


def test_orders_are_taken_over_when_the_line_is_back_in_time(client_of, ann, line, wind):
    safe = client_of("ann", line.url, order_entry="socket")
    safe._client._markets[wind] = ann.market(wind)
    safe.session(dead_man_ms=2_000)
    order = safe.buy(wind, "Yes", price="0.20", quantity=1)
    opened = line.connections
    line.cut()
    until(lambda: line.connections > opened)
    for _ in range(5):
        time.sleep(0.6)
        safe.ping()
    assert ann.order(order).is_open, "else it had ended with the first connection"
    until(lambda: not ann.order(order).is_open)


def test_hints_of_any_channel_are_followed(ann, ben, wind):
    frames = ann.frames_live("candles", market=wind)
    assert next(frames)["type"] == "reset"
    ann.buy(wind, "Yes", price="0.40", quantity=1)
    ben.sell(wind, "Yes", price="0.40", quantity=1)
    assert next(frames)["channel"] == "candles"
    frames.close()
