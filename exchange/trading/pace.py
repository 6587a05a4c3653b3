"""How many commands a batch may take: as many as wait, but never so many that others wait long."""

from dataclasses import dataclass
from typing import Final

# One batch holds its accounts' rows, the answers of all its commands, and the owner of the lease.
BATCH_MS_MAX: Final = 250
_FIRST: Final = 250


@dataclass(slots=True)
class Pace:
    """What the batches before have taught: how many commands fit into the time of one.

    A batch takes what waits, up to `limit`. So it is one command where the worker is idle, and
    grows with what has come in meanwhile; the time of a COMMIT is shared by all of them.
    """

    fits: int = _FIRST

    def limit(self, most: int) -> int:
        """Return how many commands the next batch may take, at most `most`."""
        return min(self.fits, most)

    def note(self, commands: int, took_ms: int) -> None:
        """Learn from a batch: double what was quick, and take no more than fits of what was not."""
        if took_ms > BATCH_MS_MAX:
            self.fits = max(1, commands * BATCH_MS_MAX // took_ms)
        elif commands >= self.fits and took_ms < BATCH_MS_MAX // 2:
            self.fits *= 2
