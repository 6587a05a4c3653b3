"""What the benchmark of sockets counts as a gap, and as told."""

import json
from argparse import Namespace

from benchmarks.sockets.__main__ import FIGURES, Follower, figures


def frame(kind, prev_seq, seq):
    return json.dumps({"channel": "book", "type": kind, "prev_seq": prev_seq, "seq": seq})


def test_frames_in_order_are_no_gap_and_a_snapshot_mends_one():
    follower = Follower()
    for one in (
        frame("snapshot", None, 3),
        frame("delta", 3, 5),
        json.dumps({"type": "heartbeat", "seqs": {}}),
        frame("delta", 6, 7),
        frame("snapshot", None, 9),
        frame("delta", 9, 10),
    ):
        follower.take(one)
    assert (follower.seq, follower.gaps, follower.snapshots) == (10, 1, 2)
    assert follower.arrived.keys() == {3, 5, 7, 9, 10}


def test_figures_are_those_that_are_named():
    told, behind = Follower(seq=4, snapshots=2), Follower(seq=3, gaps=1, snapshots=1)
    told.arrived, behind.arrived = {3: 10.1, 4: 11.2, 99: 12.0}, {3: 10.3}
    found = figures(Namespace(sockets=2, rate=5.0), [told, behind], {3: 10.0, 4: 11.0}, 34.4)
    assert dict(zip(FIGURES, found, strict=True)) == {
        "sockets": "2",
        "changes a second": "5",
        "frames": "3",
        "journal to client, p50 / p99": "200 / 300 ms",
        "gaps": "1",
        "snapshots after the first": "1",
        "without the last change": "1",
        "memory for each socket": "34 kB",
    }
