"""Telling the journal's subscribers (Celery tasks) that it has grown. A hint: beat polls too.

Only those of JOURNAL_NUDGED are told; the others look by themselves.
"""

import threading
import time
from collections.abc import Mapping
from typing import Final

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)

_LATER_S: Final = 0.05


class Nudging:
    """Who is owed word of new batches, and when each may be told again. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owed: set[str] = set()
        self._told_s: dict[str, float] = {}
        self._is_waiting = False

    def nudge(self) -> None:
        """Have every subscriber told soon, each as often as its period allows. At once."""
        with self._lock:
            self._owed.update(settings.JOURNAL_NUDGED)
            must_start = bool(self._owed) and not self._is_waiting
            self._is_waiting = self._is_waiting or must_start
        if must_start:
            # Publishing to a broker may block while it is away: never on the worker's loop. And
            # no process waits for a hint before it ends.
            threading.Thread(target=self._tell, name="journal-nudge", daemon=True).start()

    def _tell(self) -> None:
        # A little later than asked, so that the batches of a burst share one task.
        pause_s: float | None = _LATER_S
        while pause_s is not None:
            time.sleep(pause_s)
            for name in self._take_due():
                _send(settings.JOURNAL_SUBSCRIBERS[name])
            pause_s = self._pause_s()

    def _take_due(self) -> list[str]:
        with self._lock:
            now_s = time.monotonic()
            periods = settings.JOURNAL_NUDGED
            # Before they are sent: a batch that comes meanwhile needs another task.
            due = [name for name in periods if name in self._owed and self._due_s(name) <= now_s]
            self._owed.difference_update(due)
            self._told_s.update(dict.fromkeys(due, now_s))
        return due

    def _pause_s(self) -> float | None:
        """Return how long to wait for the next who is owed word; None, and no more, for nobody."""
        with self._lock:
            self._is_waiting = bool(self._owed)
            first_s = min(map(self._due_s, self._owed), default=None)
            return None if first_s is None else max(_LATER_S, first_s - time.monotonic())

    def _due_s(self, name: str) -> float:
        periods: Mapping[str, float] = settings.JOURNAL_NUDGED
        told_s = self._told_s.get(name)
        return 0.0 if told_s is None else told_s + periods[name]


def _send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False, expires=30)
    except Exception as error:  # noqa: BLE001 -- a broker fails in its own ways; beat polls too
        log.warning("subscriber_not_nudged", task=task, error=repr(error))


_nudging = Nudging()


def nudge_journal_subscribers() -> None:
    """Have each subscriber's task sent soon after this batch, as often as its period allows."""
    _nudging.nudge()
