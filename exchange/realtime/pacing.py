"""How often the watchers of one thing are told of it: together, all who chose the same."""

import asyncio
from collections.abc import Callable, Iterable, Iterator

from exchange.realtime.sockets import Subscription

Flush = Callable[[Iterable[Subscription]], None]


class _Pace:
    """Watchers who are told at most once in an interval: at once when it was quiet."""

    __slots__ = ("_due_after_s", "_flush", "_interval_s", "_timer", "subscriptions")

    def __init__(self, interval_s: float, flush: Flush) -> None:
        self.subscriptions: set[Subscription] = set()
        self._interval_s = interval_s
        self._flush = flush
        self._due_after_s = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def flush_soon(self) -> None:
        """Tell them now, or when the interval is over."""
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        if now_s >= self._due_after_s:
            self._due_after_s = now_s + self._interval_s
            self._flush(self.subscriptions)
        else:
            due_s, self._due_after_s = self._due_after_s, self._due_after_s + self._interval_s
            self._timer = loop.call_at(due_s, self._flush_now)

    def _flush_now(self) -> None:
        self._timer = None
        self._flush(self.subscriptions)


class Watchers:
    """Subscriptions to one feed, by how often they are told. `flush` marks those that lack news."""

    def __init__(self, flush: Flush) -> None:
        self._flush = flush
        self._paces: dict[int, _Pace] = {}

    def __iter__(self) -> Iterator[Subscription]:
        for pace in self._paces.values():
            yield from pace.subscriptions

    def __bool__(self) -> bool:
        return bool(self._paces)

    def add(self, subscription: Subscription) -> None:
        """Take one in, to be told as often as its socket chose."""
        subscription.conflate_ms = subscription.socket.conflate_ms
        interval_ms = subscription.conflate_ms
        pace = self._paces.get(interval_ms)
        if pace is None:
            pace = self._paces[interval_ms] = _Pace(interval_ms / 1000, self._flush)
        pace.subscriptions.add(subscription)

    def discard(self, subscription: Subscription) -> None:
        """Let one go."""
        pace = self._paces.get(subscription.conflate_ms)
        if pace is None:
            return
        pace.subscriptions.discard(subscription)
        if not pace.subscriptions:
            del self._paces[subscription.conflate_ms]

    def flush_soon(self) -> None:
        """Tell everybody, each in their own time."""
        for pace in tuple(self._paces.values()):
            pace.flush_soon()

    def flush_now(self) -> None:
        """Tell everybody at once."""
        self._flush(self)
