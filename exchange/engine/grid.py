"""The prices that a market takes: a grid whose step may change from one band to the next."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final


class Grid:
    """Prices from 1 to payout - 1 that are multiples of their band's step.

    `step_ticks` holds from 0 on, each of `bands` (from_ticks, step_ticks) from its from_ticks on.
    """

    __slots__ = (
        "_starts",
        "_steps",
        "bands",
        "payout_ticks",
        "step_ticks",
        "uniform_step_ticks",
    )

    def __init__(
        self, payout_ticks: int, step_ticks: int, bands: tuple[tuple[int, int], ...]
    ) -> None:
        self.payout_ticks: Final = payout_ticks
        self.step_ticks: Final = step_ticks
        self.bands: Final = bands
        # 0 where a price has to look for its band.
        self.uniform_step_ticks: Final = 0 if bands else step_ticks
        self._starts: Final = [0, *(start for start, _ in bands)]
        self._steps: Final = [step_ticks, *(step for _, step in bands)]

    def is_sound(self) -> bool:
        """Whether bands ascend inside the prices and meet where both have a price."""
        top_ticks = self.payout_ticks - 1
        return (
            all(0 < step <= top_ticks for step in self._steps)
            and all(0 < start <= top_ticks for start in self._starts[1:])
            and self._starts == sorted(set(self._starts))
            and all(
                start % before == 0 and start % step == 0
                for start, before, step in zip(
                    self._starts[1:], self._steps, self._steps[1:], strict=False
                )
            )
        )

    def has(self, price_ticks: int) -> bool:
        """Whether a price inside 1..payout - 1 is on the grid. O(log bands)."""
        return price_ticks % self._step_at(price_ticks) == 0

    def floor(self, price_ticks: int) -> int:
        """Return the highest price of the grid that is not above; 0 if there is none."""
        top_ticks = min(price_ticks, self.payout_ticks - 1)
        return top_ticks - top_ticks % self._step_at(top_ticks) if top_ticks > 0 else 0

    def ceil(self, price_ticks: int) -> int:
        """Return the lowest price of the grid that is not below; the payout if there is none."""
        low_ticks = max(price_ticks, 1)
        while low_ticks < self.payout_ticks and not self.has(low_ticks):
            # Bands meet on the grid, so the next multiple never jumps over a start.
            step = self._step_at(low_ticks)
            low_ticks += step - low_ticks % step
        return min(low_ticks, self.payout_ticks)

    def prices(self, low_ticks: int, high_ticks: int) -> Iterator[int]:
        """Iterate over all prices of the grid from low to high, both included."""
        price_ticks = self.ceil(low_ticks)
        while price_ticks <= high_ticks and price_ticks < self.payout_ticks:
            yield price_ticks
            price_ticks = self.ceil(price_ticks + 1)

    def _step_at(self, price_ticks: int) -> int:
        return self._steps[bisect_right(self._starts, price_ticks) - 1]
