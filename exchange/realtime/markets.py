"""The markets this process shows: opened when the first socket asks, kept right, flushed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

from core.clock import monotonic_s
from exchange.realtime import reading
from exchange.realtime.background import Background
from exchange.realtime.failures import failures
from exchange.realtime.feed import Batch, MarketFeed, Outcome
from exchange.realtime.limits import (
    AUDIT_GRACE_S,
    LINGER_S,
    RESYNC_INTERVAL_S,
)
from exchange.realtime.listener import Listener
from exchange.realtime.pacing import Watchers
from exchange.realtime.sockets import Subscription
from exchange.trading.channels import market_group

log = structlog.get_logger(__name__)
Read = Callable[..., Awaitable[Any]]


class ShownMarket:
    """A market's feed with those who watch it here, and the timers that belong to it."""

    def __init__(self, market_id: int, slug: str) -> None:
        self.feed = MarketFeed(market_id, slug)
        self.watchers = Watchers(self._mark)
        self.opening: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.resync: asyncio.Task[None] | None = None
        self.resynced_at = 0.0

    def _mark(self, subscriptions: Iterable[Subscription]) -> None:
        for subscription in subscriptions:
            if self.feed.has_news(subscription.channel, subscription.sent):
                subscription.mark()


class MarketHub:
    """Everything the hub knows of markets. Lives on the event loop."""

    def __init__(self, listener: Listener, read: Read, background: Background) -> None:
        self._listener = listener
        self._read = read
        self._background = background
        self._by_id: dict[int, ShownMarket] = {}
        self._by_slug: dict[str, ShownMarket] = {}

    async def open(self, slug: str) -> ShownMarket:
        """Return a market that is loaded and followed. Raises Problem UNKNOWN_MARKET."""
        while True:
            shown = self._by_slug.get(slug)
            if shown is None:
                reading.check_slug(slug)
                shown = self._begin(await self._read(reading.find_market, slug), slug)
            await asyncio.shield(shown.opening)
            if self._by_slug.get(slug) is shown:  # else it was dropped in this very moment
                return shown

    def subscribe(self, shown: ShownMarket, subscription: Subscription, since: int | None) -> None:
        """Begin to send a market's channel to a socket, from `since` where that is possible."""
        subscription.sent = shown.feed.start_from(subscription.channel, since)
        shown.watchers.add(subscription)
        subscription.mark()

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop; the market is dropped some time after its last watcher left."""
        feed = subscription.feed
        assert isinstance(feed, MarketFeed)
        shown = self._by_id.get(feed.market_id)
        if shown is None:
            return
        shown.watchers.discard(subscription)
        if not shown.watchers:
            loop = asyncio.get_running_loop()
            loop.call_later(LINGER_S, self._drop_if_unwatched, shown)

    def repace(self, subscription: Subscription) -> None:
        """Tell a socket as often as it has chosen by now."""
        assert isinstance(subscription.feed, MarketFeed)
        shown = self._by_id.get(subscription.feed.market_id)
        if shown is not None:
            shown.watchers.discard(subscription)
            shown.watchers.add(subscription)
            subscription.mark()

    def receive(self, batch: Batch) -> None:
        """Take what the book worker published."""
        shown = self._by_id.get(batch["market"])
        if shown is None:
            return
        outcome = shown.feed.receive(batch)
        if outcome is Outcome.APPLIED:
            shown.watchers.flush_soon()
        elif outcome is not Outcome.OLD:
            if outcome is Outcome.CORRUPT:
                log.error("book_copy_differs", market=shown.feed.slug, seq=batch["seq"])
            self._resync(shown)
        _note_state(shown.feed)

    def resync_all(self) -> None:
        """Read every shown market anew: messages may have been lost."""
        for shown in self._by_id.values():
            self._resync(shown, force=True)

    def is_behind(self) -> bool:
        """Whether some market's copy may not be right."""
        return any(shown.feed.behind_since_s is not None for shown in self._by_id.values())

    async def audit(self) -> None:
        """Compare with the database; what it is ahead of for longer than a message takes, read.

        This finds the loss of a last message, and keeps the feed going without any messages.
        """
        if not self._by_id:
            return
        journaled = await self._read(reading.read_market_seqs, tuple(self._by_id))
        if all(self._by_id[market_id].feed.seq >= seq for market_id, seq in journaled.items()):
            return
        await asyncio.sleep(AUDIT_GRACE_S)
        for market_id, seq in journaled.items():
            shown = self._by_id.get(market_id)
            if shown is not None and shown.feed.seq < seq:
                self._resync(shown, force=True)

    def _begin(self, market_id: int, slug: str) -> ShownMarket:
        shown = self._by_slug.get(slug)  # another socket may have been faster
        if shown is None:
            shown = self._by_id[market_id] = self._by_slug[slug] = ShownMarket(market_id, slug)
            shown.opening = self._background.start(self._open(shown))
        return shown

    async def _open(self, shown: ShownMarket) -> None:
        try:
            # Listening before reading: what is published in between is held, not lost.
            await self._listener.join(market_group(shown.feed.market_id))
            shown.feed.load(await self._read(reading.load_market, shown.feed.market_id))
        except BaseException:
            self._drop(shown)
            raise

    def _resync(self, shown: ShownMarket, *, force: bool = False) -> None:
        if shown.resync is None or shown.resync.done():
            shown.resync = self._background.start(self._read_anew(shown, force=force))

    async def _read_anew(self, shown: ShownMarket, *, force: bool) -> None:
        """Read a market from the database, at most once a second, until its copy is sound."""
        feed = shown.feed
        while force or not feed.is_sound:
            now = asyncio.get_running_loop().time()
            # Jitter: many processes may have missed the same message.
            jitter_s = random.uniform(0.02, 0.2)  # noqa: S311 -- jitter, not a secret
            await asyncio.sleep(max(jitter_s, shown.resynced_at + RESYNC_INTERVAL_S - now))
            if feed.is_sound and not force:
                return  # the missing message came after all
            shown.resynced_at = asyncio.get_running_loop().time()
            try:
                snapshot = await self._read(reading.load_market, feed.market_id)
            except Exception as error:  # noqa: BLE001 -- whatever it was, it is logged and tried again
                failures.warn("market_resync_failed", error, market=feed.slug)
                continue
            force = False
            if feed.load(snapshot):
                log.info("market_resynced", market=feed.slug, seq=feed.seq)
                shown.watchers.flush_now()
            _note_state(feed)

    def _drop_if_unwatched(self, shown: ShownMarket) -> None:
        if not shown.watchers and self._by_id.get(shown.feed.market_id) is shown:
            self._drop(shown)
            self._background.start(self._listener.leave(market_group(shown.feed.market_id)))

    def _drop(self, shown: ShownMarket) -> None:
        self._by_id.pop(shown.feed.market_id, None)
        self._by_slug.pop(shown.feed.slug, None)


def _note_state(feed: MarketFeed) -> None:
    if feed.is_sound:
        feed.behind_since_s = None
    elif feed.behind_since_s is None:
        feed.behind_since_s = monotonic_s()
