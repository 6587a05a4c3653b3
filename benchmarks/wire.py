"""What a depth update costs on the wire: bytes, and time to write and to read it.

    python -m benchmarks.wire [--rounds 2000] [--seed 1]

The frames are those of the site (exchange/realtime/book_frame.py), made of random books. Writing is
from ticks to what is sent; reading from what came to (ticks, quantity) pairs, as a replica needs
them, by the standard library's json, by msgspec, and by Protobuf's own runtime. Deflated is what
permessage-deflate (RFC 7692) would make of one update in the middle of a stream of them.
"""

import argparse
import json
import random
import statistics
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import msgspec

from core.money import parse_ticks
from exchange.realtime.book_frame import BookFrame, ContractLevels
from exchange.realtime.proto.live_pb2 import ServerMessage

SLUG: Final = "will-it-rain-in-amsterdam-on-21-june-2027"
CASES: Final = (
    ("delta, 1 level", 1, 0),
    ("delta, 1 level each side", 1, 1),
    ("delta, 5 levels each side", 5, 5),
    ("snapshot, 20 levels each side", 20, 20),
    ("snapshot, 200 levels each side", 200, 200),
)
_STREAM: Final = 50  # updates before the one whose deflated size is told


def frame(chance: random.Random, bids: int, asks: int, *, is_snapshot: bool, seq: int) -> BookFrame:
    """Return an update of a random book around the middle."""
    middle = chance.randint(2_000, 8_000)
    levels = ContractLevels(
        29,
        [(middle - 1 - place, chance.randint(1, 5_000)) for place in range(bids)],
        [(middle + 1 + place, chance.randint(1, 5_000)) for place in range(asks)],
        chance.getrandbits(32),
    )
    prev_seq = None if is_snapshot else seq - 2
    return BookFrame(SLUG, epoch=4, prev_seq=prev_seq, seq=seq, contracts=[levels])


def read_json(loads: Callable[[str], Any], text: str) -> list[Any]:
    """Return the levels of a text as pairs."""
    return [
        [(parse_ticks(price), quantity) for price, quantity in entry[side]]
        for entry in loads(text)["contracts"]
        for side in ("bids", "asks")
    ]


def read_proto(data: bytes) -> list[Any]:
    """Return the levels of a message as pairs."""
    return [
        list(zip(side.price_ticks, side.quantities, strict=True))
        for entry in ServerMessage.FromString(data).book.contracts
        for side in (entry.bids, entry.asks)
    ]


def median_us(work: Callable[[Any], Any], inputs: list[Any]) -> float:
    """Return the median time of one call, in microseconds."""
    times = []
    for one in inputs:
        started = time.perf_counter_ns()
        work(one)
        times.append(time.perf_counter_ns() - started)
    return statistics.median(times) / 1_000


def deflated(messages: list[bytes]) -> int:
    """Return the bytes of the last message in a stream that keeps its context."""
    stream = zlib.compressobj(wbits=-15)
    for message in messages:
        out = stream.compress(message) + stream.flush(zlib.Z_SYNC_FLUSH)
    return len(out) - 4  # the tail that RFC 7692 leaves out


def measure(frames: list[BookFrame]) -> list[tuple[str, int, int, float, float]]:
    """Return a row for each way: bytes, deflated, microseconds to write and to read."""
    write_json = median_us(lambda one: one.text, frames)
    write_proto = median_us(lambda one: one.binary, frames)
    texts, data = [one.text for one in frames], [one.binary for one in frames]
    assert read_json(json.loads, texts[0]) == read_proto(data[0]), "both say the same"
    json_sizes = sizes([text.encode() for text in texts])
    slow = median_us(partial(read_json, json.loads), texts)
    fast = median_us(partial(read_json, msgspec.json.decode), texts)
    return [
        ("JSON, json", *json_sizes, write_json, slow),
        ("JSON, msgspec", *json_sizes, write_json, fast),
        ("Protobuf", *sizes(data), write_proto, median_us(read_proto, data)),
    ]


def sizes(messages: list[bytes]) -> tuple[int, int]:
    """Return the median size, and that of one deflated in a stream."""
    plain = round(statistics.median(len(message) for message in messages))
    return plain, deflated(messages[:_STREAM])


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    chance = random.Random(asked.seed)  # noqa: S311 -- books to measure, no secret
    print(f"{'a book, told':<32}{'':<14}{'bytes':>7}{'deflated':>10}{'write us':>10}{'read us':>9}")
    for name, bids, asks in CASES:
        is_snapshot = name.startswith("snapshot")
        frames = [
            frame(chance, bids, asks, is_snapshot=is_snapshot, seq=100_000 + number)
            for number in range(asked.rounds)
        ]
        for way, plain, small, write, read in measure(frames):
            print(f"{name:<32}{way:<14}{plain:>7,}{small:>10,}{write:>10.1f}{read:>9.1f}")


if __name__ == "__main__":
    main()
