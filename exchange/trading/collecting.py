"""When the garbage collector looks: never inside a batch, and not at books, which hold none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Let no garbage be looked for meanwhile: many objects are made inside, and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep_from_collector() -> None:
    """Take all there is out of the collector's sight: a book of a million orders is no garbage."""
    gc.freeze()


def show_to_collector() -> None:
    """Let the collector free books that are dropped: their levels and orders know each other."""
    gc.unfreeze()
