"""Keeping under the rate that the exchange allows a socket."""

import asyncio


class Pace:
    """A token bucket: `per_s` on the long run, `burst` at once."""

    def __init__(self, *, per_s: float, burst: int) -> None:
        self._per_s = per_s
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at_s = 0.0

    async def take(self) -> None:
        """Return when one more may be sent."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        self._tokens = min(self._burst, self._tokens + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s
        # Below 0 it is a queue: who comes later waits longer.
        self._tokens -= 1
        if self._tokens < 0:
            await asyncio.sleep(-self._tokens / self._per_s)
