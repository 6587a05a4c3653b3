"""What is seen of each replica: how soon it knows what it lacks, and whether it is right."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from likely_client import AsyncBook, AsyncClient

WINDOW: Final = 240  # of the 256 batches that a web process keeps: some come while one asks
_LOOKED_EVERY_S: Final = 0.01


@dataclass(slots=True)
class Truth:
    """The book as the site says it over a line without faults: its checksum after each batch."""

    checksums: dict[int, int] = field(default_factory=dict)

    async def follow(self, client: AsyncClient, market: str) -> None:
        """Note every batch, for ever."""
        await client.session(conflate_ms=0)
        async for frame in client.frames_live("book", market=market):
            for entry in frame["contracts"]:
                self.checksums[frame["seq"]] = entry["checksum"]

    def batches_since(self, seq: int) -> int:
        """Return how many batches came after a seq, so far as a window's worth of them shows."""
        newest = islice(reversed(self.checksums), WINDOW + 1)
        return sum(one > seq for one in newest)


@dataclass(slots=True)
class Watched:
    """One replica, and what its line did to it."""

    book: AsyncBook
    truth: Truth
    detections_s: list[float] = field(default_factory=list)
    resumed: int = 0
    snapshots: int = 0
    not_resumed: int = 0  # although its seq was within the window
    compared: int = 0
    wrong: int = 0
    harmed_at_s: float | None = None
    _noticed: int = 0
    _may_resume: bool = False

    def harmed(self, at_s: float) -> None:
        """Note that it lacks a frame, unless it knows already that it is not whole."""
        if self.harmed_at_s is None and self.book.is_live:
            self._noticed = self._count()
            self.harmed_at_s = at_s

    def delivered(self) -> None:
        """Note that what was late has come: where nothing overtook it, nothing was lacking."""
        self.look()
        self.harmed_at_s = None

    def resumes(self, seq: int) -> None:
        """Note from where it goes on."""
        self._may_resume = self.truth.batches_since(seq) < WINDOW

    def told(self, kind: str) -> None:
        """Note how it was brought up to date after a cut."""
        if kind == "delta":
            self.resumed += 1
        else:
            self.snapshots += 1
            self.not_resumed += self._may_resume
        self._may_resume = False

    def look(self) -> None:
        """Note when it knows."""
        if self.harmed_at_s is not None and self._count() > self._noticed:
            self.detections_s.append(time.monotonic() - self.harmed_at_s)
            self.harmed_at_s = None

    def compare(self) -> None:
        """Compare it with the site's book at the same seq, where it says that it is right."""
        expected = self.truth.checksums.get(self.book.seq or 0)
        if self.book.is_live and expected is not None:
            self.compared += 1
            self.wrong += set(self.book.checksums().values()) != {expected}

    def _count(self) -> int:
        counters = self.book.counters
        return counters.gaps + counters.checksum_errors + counters.reconnects


async def look_at(all_watched: Sequence[Watched]) -> None:
    """Look at every replica, for ever."""
    while True:
        for watched in all_watched:
            watched.look()
        await asyncio.sleep(_LOOKED_EVERY_S)
