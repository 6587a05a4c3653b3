"""The pure state of one market: what it makes of right, late, doubled, lost and wrong batches."""

import json
import random
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.realtime.feed import MarketFeed, Outcome
from exchange.realtime.limits import TRADES_KEPT, WINDOW_BATCHES
from tests.realtime.batches import Source
from tests.realtime.replica import BookReplica, TradeReplica


@pytest.fixture
def source():
    return Source(contracts=(11, 12))


@pytest.fixture
def feed(source):
    source.change((11, "bids", 4_500, 10), (12, "asks", 6_000, 7))
    feed = MarketFeed(source.market, source.slug)
    assert feed.load(source.snapshot())
    return feed


def take(feed, channel, sent):
    frames, sent = feed.frames(channel, sent)
    return [json.loads(frame.text) for frame in frames], sent


def book_of(feed):
    replica = BookReplica()
    frames, _ = take(feed, "book", None)
    for frame in frames:
        replica.take(frame)
    return replica


def test_snapshot_has_every_level_best_first_and_the_checksum(feed, source):
    source.change((11, "bids", 4_600, 5))
    feed.receive(source.change((11, "bids", 4_400, 1)))  # a gap: nothing of it may show
    (frame,), sent = take(feed, "book", None)
    assert frame == {
        "channel": "book",
        "market": "rain",
        "type": "snapshot",
        "epoch": 1,
        "prev_seq": None,
        "seq": 2,
        "contracts": [
            {
                "contract": "11",
                "bids": [["0.4500", 10]],
                "asks": [],
                "checksum": crc32(b"4500:10,"),
            },
            {"contract": "12", "bids": [], "asks": [["0.6000", 7]], "checksum": crc32(b"6000:7,")},
        ],
    }
    assert sent == 2


def test_delta_has_absolute_levels_since_the_last_frame(feed, source):
    _, sent = take(feed, "book", None)
    feed.receive(source.change((11, "bids", 4_500, 3), (11, "bids", 4_400, 9)))
    feed.receive(source.change((11, "bids", 4_500, 0), (11, "asks", 5_000, 2)))
    (frame,), now = take(feed, "book", sent)
    assert (frame["type"], frame["prev_seq"], frame["seq"], now) == ("delta", 2, 4, 4)
    assert frame["contracts"] == [
        {
            "contract": "11",
            "bids": [["0.4500", 0], ["0.4400", 9]],
            "asks": [["0.5000", 2]],
            "checksum": frame["contracts"][0]["checksum"],
        }
    ]
    assert take(feed, "book", now) == ([], now)


def test_frame_is_encoded_once_for_all_who_lack_the_same(feed, source):
    feed.receive(source.change((11, "bids", 4_400, 1)))
    first, second = feed.frames("book", 2)[0][0], feed.frames("book", 2)[0][0]
    assert first is second
    assert first.text is second.text


def test_doubled_batch_is_ignored(feed, source):
    batch = source.change((11, "bids", 4_400, 1))
    assert feed.receive(batch) is Outcome.APPLIED
    assert feed.receive(batch) is Outcome.OLD
    assert book_of(feed).state() == source.state()


def test_late_batch_heals_the_gap_without_the_database(feed, source):
    first, second = source.change((11, "bids", 4_400, 1)), source.change((11, "bids", 4_300, 1))
    assert feed.receive(second) is Outcome.GAP
    assert not feed.is_sound
    assert feed.receive(first) is Outcome.APPLIED
    assert feed.is_sound
    assert book_of(feed).state() == source.state()


def test_lost_batch_is_healed_by_the_database(feed, source):
    source.change((11, "bids", 4_400, 1))
    assert feed.receive(source.change((11, "bids", 4_300, 1))) is Outcome.GAP
    assert feed.load(source.snapshot())
    assert feed.is_sound
    assert book_of(feed).state() == source.state()


def test_batches_published_while_the_database_is_read_are_applied_after_it(source):
    feed = MarketFeed(source.market, source.slug)
    snapshot = source.snapshot()
    for price in (4_400, 4_300, 4_200):
        assert feed.receive(source.change((11, "bids", price, 1))) is Outcome.GAP
    assert feed.load(snapshot)
    assert (feed.seq, feed.is_sound) == (source.seq, True)
    assert book_of(feed).state() == source.state()


def test_wrong_checksum_shows_nothing_until_the_database_is_read(feed, source):
    batch = source.change((11, "bids", 4_400, 1))
    batch["contracts"][0]["checksum"] ^= 1
    assert feed.receive(batch) is Outcome.CORRUPT
    assert take(feed, "book", None) == ([], None)
    assert feed.load(source.snapshot())
    assert book_of(feed).state() == source.state()


def test_lower_epoch_is_ignored_and_higher_asks_the_database(feed, source):
    zombie = source.change((11, "bids", 4_400, 1))
    source.books[11][0].pop(4_400)
    source.seq, source.epoch = feed.seq, 2
    assert feed.receive(source.change((11, "bids", 4_300, 1))) is Outcome.GAP
    assert feed.load(source.snapshot())
    assert feed.receive(zombie) is Outcome.OLD
    assert (book_of(feed).epoch, book_of(feed).state()) == (2, source.state())


