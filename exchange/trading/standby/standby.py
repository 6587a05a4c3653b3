"""All the journals that a worker follows, and what of them it may take over at once.

`step` does a piece of the work; call it again and again from one thread, which may be another than
the owner's. Everything else is called by the owner of books and returns soon.
"""

import threading
from collections.abc import Sequence
from typing import Final

from exchange.trading.collecting import show_to_collector
from exchange.trading.journals.rows import read_end_numbers
from exchange.trading.owning.registry import Following
from exchange.trading.standby.following import JournalFollower

# Whoever takes a shard over runs so many batches again itself, while its own shards wait.
_BEHIND_MAX: Final = 20


class Standby:
    """The followers of one worker."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._wanted: tuple[int, ...] = ()
        self._followers: dict[int, JournalFollower] = {}
        self._ends: dict[int, int] = {}

    def follow(self, shards: Sequence[int]) -> None:
        """Follow these journals, the first ones first, and no other."""
        with self._lock:
            self._wanted = tuple(shards)
            unwanted = self._followers.keys() - set(shards)
            for shard in unwanted:
                del self._followers[shard]
        if unwanted:
            show_to_collector()

    def step(self) -> bool:
        """Do a piece of work; False when there is none: all is followed to its end."""
        with self._lock:
            wanted = self._wanted
        if not wanted:
            return False
        self._ends = read_end_numbers()
        has_begun = did_work = False
        for shard in wanted:
            if shard not in self._ends:
                continue
            follower = self._follower(shard)
            with follower.lock:
                if follower.is_new and has_begun:
                    continue  # reading books back takes long: one a step
                has_begun |= follower.is_new
                did_work |= self._work(follower)
        return did_work

    def _work(self, follower: JournalFollower) -> bool:
        """Begin, or go on; whether there was anything to do."""
        end = self._ends[follower.shard]
        if follower.differs:
            return False
        if follower.is_warm and follower.number >= end:
            return follower.keep_snapshot()
        if follower.is_new:
            follower.begin()
        else:
            follower.catch_up(end)
        return True

    def _follower(self, shard: int) -> JournalFollower:
        with self._lock:
            return self._followers.setdefault(shard, JournalFollower(shard))

    def is_ready(self, shard: int) -> bool:
        """Whether a shard can be taken now: its books are here, or never will be."""
        with self._lock:
            follower = self._followers.get(shard)
        if follower is None:
            return False
        behind = self._ends.get(shard, 0) - follower.number
        return bool(follower.differs) or (follower.is_warm and behind <= _BEHIND_MAX)

    def take_out(self, shard: int) -> JournalFollower | None:
        """Return a shard's follower, whose books are the caller's from now on."""
        with self._lock:
            self._wanted = tuple(one for one in self._wanted if one != shard)
            follower = self._followers.pop(shard, None)
        if follower is not None:
            with follower.lock:  # wait for the piece of work that is being done on it
                return follower
        return None

    def states(self) -> list[Following]:
        """Return how far each journal was followed."""
        with self._lock:
            followers = sorted(self._followers.items())
        return [Following(shard, one.number, one.is_warm, one.differs) for shard, one in followers]
