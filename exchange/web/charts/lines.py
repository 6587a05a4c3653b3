"""Lines of prices over time, as an SVG of whole numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.money import PAYOUT_TICKS

WIDTH: Final = 1_000
HEIGHT: Final = 240
_VOLUME_HEIGHT: Final = 48
_GRID_TICKS: Final = 1_000  # the frame ends on a tenth


@dataclass(frozen=True, slots=True)
class Point:
    """What a price was from a moment on, and what was traded in its window."""

    time_s: int
    ticks: int
    volume: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of time and price that is shown."""

    from_s: int
    to_s: int
    low_ticks: int
    high_ticks: int

    def x(self, time_s: int) -> int:
        """Return where a moment lies."""
        return (time_s - self.from_s) * WIDTH // max(1, self.to_s - self.from_s)

    def y(self, ticks: int) -> int:
        """Return where a price lies, from the top."""
        span = self.high_ticks - self.low_ticks
        return HEIGHT - (ticks - self.low_ticks) * HEIGHT // span


def frame_of(lines: Sequence[Sequence[Point]], *, from_s: int, to_s: int) -> Frame:
    """Return the frame that holds lines, from a tenth of the price to a tenth."""
    ticks = [point.ticks for line in lines for point in line]
    low_ticks = min(ticks) // _GRID_TICKS * _GRID_TICKS
    high_ticks = min(PAYOUT_TICKS, -(-max(ticks) // _GRID_TICKS) * _GRID_TICKS)
    return Frame(from_s, to_s, min(low_ticks, high_ticks - _GRID_TICKS), high_ticks)


def path_of(line: Sequence[Point], frame: Frame) -> str:
    """Return a line as an SVG path: a price holds until the next one, and up to the end."""
    first, *others = line
    steps = [f"M{frame.x(first.time_s)} {frame.y(first.ticks)}"]
    steps += [f"H{frame.x(point.time_s)}V{frame.y(point.ticks)}" for point in others]
    return "".join([*steps, f"H{WIDTH}"])


def bars_of(line: Sequence[Point], frame: Frame) -> str:
    """Return volumes as an SVG path of upright strokes from the foot; "" for none."""
    most = max((point.volume for point in line), default=0)
    return "".join(
        f"M{frame.x(point.time_s)} {HEIGHT}v-{max(1, point.volume * _VOLUME_HEIGHT // most)}"
        for point in line
        if point.volume
    )
