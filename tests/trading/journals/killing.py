"""A directory whose process is killed before its n-th write to a file."""

import os
import signal
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile

from exchange.trading.journals.directory import SyncedDirectory

CHUNK_BYTES = 1_500


class KilledDirectory(SyncedDirectory):
    """Writes in small chunks; before the `writes`-th kill -9 ends the process."""

    def __init__(self, *, location: str, writes: int) -> None:
        super().__init__(location=location)
        self.left = writes

    def _save(self, name: str, content: Any) -> str:
        return super()._save(name, Chunks(content.read(), self))

    def count(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


class Chunks(ContentFile):
    def __init__(self, data: bytes, storage: KilledDirectory) -> None:
        super().__init__(data)
        self.data, self.storage = data, storage

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for start in range(0, len(self.data), CHUNK_BYTES):
            self.storage.count()
            yield self.data[start : start + CHUNK_BYTES]
        self.storage.count()
