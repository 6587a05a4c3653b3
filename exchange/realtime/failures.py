"""Failures of reading, logged so that a thousand at once do not bury what else is logged."""

import time
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)
INTERVAL_S: Final = 1.0


class FailureLog:
    """Logs at most one failure a second of each event, and how many were left out before it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._logged_at: dict[str, float] = {}
        self._left_out: dict[str, int] = {}

    def warn(self, event: str, error: Exception, **fields: object) -> None:
        """Log an error with its traceback, or only count it."""
        now = self._clock()
        if now - self._logged_at.get(event, -INTERVAL_S) < INTERVAL_S:
            self._left_out[event] = self._left_out.get(event, 0) + 1
            return
        self._logged_at[event] = now
        log.warning(event, left_out=self._left_out.pop(event, 0), exc_info=error, **fields)


failures = FailureLog()
