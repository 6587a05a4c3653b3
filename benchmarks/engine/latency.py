"""How long single commands take at worst, in a process where a million other orders rest.

Each command of a steady stream is timed by itself, clock included; its own time leaves out what
other processes took of the core meanwhile. The garbage collector is left as it is, told to forget
what is old (gc.freeze), or switched off. What the million orders take of memory is measured on the
way.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import count
from random import Random
from time import perf_counter_ns, thread_time_ns
from typing import Final

from benchmarks.engine.feeding import MARKET, commands_of, feed, make_engine
from benchmarks.engine.resting import passive_orders
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import STEADY, Step, Stream, make_stream
from benchmarks.engine.timing import without_collector
from exchange.engine import Engine, commands

_POINTS: Final = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999, "max": 1.0}
_BESIDE: Final = MARKET + 1
# The numbers of the orders that rest all the while begin here.
_FAR: Final = 10**12


@contextmanager
def _frozen() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@contextmanager
def _as_it_is() -> Iterator[None]:
    gc.collect()
    yield


_MODES: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    "gc on": _as_it_is,
    "gc.freeze": _frozen,
    "gc off": without_collector,
}


def rows(scale: Scale) -> list[Row]:
    """Return the rows of this section."""
    found = []
    for mode in _MODES:
        label = f"one command, {scale.extra:,} resting, {mode}"
        found += [Row(f"latency.{mode}.{point}", f"{label}, {point}", "us") for point in _POINTS]
        label = f"{label}, p99.9 of its own time"
        found.append(Row(f"running.{mode}", label, "us", aim="< 100"))
    resident = f"memory of a resting order (resident, {scale.extra:,})"
    return [*found, Row("memory.resident", resident, "bytes", "floor.resident", "<= 600")]


def prepare(scale: Scale) -> Callable[[], Figures]:
    """Let the other orders rest; return what measures one round."""
    engine = make_engine()
    resident = load_measured(scale.extra, partial(_load, engine))
    return partial(_measure, engine, make_stream(STEADY, scale.timed), resident, count(_BESIDE))


def load_measured(wanted: int, load: Callable[[list[Step]], None]) -> float:
    """Return by how many bytes the process grows for each order loaded."""
    random, numbers = Random(1), count(_FAR)  # noqa: S311 -- the same every time
    load(_some(random, numbers, 1_000))
    with without_collector():
        before = resident_bytes()
        for _ in range(wanted // 10_000):
            load(_some(random, numbers, 10_000))
        return (resident_bytes() - before) / wanted


def _some(random: Random, numbers: Iterator[int], wanted: int) -> list[Step]:
    those = (next(numbers) for _ in range(wanted))
    return [step for step, _ in passive_orders(random, those)]


def _load(engine: Engine, steps: list[Step]) -> None:
    feed(engine, commands_of(steps))


def resident_bytes() -> int:
    """Return how much memory the process holds."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 -- a kernel's figure
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _measure(
    engine: Engine, stream: Stream, resident: float, numbers: Iterator[int]
) -> dict[str, float]:
    figures = {"memory.resident": resident}
    for mode, ready in _MODES.items():
        # Each time in a market of its own, which goes when it was measured.
        number = next(numbers)
        engine.apply(commands.OpenMarket(number, (number,)))
        given = commands_of([*stream.load, *stream.commands], number)
        feed(engine, given[: len(stream.load)])
        with ready():
            took, ran = _times(engine, given[len(stream.load) :])
        engine.apply(commands.VoidMarket(number))
        took.sort()
        ran.sort()
        for point, share in _POINTS.items():
            figures[f"latency.{mode}.{point}"] = _percentile(took, share)
        figures[f"running.{mode}"] = _percentile(ran, _POINTS["p99.9"])
    return figures


def _times(engine: Engine, given: Sequence[commands.Command]) -> tuple[list[int], list[int]]:
    """Return nanoseconds of each command: how long it took, and how long the process ran."""
    apply, now, running = engine.apply, perf_counter_ns, thread_time_ns
    took, ran = [0] * len(given), [0] * len(given)
    for place, command in enumerate(given):
        before = running()
        started = now()
        apply(command)
        took[place] = now() - started
        ran[place] = running() - before
    return took, list(map(min, took, ran))


def _percentile(times: Sequence[int], share: float) -> float:
    """Return microseconds from sorted nanoseconds."""
    return times[min(int(len(times) * share), len(times) - 1)] / 1_000
