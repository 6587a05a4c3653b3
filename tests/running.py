"""Real book workers for tests: in a thread of this process, or as a process of its own."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from channels.layers import get_channel_layer
from django.db import connection

from core import loop as process_loop
from exchange.trading.waiting import waiters
from exchange.trading.worker import BookWorker

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def worker_thread() -> Iterator[None]:
    """Serve the books on a loop in a thread, as the one-process site does."""
    started, stopped = threading.Event(), threading.Event()
    running: dict[str, object] = {}

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        process_loop.set_loop(loop)
        worker = BookWorker()
        listening = asyncio.create_task(waiters.listen(get_channel_layer()))
        running.update(loop=loop, worker=worker)
        serving = asyncio.create_task(worker.run())
        await worker.ready.wait()
        started.set()
        await serving
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    def run() -> None:
        asyncio.run(serve())
        stopped.set()

    threading.Thread(target=run, daemon=True).start()
    assert started.wait(10), "the book worker did not start"
    try:
        yield
    finally:
        running["loop"].call_soon_threadsafe(running["worker"].stop)
        assert stopped.wait(10), "the book worker did not stop"
        process_loop.set_loop(None)


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{settings['NAME']}"
    else:
        user, host = settings["USER"] or "postgres", settings["HOST"] or ""
        password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
        port = f":{settings['PORT']}" if settings["PORT"] else ""
        url = f"postgres://{user}{password}@{host}{port}/{settings['NAME']}"
    return {**os.environ, "DATABASE_URL": url, "DATABASE_POOL_MAX": "0", **more}


def start_command(*arguments: str, **more: str) -> subprocess.Popen[bytes]:
    """Start `manage.py <arguments>` on this test's database."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_until(true: Callable[[], object], timeout_s: float = 20) -> None:
    """Return once a condition holds; fail when it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
