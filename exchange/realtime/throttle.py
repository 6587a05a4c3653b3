"""How fast one socket may ask."""

from core.clock import monotonic_s
from exchange.realtime.limits import MESSAGES_BURST, MESSAGES_PER_S, REFUSALS_MAX


class Throttle:
    """A token bucket that counts how often it has refused since it was last full."""

    __slots__ = ("_at", "_refused", "_tokens")

    def __init__(self) -> None:
        self._tokens = MESSAGES_BURST
        self._at = monotonic_s()
        self._refused = 0

    def take(self) -> bool:
        """Take one message; False: over the rate."""
        now = monotonic_s()
        self._tokens = min(MESSAGES_BURST, self._tokens + (now - self._at) * MESSAGES_PER_S)
        self._at = now
        if self._tokens >= MESSAGES_BURST / 2:
            self._refused = 0
        if self._tokens < 1:
            self._refused += 1
            return False
        self._tokens -= 1
        return True

    @property
    def is_abused(self) -> bool:
        """Whether the client goes on in spite of many refusals."""
        return self._refused > REFUSALS_MAX
