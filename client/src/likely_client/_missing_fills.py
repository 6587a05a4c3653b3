"""The fills of an account, each once and in order, those of a gap included.

A snapshot says how far the account has been told of its fills (`fills_cursor`) and has none itself.
What lies between that and what is here is read over REST; what is told meanwhile waits behind it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from likely_client._http import may_pass
from likely_client._retry import Backoff
from likely_client.errors import LikelyError, TooSlowError
from likely_client.models import Fill

log = logging.getLogger("likely_client")
FILLS_KEPT: Final = 2_000
NEW_MAX: Final = 10_000
ReadFills = Callable[[str, str], Awaitable[list[Fill]]]  # since, until: newest first


class Fills:
    """Fills as they are handed over. `cursor` is how far those that are here are told."""

    def __init__(self) -> None:
        self.kept: deque[Fill] = deque(maxlen=FILLS_KEPT)
        self._new: deque[Fill] = deque(maxlen=NEW_MAX + 1)
        self._waiting: list[tuple[Sequence[Fill], str | None]] = []
        self._cursor: str | None = None
        self._until: str | None = None  # what a snapshot said, while that is not here

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing before what comes next."""
        return self._until is None

    @property
    def missing(self) -> tuple[str, str] | None:
        """Between which cursors fills are missing."""
        if self._until is None or self._cursor is None:
            return None
        return self._cursor, self._until

    def begin(self, cursor: str | None) -> None:
        """Take note of a snapshot: whatever is not here before it has to be read."""
        self._waiting.clear()
        if self._cursor is None:  # the first one, or a site that cannot say
            self._cursor = cursor
        else:
            self._until = None if cursor == self._cursor else cursor

    def add(self, fills: Sequence[Fill], cursor: str | None) -> None:
        """Take fills that came with a change."""
        if self.is_whole:
            self._hand_over(fills, cursor)
        else:
            self._waiting.append((fills, cursor))

    def fill_in(self, fills: Sequence[Fill]) -> None:
        """Take what was missing, and what has waited for it."""
        self._hand_over(fills, self._until)
        self._until = None
        for waiting in self._waiting:
            self._hand_over(*waiting)
        self._waiting.clear()

    def take_new(self) -> list[Fill]:
        """Return what was handed over since the last call. Raises TooSlowError: too much was."""
        new = list(self._new)
        if len(new) > NEW_MAX:
            raise TooSlowError(f"more than {NEW_MAX} fills wait to be read")
        self._new.clear()
        return new

    def _hand_over(self, fills: Sequence[Fill], cursor: str | None) -> None:
        self.kept.extend(fills)
        self._new.extend(fills)
        self._cursor = cursor or self._cursor


async def read_missing(since: str, until: str, read: ReadFills) -> list[Fill]:
    """Return the fills between two cursors, oldest first; asks until there is an answer."""
    backoff, attempt = Backoff(), 0
    while True:
        try:
            fills = await read(since, until)
        except LikelyError as error:
            if not may_pass(error):
                raise
            log.warning("the fills that were missed cannot be read yet: %s", error)
            await asyncio.sleep(backoff.wait_s(attempt))
            attempt += 1
        else:
            # Trades of several books have ids that say nothing of which came first.
            fills.reverse()
            return sorted(fills, key=lambda fill: fill.executed_at)
