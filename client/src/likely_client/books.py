"""A book kept at home: pure state, fed with the frames of channel `book`."""

import zlib
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final

from likely_client.models import Depth, Level

CHECKSUM_LEVELS: Final = 10
TICKS_PER_UNIT: Final = 10_000


class Took(Enum):
    """What became of a frame."""

    APPLIED = auto()
    OLD = auto()  # seen before, or of an owner of the book that was replaced
    GAP = auto()  # something before it is missing
    CORRUPT = auto()  # applied, and the checksum says otherwise


@dataclass(slots=True)
class Counters:
    """What a replica went through; all 0 but `frames` on a quiet line."""

    frames: int = 0
    old_frames: int = 0
    gaps: int = 0
    checksum_errors: int = 0
    resyncs: int = 0
    reconnects: int = 0


class Ladder:
    """Open quantity by price of one side, best first. `sign` is -1 where the highest is best."""

    __slots__ = ("_keys", "_quantities", "_sign")

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._keys: list[int] = []
        self._quantities: dict[int, int] = {}

    def set(self, price_ticks: int, quantity: int) -> None:
        """Set a level to its whole quantity; 0 takes it away."""
        key = self._sign * price_ticks
        if not quantity:
            if self._quantities.pop(key, 0):
                del self._keys[bisect_left(self._keys, key)]
            return
        if key not in self._quantities:
            insort(self._keys, key)
        self._quantities[key] = quantity

    def best(self, count: int | None = None) -> list[tuple[int, int]]:
        """Return (price_ticks, quantity) of the best levels, or of all."""
        return [(self._sign * key, self._quantities[key]) for key in self._keys[:count]]


class ContractBook:
    """The two sides of one contract."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = Ladder(-1)
        self.asks = Ladder(1)

    def apply(self, bids: Iterable[tuple[str, int]], asks: Iterable[tuple[str, int]]) -> None:
        """Set levels to their new quantities."""
        for ladder, changes in ((self.bids, bids), (self.asks, asks)):
            for price, quantity in changes:
                ladder.set(ticks(price), quantity)

    def checksum(self) -> int:
        """Return the CRC32 of the ten best asks, then the ten best bids."""
        levels = (*self.asks.best(CHECKSUM_LEVELS), *self.bids.best(CHECKSUM_LEVELS))
        return zlib.crc32("".join(f"{price}:{quantity}," for price, quantity in levels).encode())

    def depth(self, levels: int | None = None) -> Depth:
        """Return the best levels of each side."""
        return Depth(_levels(self.bids.best(levels)), _levels(self.asks.best(levels)))


class BookState:
    """The books of one market, as far as frames have told."""

    def __init__(self) -> None:
        self.epoch = -1
        self.seq: int | None = None
        self.contracts: dict[str, ContractBook] = {}
        self.is_synced = False
        self.counters = Counters()
        self._has_been_synced = False

    def take(self, frame: Mapping[str, Any]) -> Took:
        """Apply a frame. After GAP or CORRUPT only a snapshot is applied."""
        was_synced = self.is_synced
        took = self._take(frame)
        counters = self.counters
        counters.frames += took is Took.APPLIED
        counters.old_frames += took is Took.OLD
        counters.checksum_errors += took is Took.CORRUPT
        counters.gaps += took is Took.GAP and was_synced
        counters.resyncs += took is Took.APPLIED and not was_synced and self._has_been_synced
        self._has_been_synced |= took is Took.APPLIED
        if took in {Took.GAP, Took.CORRUPT}:
            self.is_synced = False
        return took

    def is_behind(self, seq: int) -> bool:
        """Whether frames up to `seq` were sent and are not all here."""
        return not self.is_synced or self.seq is None or self.seq < seq

    def miss(self) -> None:
        """Note that the last frames sent never came: a gap that no later frame has shown."""
        self.counters.gaps += self.is_synced
        self.is_synced = False

    def _take(self, frame: Mapping[str, Any]) -> Took:
        epoch, seq = frame["epoch"], frame["seq"]
        if epoch < self.epoch:
            return Took.OLD
        is_snapshot = frame["type"] == "snapshot"
        # Doubled or overtaken on the way; a snapshot of now is news to who waits for one.
        if (
            epoch == self.epoch
            and self._has(seq)
            and not (seq == self.seq and is_snapshot and not self.is_synced)
        ):
            return Took.OLD
        if is_snapshot:
            self.contracts = {}
        elif self.seq is None:
            return Took.OLD  # it belongs to what the first snapshot will have
        elif not self.is_synced or frame["prev_seq"] != self.seq:
            return Took.GAP
        return self._apply(frame)

    def _has(self, seq: int) -> bool:
        return self.seq is not None and seq <= self.seq

    def _apply(self, frame: Mapping[str, Any]) -> Took:
        self.epoch, self.seq = frame["epoch"], frame["seq"]
        for entry in frame["contracts"]:
            book = self.contracts.setdefault(entry["contract"], ContractBook())
            book.apply(entry["bids"], entry["asks"])
            if book.checksum() != entry["checksum"]:
                return Took.CORRUPT
        self.is_synced = True
        return Took.APPLIED


def ticks(price: str) -> int:
    """Return a price in ticks of 0.0001."""
    return int(Decimal(price) * TICKS_PER_UNIT)


def _levels(pairs: Iterable[tuple[int, int]]) -> tuple[Level, ...]:
    return tuple(
        Level(Decimal(price_ticks).scaleb(-4), quantity) for price_ticks, quantity in pairs
    )