def test_database_that_is_no_newer_changes_nothing(feed, source):
    old = source.snapshot()
    feed.receive(source.change((11, "bids", 4_400, 1)))
    assert not feed.load(old)
    assert feed.seq == source.seq


@pytest.mark.parametrize(
    ("back", "kind"), [(1, "delta"), (WINDOW_BATCHES, "delta"), (WINDOW_BATCHES + 1, "snapshot")]
)
def test_resuming_gets_a_delta_while_the_window_reaches_back(feed, source, back, kind):
    for n in range(WINDOW_BATCHES + 5):
        feed.receive(source.change((11, "bids", 4_000 + n % 7, n + 1)))
    sent = feed.start_from("book", source.seq - back)
    (frame,), _ = take(feed, "book", sent)
    assert (frame["type"], frame["prev_seq"]) == (
        kind,
        source.seq - back if kind == "delta" else None,
    )


@pytest.mark.parametrize("since", [None, 10**15, 0])
def test_resuming_from_nowhere_gets_a_snapshot(feed, since):
    assert feed.start_from("book", since) is None


def test_resuming_from_now_gets_nothing(feed):
    assert take(feed, "book", feed.start_from("book", feed.seq)) == ([], feed.seq)


def test_trades_come_newest_last_and_none_twice(feed, source):
    replica, sent = TradeReplica(), None
    for n in range(30):
        feed.receive(source.change(trades=[(11, 4_500, n + 1)] * (n % 3)))
        if n % 4 == 0:
            frames, sent = take(feed, "trades", sent)
            for frame in frames:
                replica.take(frame)
    frames, sent = take(feed, "trades", sent)
    for frame in frames:
        replica.take(frame)
    assert [trade["id"] for trade in replica.trades] == [str(t["id"]) for t in source.trades]
    assert replica.trades[0] == {
        "id": replica.trades[0]["id"],
        "kind": "book",
        "contract": "11",
        "price": "0.4500",
        "quantity": 2,
        "side": "buy",
        "seq": replica.trades[0]["seq"],
        "time": "2023-11-14T22:13:20.004Z",
    }


def test_trades_beyond_those_kept_come_as_a_snapshot(feed, source):
    _, sent = take(feed, "trades", None)
    for _ in range(TRADES_KEPT + 1):
        feed.receive(source.change(trades=[(11, 4_500, 1)]))
    (frame,), _ = take(feed, "trades", sent)
    assert (frame["type"], frame["prev_seq"], len(frame["trades"])) == ("snapshot", None, 50)


def test_status_is_told_when_it_changes(feed, source):
    (frame,), sent = take(feed, "market", None)
    assert (frame["type"], frame["status"]) == ("snapshot", "open")
    feed.receive(source.change((11, "bids", 4_400, 1)))
    assert take(feed, "market", sent) == ([], sent)
    feed.receive(source.change(status="halted"))
    (frame,), _ = take(feed, "market", sent)
    assert (frame["type"], frame["prev_seq"], frame["status"]) == ("delta", sent, "halted")


def test_batch_without_levels_makes_no_book_frame(feed, source):
    _, sent = take(feed, "book", None)
    feed.receive(source.change())
    assert take(feed, "book", sent) == ([], sent)
    feed.receive(source.change((11, "bids", 4_400, 1)))
    (frame,), _ = take(feed, "book", sent)
    assert (frame["prev_seq"], frame["seq"]) == (sent, source.seq)


levels = st.tuples(
    st.sampled_from([11, 12]),
    st.sampled_from(["bids", "asks"]),
    st.integers(1, 9_999),
    st.integers(0, 50),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(levels, max_size=5), max_size=40), st.integers(0, 2**32))
def test_snapshot_plus_deltas_is_the_fresh_snapshot(batches, seed):
    """Whatever is lost, doubled or swapped: each client ends with the source's book."""
    chance = random.Random(seed)
    source = Source(contracts=(11, 12))
    feed = MarketFeed(source.market, source.slug)
    feed.load(source.snapshot())
    clients = [(BookReplica(), None) for _ in range(3)]
    waiting = []
    for changes in batches:
        waiting.append(source.change(*changes))
        chance.shuffle(waiting)
        while waiting and chance.random() < 0.6:
            batch = waiting.pop()
            for _ in range(chance.choice([0, 1, 1, 1, 2])):
                feed.receive(batch)
        if not feed.is_sound and chance.random() < 0.3:
            feed.load(source.snapshot())
        clients = [follow(feed, *client) if chance.random() < 0.5 else client for client in clients]
    feed.load(source.snapshot())
    assert (feed.seq, feed.is_sound) == (source.seq, True)
    for client in clients:
        replica, _ = follow(feed, *client)
        assert replica.state() == source.state()


def follow(feed, replica, sent):
    frames, sent = take(feed, "book", sent)
    for frame in frames:
        replica.take(frame)
    return replica, sent
