"""How long to wait before something is asked again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Waits that grow from `first_s` to `max_s`, each of random length so that clients part."""

    first_s: float = 0.1
    max_s: float = 5.0

    def wait_s(self, attempt: int, *, at_least_s: float = 0.0) -> float:
        """Return the wait after an attempt, counted from 0; never less than was asked for."""
        longest = min(self.max_s, self.first_s * float(1 << min(attempt, 16)))
        chance = random.uniform(0.5, 1.0)  # noqa: S311 -- it spreads load and keeps no secret
        return at_least_s + longest * chance
