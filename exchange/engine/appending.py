"""Records that reach the disk, one after the other, while the engine goes on."""

import os
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import BinaryIO, Final, Self


def append(file: BinaryIO, record: bytes) -> None:
    """Write a record to its end: when this returns, it is on the disk."""
    file.write(record)
    file.flush()
    os.fdatasync(file.fileno())


class Appender:
    """Appends records in the order in which they are put, on a thread of its own.

    A disk takes milliseconds to say that it has a record, in which a thousand messages are
    matched. Nothing that follows from a record may be told before `settle` has returned.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file: Final = file
        self._thread: Final = ThreadPoolExecutor(max_workers=1)
        self._last: Future[None] | None = None

    def put(self, record: bytes) -> None:
        """Hand a record over, once the one before it is on the disk. Raises OSError for that."""
        self.settle()
        self._last = self._thread.submit(append, self._file, record)

    def settle(self) -> None:
        """Return when all that was put is on the disk. Raises OSError when it is not."""
        if self._last is not None:
            self._last.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()
        if error is None:
            self.settle()
