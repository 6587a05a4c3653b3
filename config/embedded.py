"""Celery inside the one-process site: a worker and its beat, each in a thread.

Production runs `celery worker` and `celery beat` instead; nothing here is on the way of an order.
"""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

import structlog
from celery import worker
from celery.beat import EmbeddedService, Scheduler

from config.celery import app

log = structlog.get_logger(__name__)

_STOP_S: Final = 2.0
_ASK_AGAIN_S: Final = 0.1


class _Tasks:
    """A Celery worker with the solo pool and a beat, started and stopped together."""

    def __init__(self) -> None:
        # Its own for ever: a message that stops one worker must never reach the next.
        self._hostname = f"embedded-{uuid.uuid4().hex}@localhost"
        self._listens = threading.Event()
        self._worker = threading.Thread(target=self._work, name="celery-worker", daemon=True)
        # Kept in memory: tasks are repeatable, so nobody needs to know when one last ran.
        self._beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

    def start(self) -> None:
        self._worker.start()
        self._beat.start()

    def stop(self) -> None:
        """Ask both to stop and wait at most 2 s; a task that takes longer dies with the process.

        Every task may be cut off: it begins again at the next start.
        """
        deadline = time.monotonic() + _STOP_S
        self._beat.service.stop()
        self._listens.wait(_STOP_S)
        while self._worker.is_alive() and time.monotonic() < deadline:
            # Again and again: a broker may drop what comes before it knows of the subscription.
            app.control.shutdown(destination=[self._hostname])
            self._worker.join(_ASK_AGAIN_S)
        for thread in (self._worker, self._beat):
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("tasks_still_running", thread=thread.name)

    def _work(self) -> None:
        # Made in its own thread: it closes the database connection of the thread it is made in.
        # A plain WorkController sets no signal handlers, which only the main thread may.
        controller: Any = worker.WorkController(
            app=app,
            hostname=self._hostname,
            pool="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            ready_callback=lambda _consumer: self._listens.set(),
        )
        controller.start()


def start_tasks() -> Callable[[], None]:
    """Start Celery's worker and beat in threads and return what stops them, within 2 s."""
    tasks = _Tasks()
    tasks.start()
    return tasks.stop
