"""The benchmark of the wire reads the same from both formats, and counts their bytes."""

import random

from benchmarks.wire import frame, measure, read_proto


def test_rows_are_of_the_same_books_in_both_formats():
    chance = random.Random(7)
    frames = [frame(chance, 5, 5, is_snapshot=False, seq=seq) for seq in (100, 101, 102)]
    rows = measure(frames)
    assert [row[0] for row in rows] == ["JSON, json", "JSON, msgspec", "Protobuf"]
    sizes = {row[0]: row[1] for row in rows}
    assert sizes["Protobuf"] == sorted(len(one.binary) for one in frames)[1]
    assert sizes["JSON, json"] == sorted(len(one.text) for one in frames)[1]
    assert read_proto(frames[0].binary)[0] == frames[0].contracts[0].bids
