"""Celery inside the one-process site: a worker and its beat, each in a thread.

Production runs `celery worker` and `celery beat` instead; nothing here is on the way of an order.
"""

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from celery import worker
from celery.beat import EmbeddedService, Scheduler
from celery.exceptions import WorkerShutdown
from django.conf import settings

from config.celery import app, make_app

log = structlog.get_logger(__name__)

_STOP_S: Final = 2.0
_ASK_AGAIN_S: Final = 0.1


class _Tasks:
    """Two Celery workers with solo pools and a beat, started and stopped together.

    One worker is for what may take its time alone: it holds up no mail.
    """

    def __init__(self) -> None:
        *urgent, history = (queue.name for queue in settings.CELERY_TASK_QUEUES)
        self._workers = (_Worker(urgent), _Worker([history]))
        # Kept in memory: tasks are repeatable, so nobody needs to know when one last ran.
        self._beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)

    def start(self) -> None:
        for each in self._workers:
            each.thread.start()
        self._beat.start()

    def stop(self) -> None:
        """Ask all to stop and wait at most 2 s; a task that takes longer dies with the process.

        Every task may be cut off: it begins again at the next start.
        """
        deadline = time.monotonic() + _STOP_S
        self._beat.service.stop()
        for each in self._workers:
            each.stop()
        for each in self._workers:
            each.listens.wait(max(0.0, deadline - time.monotonic()))
        while (alive := self._alive()) and time.monotonic() < deadline:
            # Again and again: a broker may drop what comes before it knows of the subscription.
            app.control.shutdown(destination=[each.hostname for each in alive])
            alive[0].thread.join(_ASK_AGAIN_S)
        for thread in (*(each.thread for each in self._workers), self._beat):
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                log.warning("tasks_still_running", thread=thread.name)

    def _alive(self) -> list["_Worker"]:
        return [each for each in self._workers if each.thread.is_alive()]


class _Worker:
    """A Celery worker of some queues in a thread."""

    def __init__(self, queues: Sequence[str]) -> None:
        # Its own for ever: a message that stops one worker must never reach the next.
        self.hostname = f"embedded-{uuid.uuid4().hex}@localhost"
        self.listens = threading.Event()
        self.thread = threading.Thread(target=self._work, name="celery-worker", daemon=True)
        self._queues = queues
        self._is_stopped = False

    def stop(self) -> None:
        """Have the worker end as soon as it listens, if it does not yet."""
        self._is_stopped = True

    def _is_ready(self, _consumer: object) -> None:
        self.listens.set()
        if self._is_stopped:
            raise WorkerShutdown

    def _work(self) -> None:
        # Made in its own thread: it closes the database connection of the thread it is made in.
        # A plain WorkController sets no signal handlers, which only the main thread may.
        controller: Any = worker.WorkController(
            app=make_app(),  # its own: an app knows one choice of queues
            hostname=self.hostname,
            queues=self._queues,
            pool="solo",
            concurrency=1,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            # Where a broker has one, kombu knows a single event loop a process: two workers would
            # read each other's sockets, and wait for ever.
            use_eventloop=False,
            ready_callback=self._is_ready,
        )
        controller.start()


def start_tasks() -> Callable[[], None]:
    """Start Celery's worker and beat in threads and return what stops them, within 2 s."""
    # Before there are threads: of two workers that import tasks at once, one would lack some.
    app.loader.import_default_modules()
    tasks = _Tasks()
    tasks.start()
    return tasks.stop
