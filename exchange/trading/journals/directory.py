"""A directory for segments: what was saved there is on the disk, and one process writes there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files import locks
from django.core.files.storage import FileSystemStorage, Storage

from exchange.trading.journals.faults import SegmentError


class SyncedDirectory(FileSystemStorage):
    """Django's storage of files, but for saving: when it returns, the file is on the disk."""

    def _save(self, name: str, content: Any) -> str:
        saved: str = super()._save(name, content)  # type: ignore[misc]  # its types leave it out
        path = Path(self.path(saved))
        _sync(path)
        # Its name, and that of a folder that is new, is in the folder above.
        _sync(path.parent)
        _sync(path.parent.parent)
        return saved


@contextmanager
def only_writer(storage: Storage) -> Iterator[None]:
    """Keep every other process of this machine from shipping to the same directory.

    Raises SegmentError where one does. A storage that is no directory has no such lock: what two
    write there is told apart by its name.
    """
    if not isinstance(storage, FileSystemStorage):
        yield
        return
    folder = Path(storage.path(""))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as file:
        if not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
            raise SegmentError(f"{folder}: another process ships there; stop one of them")
        yield


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
