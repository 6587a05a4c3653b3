"""The sections of the benchmark: each has its rows, and is measured by a process of its own."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from benchmarks.engine import latency, memory, mixed, peers, pipeline, resting
from benchmarks.engine.rows import Figures, Row
from benchmarks.engine.scale import QUICK, Scale
from benchmarks.engine.timing import pin

__all__ = ["SCALES", "SECTIONS", "Section", "pin", "prepare"]

SCALES: Final[Mapping[str, Scale]] = {"full": Scale(), "quick": QUICK}


class Section(NamedTuple):
    """What belongs together. One that `is_steady` says the same in every round."""

    rows: Callable[[Scale], list[Row]]
    prepare: Callable[[Scale], Callable[[], Figures]]
    is_steady: bool = False


SECTIONS: Final[Mapping[str, Section]] = {
    "mixed": Section(mixed.rows, mixed.prepare),
    "resting": Section(resting.rows_of_sizes, resting.prepare_sizes),
    "outcomes": Section(resting.rows_of_outcomes, resting.prepare_outcomes),
    "latency": Section(latency.rows, latency.prepare),
    "memory": Section(memory.rows, memory.prepare, is_steady=True),
    "pipeline": Section(pipeline.rows, pipeline.prepare),
    "peers": Section(peers.rows, peers.prepare),
}


def prepare(section: str, scale: str) -> Callable[[], Figures]:
    """Return what measures one round of a section."""
    return SECTIONS[section].prepare(SCALES[scale])
