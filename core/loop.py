"""The process's event loop, for threads that have something to tell it.

The in-memory channel layer does not wake a receiver from another thread, and a Redis layer
opens connections per loop: whatever a thread publishes goes through `post`.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)
_loop: asyncio.AbstractEventLoop | None = None


def set_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Name the loop that serves this process (daphne's, or the book worker's)."""
    global _loop  # noqa: PLW0603 -- one loop per process
    _loop = loop


def get_loop() -> asyncio.AbstractEventLoop | None:
    """Return the process's loop, or None where none runs (commands, tests, Celery)."""
    return _loop if _loop is not None and _loop.is_running() else None


def post(make: Callable[[], Coroutine[Any, Any, object]]) -> bool:
    """Start a coroutine on the process's loop and do not wait; say whether there is one.

    Errors are logged: what is posted is a hint or a live push, never the truth.
    """
    loop = get_loop()
    if loop is None:
        return False
    loop.call_soon_threadsafe(lambda: loop.create_task(_quietly(make)))
    return True


async def _quietly(make: Callable[[], Coroutine[Any, Any, object]]) -> None:
    try:
        await make()
    except Exception:
        log.warning("push_failed", exc_info=True)
