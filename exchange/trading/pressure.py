"""Back-pressure: how many commands wait in each shard, and whether new orders are taken.

The inbox is counted at most so often in a process, by whoever has inserted something, and never for
each order. Only new orders are refused; what cancels or reduces goes in whatever waits.
"""

import threading
from typing import Final

import structlog
from django.conf import settings

from core.clock import monotonic_s
from core.db import DATABASE_AWAY
from core.errors import Code, Problem
from exchange.trading import inbox

log = structlog.get_logger(__name__)

_PERIOD_S: Final = 0.2
_RETRY_AFTER_S: Final = 1


class Pressure:
    """How deep the inbox was when this process last looked. Thread-safe."""

    def __init__(self) -> None:
        self._depths: dict[int, int] = {}
        self._looked_at_s: float | None = None
        self._looking = threading.Lock()

    def check(self, shard: int) -> None:
        """Raise Problem UNAVAILABLE when a shard takes no new orders. Asks nobody."""
        if self._depths.get(shard, 0) >= settings.INBOX_COMMANDS_MAX:
            raise Problem(
                Code.UNAVAILABLE,
                "Too many orders wait to be judged. Cancels are taken.",
                retry_after_s=_RETRY_AFTER_S,
            )

    def must_look(self) -> bool:
        """Whether orders would be refused by a count that is no longer fresh."""
        limit = settings.INBOX_COMMANDS_MAX
        return self._is_due() and any(depth >= limit for depth in self._depths.values())

    def look(self) -> None:
        """Count what waits, when the last count is no longer fresh. Blocks; one thread at a time.

        While the database is away the last count holds.
        """
        if not self._is_due() or not self._looking.acquire(blocking=False):
            return
        try:
            self._looked_at_s = monotonic_s()
            self._depths = inbox.depths()
        except DATABASE_AWAY:
            log.warning("inbox_not_counted", exc_info=True)
        finally:
            self._looking.release()

    def forget(self) -> None:
        """Know nothing, as a new process does."""
        self._depths = {}
        self._looked_at_s = None

    def _is_due(self) -> bool:
        looked_at_s = self._looked_at_s
        return looked_at_s is None or monotonic_s() - looked_at_s >= _PERIOD_S


pressure = Pressure()
