"""What the benchmark of bad lines does to frames, and what it sees of a replica."""

import asyncio
import json
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from likely_client import AsyncBook, Contract, Market
from likely_client._connection import Connection
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from benchmarks.lossy.line import KINDS, SUBPROTOCOLS, Line, Passed
from benchmarks.lossy.watching import Truth, Watched

FRAMES = [json.dumps({"channel": "book", "type": "delta", "seq": seq}) for seq in (1, 2, 3)]
ARRIVES = {
    "drop": [1, 3], "delay": [1, 3, 2], "double": [1, 2, 2, 3], "reorder": [1, 3, 2], "cut": [1],
}  # fmt: skip
MARKET = Market(
    id="1", slug="rain", title="Rain", event="weather", event_title="Weather", category="Weather",
    rules="", status="open", tick_size=Decimal("0.01"), has_other=False, seq=1, volume=0,
    trade_count=0, contracts=(Contract(id="1", name="Yes"),),
    created_at=datetime(2027, 1, 1, tzinfo=UTC),
)  # fmt: skip


class SecondFrame:
    """A chance that has one thing happen, to the second frame."""

    def __init__(self, kind):
        self.kind = kind
        self.draws = iter((1, 0, 1))

    def random(self):
        return next(self.draws)

    def choice(self, _):
        return self.kind

    def uniform(self, *_):
        return 0.2


async def tell(client):
    for frame in FRAMES:
        await client.send(frame)
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)


async def arrivals(url):
    seqs = []
    try:
        async with connect(f"ws{url[4:]}/ws/v1/", subprotocols=SUBPROTOCOLS) as client:
            while True:
                seqs.append(json.loads(await client.recv())["seq"])
    except ConnectionClosed:
        return seqs


@pytest.mark.parametrize("kind", KINDS)
async def test_line_harms_frames_as_it_says(kind):
    passed = Passed()
    async with serve(tell, "127.0.0.1", 0, subprotocols=SUBPROTOCOLS) as site:
        address = f"http://127.0.0.1:{site.sockets[0].getsockname()[1]}"
        async with Line(address, 0.5, SecondFrame(kind), passed) as line:
            assert await arrivals(line.url) == ARRIVES[kind]
    assert passed.faults == {kind: 1}


def frame(kind, prev_seq, seq):
    """An empty book's frame: its checksum is that of nothing."""
    contracts = [{"contract": "1", "bids": [], "asks": [], "checksum": 0}]
    return {"type": kind, "epoch": 1, "prev_seq": prev_seq, "seq": seq, "contracts": contracts}


@pytest.fixture
def watched():
    book = AsyncBook(MARKET, None, Connection("http://localhost", None, timeout_s=1))
    assert book.take(frame("snapshot", None, 1))
    return Watched(book, Truth())


def test_gap_is_timed_from_the_fault_until_the_replica_knows(watched):
    watched.harmed(time.monotonic() - 1)
    watched.look()
    assert watched.detections_s == []
    assert not watched.book.take(frame("delta", 2, 3))
    watched.harmed(time.monotonic())
    watched.look()
    assert watched.harmed_at_s is None
    assert [round(one) for one in watched.detections_s] == [1]


def test_late_frame_that_nothing_overtook_was_no_gap(watched):
    watched.harmed(time.monotonic())
    assert watched.book.take(frame("delta", 1, 2))
    watched.delivered()
    assert (watched.harmed_at_s, watched.detections_s) == (None, [])


def test_snapshot_counts_against_who_could_have_resumed(watched):
    watched.truth.checksums = dict.fromkeys(range(1, 1_000), 0)
    for since, kind in ((990, "delta"), (990, "snapshot"), (3, "snapshot")):
        watched.resumes(since)
        watched.told(kind)
    assert (watched.resumed, watched.snapshots, watched.not_resumed) == (1, 2, 1)


def test_replica_that_differs_from_the_site_is_wrong(watched):
    watched.compare()  # the site has not told of it
    watched.truth.checksums = {1: 0}
    watched.compare()
    watched.truth.checksums = {1: 7}
    watched.compare()
    assert (watched.compared, watched.wrong) == (2, 1)
