"""What a replica makes of frames, without a line."""

import zlib

import pytest
from likely_client.books import BookState, Ladder, Took, ticks


def crc(text: str) -> int:
    return zlib.crc32(text.encode())


def snapshot(seq: int, *, epoch: int = 1, checksum: int | None = None) -> dict:
    book = {"contract": "7", "bids": [["0.4000", 5]], "asks": [["0.6000", 3]]}
    book["checksum"] = crc("6000:3,4000:5,") if checksum is None else checksum
    return {
        "type": "snapshot", "epoch": epoch, "prev_seq": None, "seq": seq, "contracts": [book],
    }  # fmt: skip


def delta(prev_seq: int, seq: int, *, epoch: int = 1, quantity: int = 9) -> dict:
    book = {"contract": "7", "bids": [["0.4100", quantity]], "asks": []}
    book["checksum"] = crc(f"6000:3,4100:{quantity},4000:5,")
    return {
        "type": "delta", "epoch": epoch, "prev_seq": prev_seq, "seq": seq, "contracts": [book],
    }  # fmt: skip


@pytest.fixture
def state() -> BookState:
    state = BookState()
    assert state.take(snapshot(10)) is Took.APPLIED
    return state


def test_delta_follows_its_snapshot(state):
    assert state.take(delta(10, 12)) is Took.APPLIED
    depth = state.contracts["7"].depth()
    assert [(str(level.price), level.quantity) for level in depth.bids] == [
        ("0.4100", 9),
        ("0.4000", 5),
    ]
    assert (state.seq, state.counters.frames, state.counters.gaps) == (12, 2, 0)


def test_doubled_and_overtaken_frames_change_nothing(state):
    state.take(delta(10, 12))
    for frame in (delta(10, 12, quantity=1), snapshot(10), snapshot(12)):
        assert state.take(frame) is Took.OLD
    assert state.counters.old_frames == 3
    assert state.contracts["7"].depth(1).bids[0].quantity == 9


def test_missing_frame_is_a_gap_until_the_next_snapshot(state):
    assert state.take(delta(11, 12)) is Took.GAP
    assert state.take(delta(12, 13)) is Took.GAP
    assert not state.is_synced
    assert state.take(snapshot(13)) is Took.APPLIED
    assert (state.counters.gaps, state.counters.resyncs) == (1, 1)
    assert state.is_synced


def test_snapshot_of_the_same_seq_heals(state):
    state.miss()
    assert state.take(snapshot(10)) is Took.APPLIED
    assert state.is_synced


def test_lower_epoch_is_of_an_owner_that_was_replaced(state):
    assert state.take(snapshot(11, epoch=2)) is Took.APPLIED
    assert state.take(delta(11, 12, epoch=1)) is Took.OLD


def test_wrong_checksum_is_noticed_and_healed(state):
    wrong = delta(10, 12)
    wrong["contracts"][0]["checksum"] += 1
    assert state.take(wrong) is Took.CORRUPT
    assert state.take(delta(12, 13)) is Took.GAP
    assert state.take(snapshot(12)) is Took.APPLIED
    assert (state.counters.checksum_errors, state.counters.gaps) == (1, 0)


def test_delta_before_the_first_snapshot_is_part_of_it():
    state = BookState()
    assert state.take(delta(10, 12)) is Took.OLD
    assert state.counters.gaps == 0


@pytest.mark.parametrize(("sign", "best"), [(1, [(5, 2), (7, 1)]), (-1, [(7, 1), (5, 2)])])
def test_ladder_is_sorted_best_first(sign, best):
    ladder = Ladder(sign)
    for price, quantity in [(7, 4), (5, 2), (6, 3), (7, 1), (6, 0), (9, 0)]:
        ladder.set(price, quantity)
    assert ladder.best() == best
    assert ladder.best(1) == best[:1]


@pytest.mark.parametrize(("price", "expected"), [("0.4500", 4500), ("0.01", 100), ("1", 10_000)])
def test_prices_are_exact_ticks(price, expected):
    assert ticks(price) == expected
