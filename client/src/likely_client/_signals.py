"""Waking those who wait for news."""

import asyncio


class Signal:
    """Counts what happened, and wakes who waits for more. Lives on one event loop."""

    def __init__(self) -> None:
        self.count = 0
        self._event = asyncio.Event()

    def send(self) -> None:
        """Count one more, and wake everybody."""
        self.count += 1
        self._event.set()
        self._event = asyncio.Event()

    async def wait_beyond(self, count: int, timeout_s: float | None) -> bool:
        """Wait until there is more than `count`; False when that takes longer than `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.count <= count:
                    await self._event.wait()
        except TimeoutError:
            return False
        return True
