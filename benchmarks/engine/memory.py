"""What a resting order takes of memory as Python counts it; and on the floor, both ways."""

import tracemalloc
from collections.abc import Callable
from functools import partial
from itertools import count
from random import Random

from benchmarks.engine.feeding import commands_of, feed, feed_book, make_engine
from benchmarks.engine.floor import Book
from benchmarks.engine.latency import load_measured
from benchmarks.engine.resting import passive_orders
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import Scale
from benchmarks.engine.stream import Step


def rows(scale: Scale) -> list[Row]:
    """Return the rows of this section."""
    label = f"memory of a resting order (tracemalloc, {scale.traced:,})"
    return [Row("memory.traced", label, "bytes", "floor.traced", "<= 600")]


def prepare(scale: Scale) -> Callable[[], Figures]:
    """Measure; all rounds say the same."""
    book = Book()
    figures = {"floor.resident": load_measured(scale.extra, partial(feed_book, book))}
    book = Book()
    figures["floor.traced"] = _traced(scale.traced, partial(feed_book, book))
    engine = make_engine()
    load = partial(_traced, scale.traced)
    figures["memory.traced"] = load(lambda steps: feed(engine, commands_of(steps)))
    return lambda: figures


def _traced(wanted: int, load: Callable[[list[Step]], None]) -> float:
    """Return how many bytes are allocated for each order loaded, numbers of orders included."""
    random, numbers = Random(1), count(10**12)  # noqa: S311 -- the same every time
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(wanted // 1_000):
        those = (next(numbers) for _ in range(1_000))
        load([step for step, _ in passive_orders(random, those)])
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return grown / wanted
