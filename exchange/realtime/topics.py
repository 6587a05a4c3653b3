"""Topics: what is pushed from anywhere (core/live.py) to those who show it, in order.

A push is a hint or what everybody may see; the truth is read by REST, where the one policy
answers. So little is kept for those who come back: a subscription begins with a "reset", unless it
names a seq whose successors this process still has, and gets another where pushes may have been
lost. After a reset whatever is shown is read anew.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from core.clock import now_ms
from core.live import topic_group
from exchange.realtime import frames, topic_names
from exchange.realtime.background import Background
from exchange.realtime.frame import Frame
from exchange.realtime.limits import FLUSH_INTERVAL_S, LINGER_S, TOPIC_FRAMES_KEPT
from exchange.realtime.listener import Listener
from exchange.realtime.markets import Read
from exchange.realtime.sockets import Subscription
from exchange.realtime.topic_names import Address


class TopicFeed:
    """One address's pushes and those who get them; `seq` counts them within this process.

    It begins at the microseconds since 1970, so the seqs of two processes, or of one that began
    anew, do not meet: who comes back with a seq of another is told to read anew.
    """

    behind_since_s: float | None = None  # pushes are hints: nothing says how many there should be

    def __init__(self, topic: str, address: Address) -> None:
        self.topic = topic
        self.address = address
        self.seq = 1000 * now_ms()
        self.subscriptions: set[Subscription] = set()
        self.flush_after = 0.0
        self.flush_timer: asyncio.TimerHandle | None = None
        self._kept: deque[Frame] = deque(maxlen=TOPIC_FRAMES_KEPT)

    def append(self, payload: Mapping[str, Any]) -> None:
        """Add a push: its members stand beside the address's."""
        self.seq += 1
        self._kept.append(
            frames.topic_frame(self.address.members, payload, prev_seq=self.seq - 1, seq=self.seq)
        )

    def reset(self) -> None:
        """Have everybody read anew: pushes may have been lost."""
        self.seq += 1
        self._kept.clear()
        self.flush()

    def flush(self) -> None:
        """Tell every watcher who lacks something."""
        self.flush_timer = None
        for subscription in self.subscriptions:
            if subscription.sent != self.seq:
                subscription.mark()

    def frames(
        self, _: str, sent: int | None, *, is_raw: bool = False
    ) -> tuple[list[Frame], int | None]:
        """Return every push after `sent`; a reset to those who lack more than is kept."""
        if sent == self.seq:
            return [], sent
        lacking = 0 if sent is None else self.seq - sent
        if not 0 < lacking <= len(self._kept):
            return [frames.topic_reset(self.address.members, seq=self.seq)], self.seq
        return list(self._kept)[-lacking:], self.seq


class TopicHub:
    """Everything the hub knows of topics. Lives on the event loop."""

    def __init__(self, listener: Listener, read: Read, background: Background) -> None:
        self._listener = listener
        self._read = read
        self._background = background
        # A topic may have several addresses: a handle in any case.
        self._feeds: dict[str, dict[str, TopicFeed]] = {}

    async def open(self, address: Address, user_id: int | None) -> TopicFeed:
        """Return the feed of an address, listened to from now on.

        Raises Problem where there is no such thing, or it is not the visitor's to see.
        """
        topic = await self._read(topic_names.find_topic, address, user_id)
        feeds = self._feeds.setdefault(topic, {})
        feed = feeds.setdefault(address.key, TopicFeed(topic, address))
        await self._listener.join(topic_group(topic))
        return feed

    def subscribe(
        self, feed: TopicFeed, subscription: Subscription, since: int | None = None
    ) -> None:
        """Begin to push to a socket, after `since` where that is still known, else with a reset."""
        # It may have been dropped while the socket's earlier subscription ended.
        feed = self._feeds.setdefault(feed.topic, {}).setdefault(feed.address.key, feed)
        subscription.feed = feed
        subscription.sent = since
        feed.subscriptions.add(subscription)
        subscription.mark()

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop; the topic is dropped some time after its last watcher left."""
        feed = subscription.feed
        assert isinstance(feed, TopicFeed)
        feed.subscriptions.discard(subscription)
        if not feed.subscriptions:
            asyncio.get_running_loop().call_later(LINGER_S, self._drop_if_unwatched, feed)

    def receive(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Take a push."""
        for feed in self.feeds_of(topic):
            feed.append(payload)
            self._flush_soon(feed)

    def feeds_of(self, topic: str) -> list[TopicFeed]:
        """Return the feeds of a topic: one for each address under which it is shown."""
        return list(self._feeds.get(topic, {}).values())

    def reset_all(self) -> None:
        """Have every watcher read anew: messages may have been lost."""
        for feed in self._all():
            feed.reset()

    def _all(self) -> Iterator[TopicFeed]:
        for feeds in self._feeds.values():
            yield from feeds.values()

    def _flush_soon(self, feed: TopicFeed) -> None:
        """Flush now if the topic was quiet, else when its interval is over."""
        if feed.flush_timer is not None:
            return
        loop = asyncio.get_running_loop()
        due = max(loop.time(), feed.flush_after)
        feed.flush_after = due + FLUSH_INTERVAL_S
        feed.flush_timer = loop.call_at(due, feed.flush)

    def _drop_if_unwatched(self, feed: TopicFeed) -> None:
        feeds = self._feeds.get(feed.topic, {})
        if feed.subscriptions or feeds.get(feed.address.key) is not feed:
            return
        del feeds[feed.address.key]
        if not feeds:
            del self._feeds[feed.topic]
            self._background.start(self._leave(feed.topic))

    async def _leave(self, topic: str) -> None:
        await self._listener.leave(topic_group(topic))
        if topic in self._feeds:  # somebody came meanwhile
            await self._listener.join(topic_group(topic))
