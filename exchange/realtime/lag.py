"""How far behind a client is, or what it is shown: noticed, kept until it is told."""

from collections.abc import Callable, Iterable
from typing import Protocol

from core.clock import monotonic_s
from exchange.realtime.frames import Lag


class Behind(Protocol):
    """Something that may lack what happened, since `behind_since_s`; None: it lacks nothing."""

    behind_since_s: float | None


class LagWatch:
    """The lag of one socket: the worst since it was told last."""

    __slots__ = ("_client_s", "_is_told_lagging", "_server_lag_s", "_server_s")

    def __init__(self, server_lag_s: Callable[[], float]) -> None:
        self._server_lag_s = server_lag_s
        self._client_s = 0.0
        self._server_s = 0.0
        self._is_told_lagging = False

    @property
    def is_calm(self) -> bool:
        """Whether there is nothing to tell of."""
        return not self._is_told_lagging and not self._lag().is_lagging

    def note_client(self, stalled_s: float) -> None:
        """Take in how long the client has taken nothing."""
        self._client_s = max(self._client_s, stalled_s)

    def look(self, stalled_s: float, feeds: Iterable[Behind]) -> bool:
        """Take in how things stand; whether the client is to be told of a change."""
        now_s = monotonic_s()
        behind = [now_s - one.behind_since_s for one in feeds if one.behind_since_s is not None]
        self._server_s = max(self._server_s, self._server_lag_s(), *behind)
        self.note_client(stalled_s)
        return self._lag().is_lagging != self._is_told_lagging

    def take(self) -> Lag:
        """Return the lag and begin anew: it is being told."""
        lag = self._lag()
        self._client_s, self._server_s = 0.0, 0.0
        self._is_told_lagging = lag.is_lagging
        return lag

    def _lag(self) -> Lag:
        return Lag(client_ms=round(1000 * self._client_s), server_ms=round(1000 * self._server_s))
