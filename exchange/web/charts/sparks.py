"""A small line of a contract's last day, for lists. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 96
HEIGHT: Final = 24
_FLAT_TICKS: Final = 200  # less than two hundredths up or down stays a flat line

DayCloses = Mapping[int, Sequence[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Spark:
    """A line and how far it went, up above 0."""

    path: str
    move_ticks: int


def make_spark(closes: Sequence[tuple[int, int]]) -> Spark | None:
    """Return the line of (start, close), oldest first; None for less than two."""
    if len(closes) < 2:  # noqa: PLR2004 -- a line has two ends
        return None
    ticks = [close for _, close in closes]
    first_s, span_s = closes[0][0], closes[-1][0] - closes[0][0]
    low, height = min(ticks), max(max(ticks) - min(ticks), _FLAT_TICKS)
    points = [
        f"{(start_s - first_s) * WIDTH // span_s} {HEIGHT - (close - low) * HEIGHT // height}"
        for start_s, close in closes
    ]
    return Spark("M" + "L".join(points), ticks[-1] - ticks[0])
