"""Clocks. Figures per command are process CPU time, because the machine has other things to do."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time_ns


def pin() -> None:
    """Stay on one core, the last one there is, where the system lets a process choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@contextmanager
def without_collector() -> Iterator[None]:
    """Let nothing be collected meanwhile: neither the engine nor the floor makes cycles."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


def cpu_ns(work: Callable[[], object]) -> int:
    """Return what a piece of work takes of the processor, in nanoseconds."""
    started = process_time_ns()
    work()
    return process_time_ns() - started


def rate(count: int, work: Callable[[], object]) -> float:
    """Return how many a second a piece of work of so many comes to."""
    with without_collector():
        return count / cpu_ns(work) * 1e9
