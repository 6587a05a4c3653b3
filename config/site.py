"""The whole site in one process: pages, API and sockets, the books, and the tasks.

Everything runs on daphne's event loop but what has a thread of its own: the engine with its
database work, Celery, and each request's view.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from config.embedded import start_tasks
from config.server import LimitedServer
from core import loop
from exchange.trading.worker import BookWorker

log = structlog.get_logger(__name__)


class SiteServer(LimitedServer):
    """The server, with the book worker and the tasks beside it.

    `on_open` is called in a thread of its own once the books are open for commands. Stopping
    finishes requests first, so that an order in flight still gets its answer.
    """

    def __init__(
        self, application: Any, *, host: str, port: int, on_open: Callable[[], object]
    ) -> None:
        super().__init__(application, host=host, port=port, on_ready=self._start)
        self._on_open = on_open
        self._worker: BookWorker | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop_tasks: Callable[[], None] | None = None

    def _start(self) -> None:
        running = asyncio.get_running_loop()
        loop.set_loop(running)
        self._worker = BookWorker()
        self._stop_tasks = start_tasks()
        self._tasks = {
            running.create_task(self._worker.run()),
            running.create_task(self._open(self._worker)),
        }

    async def _open(self, worker: BookWorker) -> None:
        await worker.ready.wait()
        await asyncio.to_thread(self._on_open)

    async def _drain(self) -> None:
        await super()._drain()
        if self._worker is not None:
            self._worker.stop()
        if self._stop_tasks is not None:
            await asyncio.to_thread(self._stop_tasks)
        await asyncio.gather(*self._tasks, return_exceptions=True)
