"""A thread with a database connection of its own, for what must not wait behind anything else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

from core.db import DATABASE_AWAY

T = TypeVar("T")


class OwnThread:
    """Runs blocking work of the event loop, one piece after the other.

    The connection is kept: where a pool lends them, to get one means to wait for others too.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """Run blocking work behind what was given before. Raises what the work raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _run, work)

    def stop(self) -> None:
        """Take no more; what runs is finished."""
        self._thread.submit(_close_connection)
        self._thread.shutdown(wait=False)


def _run(work: Callable[[], T]) -> T:
    try:
        return work()
    except DATABASE_AWAY:
        connection.close()  # the next work takes another
        raise


def _close_connection() -> None:
    """Close the connection of the thread that runs this: named elsewhere, it would be another's."""
    connection.close()
